"""The folders in which the files of a dataset are looked for."""

import os
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need

_DEPTH = 3  # of subfolders


def places(root: str | Path | None = None) -> list[Path]:
    """Returns the folders to look in, the best first.

    They are `root`, those of `GRAPHATTN_DATA` (separated as in PATH), and the cache.

    Args:
        root: The user's own folder.

    Raises:
        DataError: `root` is no folder.
        ImportError: platformdirs, which knows where caches lie, is not installed.
    """
    if root is not None:
        check(
            Path(root).is_dir(),
            "datasets.load",
            "the folder that holds the files does not exist; name another with root=",
            {"folder": str(root)},
        )
    named = os.environ.get("GRAPHATTN_DATA", "").split(os.pathsep)
    found = [*([] if root is None else [root]), *filter(None, named), cache()]
    return list(dict.fromkeys(Path(folder).expanduser() for folder in found))


def cache() -> Path:
    """Returns the folder for downloads: `GRAPHATTN_CACHE`, or the platform's own.

    Raises:
        ImportError: platformdirs, which knows where caches lie, is not installed.
    """
    if named := os.environ.get("GRAPHATTN_CACHE"):
        return Path(named).expanduser()
    return Path(need("platformdirs", "data").user_cache_dir("graphattn"))


def shipped(place: str) -> Path:
    """Returns the folder of an installed package that ships data.

    Args:
        place: ``rdkit-contrib:path`` or ``rdkit-data:path``.

    Raises:
        DataError: No such package is known.
        ImportError: The package is not installed.
    """
    where, _, path = place.partition(":")
    attributes = {"rdkit-contrib": "RDContribDir", "rdkit-data": "RDDataDir"}
    rule = f"shipped must begin with one of {list(attributes)}"
    check(where in attributes, "datasets.card", rule, {"shipped": place})
    config = need("rdkit.RDConfig", "molecules")
    return Path(getattr(config, attributes[where])) / path


def named_files(folder: Path, names: set[str]) -> dict[str, list[Path]]:
    """Returns where in a folder and its subfolders files with these names are.

    Hidden folders are left out, links to folders are not followed, and the search goes
    three folders deep.

    Args:
        folder: Need not exist.
        names: Of the files, without folder.

    Returns:
        For each name its paths, the least deep first, then in alphabetical order.
    """
    found: dict[str, list[Path]] = {name: [] for name in names}
    top = len(folder.parts)
    for path, inner, listed in os.walk(folder):
        depth = len(Path(path).parts) - top
        inner[:] = [n for n in inner if not n.startswith(".") and depth < _DEPTH]
        for name in names.intersection(listed):
            found[name].append(Path(path, name))
    return {
        name: sorted(paths, key=lambda path: (len(path.parts), path))
        for name, paths in found.items()
    }
