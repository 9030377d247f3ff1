"""Which class each file, or each subfolder, of a folder of texts is."""

from pathlib import Path

from graphattn.datasets.compressed import plain_stem, plain_suffix
from graphattn.datasets.errors import check

_CALLER = "datasets.load"
_SUFFIXES = (".txt", ".text")
_NO_CLASS = ("readme", "license", "licence")


def classes_in(folder: Path) -> dict[str, Path]:
    """Returns the file or the subfolder of each class that a folder holds.

    Args:
        folder: As `classes` of `by_class.read`.

    Raises:
        DataError: There are both subfolders and files of texts.
    """
    files = [file for file in _visible(folder) if file.is_file() and _is_text(file)]
    inner = [one for one in _visible(folder) if one.is_dir() and documents(one)]
    others = [file for file in _visible(folder) if file.is_file()]
    if len({plain_stem(file) for file in others}) == 1 < len(others):
        files = others
    rule = "give classes one way or the other: as files of the folder, or as subfolders"
    given = {"folder": str(folder), "files": [file.name for file in files][:9]}
    given["subfolders"] = [one.name for one in inner][:9]
    check(not (files and inner), _CALLER, rule, given)
    if inner:
        return {one.name: one for one in inner}
    alike = len({plain_stem(file) for file in files}) < len(files)
    if alike:
        return {plain_suffix(file).removeprefix("."): file for file in files}
    return {plain_stem(file): file for file in files}


def documents(folder: Path) -> list[Path]:
    """Returns the text files of a folder, in order.

    Args:
        folder: That of one class.
    """
    return [file for file in _visible(folder) if file.is_file() and _is_text(file)]


def _visible(folder: Path) -> list[Path]:
    hidden = (".", "__")
    found = (one for one in folder.iterdir() if not one.name.startswith(hidden))
    return sorted(one for one in found if one.stem.lower() not in _NO_CLASS)


def _is_text(file: Path) -> bool:
    return plain_suffix(file) in _SUFFIXES
