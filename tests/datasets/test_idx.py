import contextlib
import gzip
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets import DataError
from graphattn.datasets.idx import read, read_idx


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


PIXELS = np.arange(5 * 6 * 4).reshape(5, 6, 4)
LABELS = np.array([3, 0, 1, 3, 2])


@pytest.fixture
def files(write):
    images = {
        "train": write("train.gz", gzip.compress(idx(PIXELS[:3]))),
        "test": write("test", idx(PIXELS[3:])),
    }
    labels = {
        "train": write("train-labels", idx(LABELS[:3])),
        "test": write("test-labels", idx(LABELS[3:])),
    }
    return images, labels


def test_images_are_grids_of_pixels_with_a_class(files):
    data = read(*files, name="digits")
    assert data.parts == ["train"] * 3 + ["test"] * 2
    assert data.class_names == ("0", "1", "2", "3")
    assert data.y.view(-1).tolist() == LABELS.tolist()
    assert torch.equal(data[4].x.view(6, 4), torch.from_numpy(PIXELS[4]).float() / 255)
    assert data[4].pos[5].tolist() == [1, 1]
    assert read(*files, name="digits", patch=2)[0].x.shape == (6, 4)
    with pytest.raises(DataError, match="patch must be"):
        read(*files, name="digits", patch=4)


def test_files_that_do_not_belong_together_are_refused(files, write):
    images, labels = files
    with pytest.raises(DataError, match="one label per image"):
        read(images, {**labels, "test": labels["train"]}, name="digits")
    with pytest.raises(DataError, match="same parts"):
        read(images, {"train": labels["train"]}, name="digits")
    images["test"] = write("wide", idx(np.zeros((2, 6, 5))))
    with pytest.raises(DataError, match="same size"):
        read(images, labels, name="digits")


BAD = {
    "short": (idx(PIXELS)[:-1], "not as long as its head says"),
    "huge": (bytes([0, 0, 8, 3]) + b"\xff" * 12, "not as long as its head says"),
    "floats": (bytes([0, 0, 13, 3]) + bytes(16), "unsigned bytes"),
    "labels": (idx(LABELS), "unsigned bytes"),
    "nothing": (b"", "unsigned bytes"),
    "no pixels": (idx(np.zeros((5, 0, 3))), "must have pixels"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_malformed_file_is_one_clear_message(case, write):
    content, words = BAD[case]
    with pytest.raises(DataError, match=words):
        read_idx(write("bad.idx", content), 3)


@fuzz
@given(images=mutated(idx(PIXELS)), labels=mutated(idx(LABELS)))
def test_mutated_files_are_read_or_refused(images, labels, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    (folder / "images.idx").write_bytes(images)
    (folder / "labels.idx").write_bytes(labels)
    given = ({"train": folder / name} for name in ("images.idx", "labels.idx"))
    with contextlib.suppress(DataError):
        read(*given, name="digits")
