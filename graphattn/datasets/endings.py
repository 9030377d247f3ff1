"""Files whose reader is told by their ending, or by what a folder holds."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from graphattn.datasets.archive import is_archive
from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.image_folder import SUFFIXES as IMAGES
from graphattn.datasets.speech import SUFFIXES as SOUNDS

_LOOK_AT = 10_000  # files of a folder


def by_ending(path: Path, options: Iterable[str]) -> str | None:
    """Returns the reader of a treebank, of labelled sentences, images or recordings.

    Args:
        path: The file or folder.
        options: Names of the options given.
    """
    if plain_suffix(path) in (".conllu", ".conllx"):
        return "text.conllu"
    if "text" in options:
        return "text.labelled"
    if is_archive(path) and {"features", "pattern"} & set(options):
        return "speech"
    if not path.is_dir():
        return None
    inside = {file.suffix.lower() for file in islice(path.rglob("*"), _LOOK_AT)}
    if inside & set(SOUNDS):
        return "speech"
    return "image_folder" if inside & set(IMAGES) else None
