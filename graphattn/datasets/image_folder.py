"""Reads a folder of images, with one subfolder per class."""

import math
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.images import MOST_PATCHES, ImageDataset, Patch, fitting_patch

_CALLER = "datasets.load"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm")
_SCALED = (32, 32)
_MOST_PIXELS = 1 << 26


def read(
    path: Path,
    *,
    name: str | None = None,
    size: tuple[int, int] | Literal["auto"] | None = None,
    colour: Literal["grey", "rgb"] = "grey",
    patch: Patch = 1,
) -> GraphDataset:
    """Reads images whose pixels, or patches, are the nodes of a grid.

    Args:
        path: The folder; a subfolder of it is a class, called like the subfolder.
        name: Of the dataset; by default that of the folder.
        size: Height and width that all images are scaled to; by default they must be
            equal already. "auto" is 32 x 32, unless they are equal and can be cut into
            at most 100 patches.
        colour: "grey" for one value per pixel, "rgb" for three.
        patch: Side of a patch in pixels; 1 for pixels, or "auto".

    Raises:
        DataError: There are no images, one cannot be read, or they differ in size.
        ImportError: Pillow is not installed.
    """
    rule = 'colour must be "grey" or "rgb"'
    check(colour in ("grey", "rgb"), _CALLER, rule, {"colour": colour})
    check(path.is_dir(), _CALLER, "there is no such folder", {"folder": str(path)})
    classes = sorted(inner.name for inner in path.iterdir() if inner.is_dir())
    files = [
        (file, label)
        for label, folder in enumerate(classes)
        for file in sorted((path / folder).iterdir())
        if file.suffix.lower() in SUFFIXES
    ]
    rule = f"the folder must have subfolders with images: {', '.join(SUFFIXES)}"
    given = {"folder": str(path), "subfolders": classes[:9]}
    check(len(files) > 0, _CALLER, rule, given)
    mode = "L" if colour == "grey" else "RGB"
    if size == "auto":
        size = _size([_pixels(file, None, mode) for file, _ in files])
    arrays: list[np.ndarray] = []
    for file, _ in files:
        arrays.append(_pixels(file, size, mode))
        rule = "all images must have the same size; give size=(height, width)"
        sizes = {"file": str(file), "size": arrays[-1].shape[-2:]}
        first = {"first": arrays[0].shape[-2:]}
        check(arrays[-1].shape == arrays[0].shape, _CALLER, rule, {**sizes, **first})
    return ImageDataset(
        torch.from_numpy(np.stack(arrays)),
        torch.tensor([label for _, label in files]),
        patch=patch,
        name=name or path.name,
        target="class",
        class_names=classes,
    )


def _size(arrays: list[np.ndarray]) -> tuple[int, int] | None:
    sizes = {array.shape[-2:] for array in arrays}
    height, width = min(sizes)
    few = math.prod(s // fitting_patch(height, width) for s in (height, width))
    return None if len(sizes) == 1 and few <= MOST_PATCHES else _SCALED


def _pixels(file: Path, size: tuple[int, int] | None, mode: str) -> np.ndarray:
    pillow = need("PIL.Image", "images")
    try:
        with pillow.open(file) as image:
            rule = "the image has more pixels than an image of a data set ever has"
            given = {"file": str(file), "width, height": image.size}
            check(image.width * image.height <= _MOST_PIXELS, _CALLER, rule, given)
            plain = image.convert(mode)
    except DataError:
        raise
    # Pillow's decoders raise these for files that are not what they seem.
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        pillow.DecompressionBombError,
    ) as e:
        raise DataError(
            f"{_CALLER}: the image cannot be read: {e}. Got:\n  file = {str(file)!r}"
        ) from None
    if size is not None:
        plain = plain.resize((size[1], size[0]))
    array = np.asarray(plain)
    return array if array.ndim == 2 else array.transpose(2, 0, 1)
