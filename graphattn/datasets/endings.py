"""Files whose reader is told by their ending, or by what a folder holds."""

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from graphattn.datasets.archive import is_archive
from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.image_folder import SUFFIXES as IMAGES
from graphattn.datasets.speech import SUFFIXES as SOUNDS
from graphattn.datasets.text.class_files import classes_in

_IDX = re.compile(r"idx\d?(-ubyte)?(\.\w+)?$", re.IGNORECASE)
_LOOK_AT = 10_000  # files of a folder


def by_ending(path: Path, options: Iterable[str]) -> str | None:
    """Returns the reader of texts, images, recordings or many small networks, if any.

    Args:
        path: The file or folder.
        options: Names of the options given.
    """
    if plain_suffix(path) in (".conllu", ".conllx"):
        return "text.conllu"
    if plain_suffix(path) == ".json":
        return "social.egos"
    if _IDX.search(path.name):
        return "idx"
    if "text" in options:
        return "text.labelled"
    if is_archive(path) and {"features", "pattern"} & set(options):
        return "speech"
    if not path.is_dir():
        return None
    inside = {file.suffix.lower() for file in islice(path.rglob("*"), _LOOK_AT)}
    if inside & set(SOUNDS):
        return "speech"
    if inside & set(IMAGES):
        return "image_folder"
    return "text.by_class" if len(classes_in(path)) > 1 else None
