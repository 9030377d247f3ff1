"""Downloads the files of a named dataset that are not on this machine."""

import sys
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from graphattn.datasets.cards import Card, File
from graphattn.datasets.download import Advance, Failed, download
from graphattn.datasets.errors import DataError
from graphattn.datasets.extras import need
from graphattn.datasets.files import search
from graphattn.datasets.places import cache

_CALLER = "datasets.fetch"


class NotFetched(DataError):
    """A file could not be downloaded; the message says what to put where."""


def fetch(
    card: Card, root: str | Path | None = None, *, verify: bool = True
) -> dict[str, Path]:
    """Downloads what is missing, and returns the file of each role.

    A file comes into a folder named like the dataset, in `root` or in the cache, and is
    there only when it is whole and has the sum on the card. Progress is shown where
    stderr is a terminal.

    Args:
        card: Of the dataset.
        root: A folder of the user's own, which is made if need be.
        verify: Whether the content must be that which the card describes.

    Raises:
        NotFetched: No address gives a file; the message says what to put where.
        DataError: A file in `root` has other content than the card says.
        ImportError: A package that downloads need is not installed.
    """
    home = cache() if root is None else Path(root).expanduser()
    folder = home / card.name
    home.mkdir(parents=True, exist_ok=True)
    tried: dict[str, list[str]] = {}
    with _progress() as start:
        while one := _untried(search(card, root, verify=verify).missing, tried):
            role, forms = one
            tried[role] = _fetch_one(forms, folder, verify, start)
    found = search(card, root, verify=verify)
    if found.needed:
        raise NotFetched(_message(card, found.needed, tried, folder))
    return found.paths


def _untried(
    missing: dict[str, list[File]], tried: Container[str]
) -> tuple[str, list[File]] | None:
    return next(((r, forms) for r, forms in missing.items() if r not in tried), None)


def _fetch_one(
    forms: list[File], folder: Path, verify: bool, start: Callable[[str], Advance]
) -> list[str]:
    """Downloads the first form that an address gives; returns why others were not."""
    reasons = []
    for form in forms:
        for url in form.url:
            try:
                download(
                    url,
                    folder / form.name,
                    size=form.size if verify else None,
                    sha256=form.sha256 if verify else "",
                    advance=start(form.name),
                )
            except Failed as error:
                reasons.append(f"{url}: {error}")
            else:
                return reasons
    return reasons


@contextmanager
def _progress() -> Iterator[Callable[[str], Advance]]:
    """Gives what starts a bar for a file; without a terminal, nothing is shown."""
    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield lambda name: lambda done, total: None
        return
    rich = need("rich.progress", "app")
    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.DownloadColumn(),
        rich.TransferSpeedColumn(),
        rich.TimeRemainingColumn(),
    )
    console = need("rich.console", "app").Console(stderr=True)
    with rich.Progress(*columns, console=console) as bars:

        def start(name: str) -> Advance:
            bar = bars.add_task(name, total=None)
            return lambda done, total: bars.update(bar, completed=done, total=total)

        yield start


def _message(
    card: Card,
    needed: dict[str, list[File]],
    tried: dict[str, list[str]],
    folder: Path,
) -> str:
    lines = [
        f"{_CALLER}: files of dataset {card.name!r} cannot be downloaded. Get them in "
        f"another way, on another machine for one, and put them into {folder}:"
    ]
    for role, forms in needed.items():
        lines += [f"  {_described(form)}" for form in forms]
        lines += [f"    {reason}" for reason in tried.get(role, [])]
        if not any(form.url for form in forms):
            lines.append(f"    the card knows no address; its source: {card.cite}")
    return "\n".join(lines)


def _described(form: File) -> str:
    size = "" if form.size is None else f", {form.size} bytes"
    check = f", sha256 {form.sha256}" if form.sha256 else ""
    return f"{form.name}{size}{check}"
