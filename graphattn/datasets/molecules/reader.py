"""What makes a reader of molecules out of a function that only reads a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.build import build
from graphattn.datasets.molecules.cache import cache_file, load, save
from graphattn.datasets.molecules.molecules import Molecules, parsed
from graphattn.datasets.molecules.options import Options
from graphattn.datasets.molecules.records import Records
from graphattn.datasets.places import cache

_SHARED = {field.name: field for field in fields(Options)}
_NOT_PARSING = {"representation", "features", "name", "processes", "cache"}
_WORTH_KEEPING = 400_000  # atoms, some five seconds
_WORTH_KEEPING_IN_SPACE = 4_000


def reader(records: Callable[..., Records]) -> Callable[..., GraphDataset]:
    """Returns the reader that parses, featurises and caches what `records` reads.

    It takes the arguments of `records` and, as keywords, those of `Options`.

    Args:
        records: Reads one or several files; pure.
    """
    own = signature(records)
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=field.default)
        for name, field in _SHARED.items()
    ]

    @wraps(records)
    def read(*args: Any, **given: Any) -> GraphDataset:
        chosen = {name: given.pop(name) for name in _SHARED if name in given}
        options = Options(**chosen)
        bound = own.bind(*args, **given)
        sources = list(_paths(bound.arguments.values()))
        path = _cached(records, sources, given, options)
        molecules = None if path is None else load(path)
        if molecules is None:
            molecules = parsed(records(*args, **given), options)
            if path is not None and _worth(molecules, options):
                save(path, molecules)
        return build(molecules, options, options.name or _name(sources))

    read.__signature__ = own.replace(  # pyright: ignore[reportAttributeAccessIssue]
        parameters=[*own.parameters.values(), *shared],
        return_annotation="GraphDataset",
    )
    return read


def _cached(
    records: Callable[..., Records],
    sources: list[Path],
    given: dict[str, Any],
    options: Options,
) -> Path | None:
    if options.cache is False or not all(source.is_file() for source in sources):
        return None
    named = options.cache
    own_folder = isinstance(named, str | Path)
    folder = Path(named) if own_folder else cache() / "molecules"
    deciding = {k: v for k, v in asdict(options).items() if k not in _NOT_PARSING}
    own = {k: v for k, v in given.items() if not any(_paths([v]))}
    return cache_file(
        folder, sources, {**own, **deciding, "reader": records.__module__}
    )


def _worth(molecules: Molecules, options: Options) -> bool:
    if options.cache is not None:
        return True
    in_space = options.coordinates == "etkdg"
    least = _WORTH_KEEPING_IN_SPACE if in_space else _WORTH_KEEPING
    return len(molecules.columns.atoms) >= least


def _paths(values: Any) -> Iterator[Path]:
    for value in values:
        if isinstance(value, Path):
            yield value
        elif isinstance(value, dict):
            yield from _paths(value.values())
        elif isinstance(value, list | tuple):
            yield from _paths(value)


def _name(sources: list[Path]) -> str:
    return sources[0].name.partition(".")[0] if sources else "molecules"
