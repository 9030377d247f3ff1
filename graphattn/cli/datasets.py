"""`graphattn datasets`: the catalogue, and the files of its data sets."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphattn.cli.console import Debug, Json, plain_errors

if TYPE_CHECKING:
    from graphattn.datasets import Card

app = typer.Typer(
    no_args_is_help=True,
    help="The named data sets: list, show, fetch, and where their files are.",
)

Name = Annotated[str, typer.Argument(help="One that `graphattn datasets list` names.")]
Root = Annotated[
    Path | None,
    typer.Option(help="A folder of yours to look in first, and to download into."),
]
Cards = Annotated[Path | None, typer.Option(help="A folder of cards of your own.")]
Verify = Annotated[
    bool, typer.Option(help="Whether files must have the content on the card.")
]


@app.command("list")
def list_(
    root: Root = None,
    cards: Cards = None,
    as_json: Json = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of the documentation.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Name every data set, and say whether its files are here."""
    with plain_errors(debug):
        from graphattn.datasets import card, names

        found = [card(name, cards) for name in names(cards)]
        if as_markdown:
            print("| name | what | counts | reader | licence |\n|---|---|---|---|---|")
            for one in found:
                counts = _line(dict(one.statistics))
                cells = (one.name, one.title, counts, one.reader, one.licence)
                print(f"| {' | '.join(cells)} |")
            return
        rows = [
            {"name": one.name, "here": _here(one, root), "title": one.title}
            for one in found
        ]
        if as_json:
            print(json.dumps(rows))
            return
        width = max(len(one.name) for one in found)
        for row in rows:
            here = "here" if row["here"] else "to fetch"
            print(f"{row['name']:<{width}}  {here:<8}  {row['title']}")


@app.command()
def show(
    name: Name,
    root: Root = None,
    cards: Cards = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show the card of a data set: licence, citation, counts, options, files."""
    with plain_errors(debug):
        from graphattn.datasets import card

        found = _described(card(name, cards), root)
        if as_json:
            print(json.dumps(found))
            return
        print(f"{found.pop('name')}: {found.pop('title')}\n\n{found.pop('about')}\n")
        files = found.pop("files")
        for key, value in found.items():
            print(f"{key:<10}  {_line(value)}")
        for file in files:
            print(f"\nfile        {file.pop('name')}")
            for key, value in file.items():
                print(f"  {key:<8}  {_line(value)}")


@app.command()
def fetch(
    name: Name,
    root: Root = None,
    verify: Verify = True,
    cards: Cards = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Download the files that are missing, and print where they are."""
    with plain_errors(debug):
        from graphattn.datasets import card
        from graphattn.datasets.fetch import fetch as fetch_files

        _print_paths(fetch_files(card(name, cards), root, verify=verify), as_json)


@app.command()
def path(
    name: Name,
    root: Root = None,
    verify: Verify = True,
    cards: Cards = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print where the files of a data set are; an error where one is missing."""
    with plain_errors(debug):
        from graphattn.datasets import card
        from graphattn.datasets.files import locate

        _print_paths(locate(card(name, cards), root, verify=verify), as_json)


def _print_paths(paths: dict[str, Path], as_json: bool) -> None:
    if as_json:
        print(json.dumps({role: str(path) for role, path in paths.items()}))
        return
    for role, path in paths.items():
        print(f"{role}\t{path}")


def _here(card: "Card", root: Path | None) -> bool:
    from graphattn.datasets.files import search

    return not search(card, root, verify=False).needed


def _described(card: "Card", root: Path | None) -> dict[str, Any]:
    from graphattn.datasets.files import search

    paths = search(card, root, verify=False).paths
    found: dict[str, Any] = {
        key: getattr(card, key)
        for key in ("name", "title", "about", "reader", "licence", "cite")
    }
    found["about"] = card.about.strip()
    found |= {"statistics": dict(card.statistics), "options": dict(card.options)}
    found["files"] = []
    for file in card.files:
        filled = {key: value for key, value in vars(file).items() if value}
        here = paths.get(file.role)
        fits = here is not None and here.name in (file.name, Path(file.member).name)
        found["files"].append({**filled, **({"here": str(here)} if fits else {})})
    return found


def _line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {one}" for key, one in value.items()) or "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
