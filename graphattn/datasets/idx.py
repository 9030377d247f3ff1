"""Reads images and labels in idx files, the format of MNIST."""

import math
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from graphattn.datasets.compressed import plain_stem, read_bytes
from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.images import ImageDataset, Patch

_CALLER = "datasets.load"
_BYTES = 8  # the code of unsigned bytes; images and labels are nothing else


def read(
    images: Path | Mapping[str, Path],
    labels: Mapping[str, Path] | None = None,
    *,
    name: str | None = None,
    patch: Patch = 1,
) -> GraphDataset:
    """Reads images whose pixels, or patches, are the nodes of a grid.

    Args:
        images: The files of "train" and "test", or of other parts; or one file.
        labels: Likewise; of one file by default that beside it whose name has "labels"
            for "images", and "idx1" for "idx3".
        name: Of the dataset; by default that of the file.
        patch: Side of a patch in pixels; 1 for pixels, or "auto".

    Raises:
        DataError: A file is malformed, or the files do not belong together.
    """
    if isinstance(images, Path):
        name, images = name or plain_stem(images), {"": images}
    labels = (
        {part: _labels(path) for part, path in images.items()}
        if labels is None
        else labels
    )
    rule = "images and labels must have the same parts"
    given = {"images": list(images), "labels": list(labels)}
    check(bool(images) and set(images) == set(labels), _CALLER, rule, given)
    pixels, classes, parts = [], [], []
    for part in images:
        pixels.append(read_idx(images[part], 3))
        classes.append(read_idx(labels[part], 1))
        counts = {"images": len(pixels[-1]), "labels": len(classes[-1])}
        rule = "there must be one label per image"
        at = {"file": images[part].name, **counts}
        check(len(set(counts.values())) == 1, _CALLER, rule, at)
        parts += [part] * len(pixels[-1])
    sizes = {array.shape[1:] for array in pixels}
    rule = "all images must have the same size, and there must be some"
    given = {"sizes": sorted(sizes), "images": len(parts)}
    check(len(sizes) == 1 and len(parts) > 0, _CALLER, rule, given)
    y = np.concatenate(classes).astype(np.int64)
    return ImageDataset(
        torch.from_numpy(np.concatenate(pixels)),
        torch.from_numpy(y),
        patch=patch,
        name=name or "images",
        target="class",
        class_names=[str(label) for label in range(int(y.max()) + 1)],
        parts=parts if any(parts) else (),
    )


def _labels(path: Path) -> Path:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    rule = "the file of images has no file of labels beside it that is called alike"
    given = {"images": path.name, "labels": name}
    there = name != path.name and (path.parent / name).is_file()
    check(there, _CALLER, rule, given)
    return path.parent / name


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Returns the array of unsigned bytes that an idx file holds.

    Args:
        path: The file, which may be compressed.
        axes: How many axes it must have.

    Raises:
        DataError: It is no such file, or its length is not what its head says.
    """
    raw = read_bytes(path)
    given = {"file": path.name, "begins with": raw[:4], "axes due": axes}
    rule = "the file must be an idx file of unsigned bytes with as many axes as are due"
    head = 4 + 4 * axes
    plain = len(raw) >= head and raw[:4] == bytes([0, 0, _BYTES, axes])
    check(plain, _CALLER, rule, given)
    shape = struct.unpack(f">{axes}I", raw[4:head])
    rule = "the file is not as long as its head says; fetch it once more"
    sizes = {"shape": shape, "bytes due": math.prod(shape), "bytes": len(raw) - head}
    check(
        math.prod(shape) == len(raw) - head,
        _CALLER,
        rule,
        {"file": path.name, **sizes},
    )
    rule = "the images must have pixels"
    check(0 not in shape[1:], _CALLER, rule, {"file": path.name, "shape": shape})
    return np.frombuffer(raw, np.uint8, offset=head).reshape(shape).copy()
