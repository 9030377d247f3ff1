"""Where the files of a named dataset are on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphattn.datasets.archive import unpack_member
from graphattn.datasets.cards import Card, File
from graphattn.datasets.checksum import sha256, unlike
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.places import cache, named_files, places, shipped

_CALLER = "datasets.load"


class MissingFiles(DataError):
    """Files of a named dataset are not on this machine."""


def locate(
    card: Card, root: str | Path | None = None, *, verify: bool = True
) -> dict[str, Path]:
    """Returns the file of each role of a card; one in an archive is unpacked.

    Looks in `root`, the folders of `GRAPHATTN_DATA`, the cache, and the package that
    ships the file, each with its subfolders; of several files of one name, those in a
    folder named like the dataset come first. Files with other content than the card
    says are passed over, and named in the error; in `root` they are an error.

    Args:
        card: Of the dataset.
        root: The user's own folder.
        verify: Whether the content must be that which the card describes.

    Raises:
        MissingFiles: A file that is not optional is nowhere; the message says what to
            put where.
        DataError: A file in `root` has other content, or an archive is malformed.
    """
    found = search(card, root, verify=verify)
    if any(
        not any(form.optional for form in forms) for forms in found.missing.values()
    ):
        raise MissingFiles(_message(card, found))
    return found.paths


@dataclass
class Found:
    """What a search found.

    Attributes:
        paths: The file of each role.
        missing: The forms of each role that is nowhere.
        unfit: Files that have the name and not the content, and how they differ.
        folders: Where it looked.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    missing: dict[str, list[File]] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    @property
    def needed(self) -> dict[str, list[File]]:
        """What is missing and not optional."""
        return {
            role: forms
            for role, forms in self.missing.items()
            if not any(form.optional for form in forms)
        }


def search(card: Card, root: str | Path | None = None, *, verify: bool = True) -> Found:
    """Looks for the files of a card as `locate` does, and reports what is missing.

    Args:
        card: Of the dataset.
        root: The user's own folder.
        verify: Whether the content must be that which the card describes.

    Raises:
        DataError: A file in `root` has other content, or an archive is malformed.
    """
    wanted = {file.name for file in card.files}
    here = [(place, named_files(place, wanted)) for place in places(root) if wanted]
    result = Found(folders=[str(place) for place, _ in here])
    for role, forms in card.roles.items():
        for place, paths in here:
            unfit: dict[str, str] = {}
            path = _first(card, forms, paths, verify, unfit)
            if path is not None:
                result.paths[role] = path
                break
            own = root is not None and place == Path(root).expanduser()
            check(not (own and unfit), _CALLER, _OTHER, unfit)
            result.unfit |= unfit
        else:
            if path := _in_package(forms):
                result.paths[role] = path
            else:
                result.missing[role] = forms
    return result


def arguments(paths: Mapping[str, Path]) -> dict[str, Any]:
    """Returns the arguments of a reader: ``a.b`` is entry ``b`` of mapping ``a``.

    Args:
        paths: What `locate` returned.
    """
    found: dict[str, Any] = {}
    for role, path in paths.items():
        parameter, dot, entry = role.partition(".")
        if dot:
            found.setdefault(parameter, {})[entry] = path
        else:
            found[parameter] = path
    return found


_OTHER = (
    "files have the name but not the content that the card describes; replace them, or "
    "pass verify=False to read them nonetheless"
)


def _first(
    card: Card,
    forms: list[File],
    paths: Mapping[str, list[Path]],
    verify: bool,
    unfit: dict[str, str],
) -> Path | None:
    for form in forms:
        named = sorted(paths[form.name], key=lambda path: card.name not in path.parts)
        for path in named:
            reason = unlike(path, form.size, form.sha256) if verify else ""
            if not reason:
                return _unpacked(card, form, path)
            unfit[str(path)] = reason
    return None


def _unpacked(card: Card, form: File, path: Path) -> Path:
    if not form.member:
        return path
    folder = cache() / card.name / f"from-{sha256(path)[:16]}"
    return unpack_member(path, form.member, folder)


def _in_package(forms: list[File]) -> Path | None:
    for form in forms:
        if form.shipped and (path := shipped(form.shipped) / form.name).is_file():
            return path
    return None


def _message(card: Card, found: Found) -> str:
    lines = [
        f"{_CALLER}: files of dataset {card.name!r} are not here; download them with "
        f"`graphattn datasets fetch {card.name}` or load(..., download=True), or put "
        f"them into {found.folders[0]} or a subfolder of it. Missing:"
    ]
    for forms in found.needed.values():
        described = [_described(form) for form in forms]
        lines.append("  " + ", or ".join(dict.fromkeys(described)))
    lines += ["Looked in:", *(f"  {folder}" for folder in found.folders)]
    if found.unfit:
        lines.append("Passed over, as the content is not that of the card:")
        lines += [f"  {path}: {reason}" for path, reason in found.unfit.items()]
    return "\n".join(lines)


def _described(form: File) -> str:
    return f"{form.name} ({form.url[0]})" if form.url else form.name
