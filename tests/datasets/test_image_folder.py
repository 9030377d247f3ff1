import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from mutations import fuzz, mutated
from PIL import Image

from graphattn.datasets import DataError, load
from graphattn.datasets.image_folder import read


def png(array: np.ndarray, kind: str = "png") -> bytes:
    raw = io.BytesIO()
    Image.fromarray(array.astype(np.uint8)).save(raw, kind)
    return raw.getvalue()


GREY = np.arange(12).reshape(3, 4) * 20
COLOUR = np.arange(36).reshape(3, 4, 3) * 7


@pytest.fixture
def folder(tmp_path):
    for label, name, array in (("cat", "1.png", GREY), ("dog", "2.PNG", COLOUR)):
        (tmp_path / "pets" / label).mkdir(parents=True)
        (tmp_path / "pets" / label / name).write_bytes(png(array))
    (tmp_path / "pets" / "dog" / "notes.txt").write_text("no image")
    return tmp_path / "pets"


def test_a_subfolder_is_a_class(folder):
    data = load(folder)
    assert (data.name, data.class_names) == ("pets", ("cat", "dog"))
    assert data.y.view(-1).tolist() == [0, 1]
    np.testing.assert_allclose(data[0].x.view(3, 4), GREY / 255, rtol=1e-6)
    colours = load(folder, colour="rgb")[1].x
    np.testing.assert_allclose(colours.view(3, 4, 3), COLOUR / 255, rtol=1e-6)


def test_images_of_other_sizes_must_be_scaled(folder):
    (folder / "cat" / "3.png").write_bytes(png(np.zeros((5, 7))))
    with pytest.raises(DataError, match="give size="):
        read(folder)
    assert read(folder, size=(6, 8), patch=2)[0].x.shape == (12, 4)


def test_what_is_no_image_is_named(folder):
    (folder / "cat" / "4.png").write_text("no image")
    with pytest.raises(DataError, match=r"cannot be read.*\n.*4.png"):
        read(folder)
    with pytest.raises(DataError, match="must have subfolders with images"):
        read(folder / "cat")
    with pytest.raises(DataError, match="no such folder"):
        read(folder / "bird")


def test_a_bomb_is_not_unpacked(folder, monkeypatch):
    monkeypatch.setattr("graphattn.datasets.image_folder._MOST_PIXELS", 11)
    with pytest.raises(DataError, match="more pixels"):
        read(folder)


@fuzz
@given(raw=mutated(png(GREY)))
def test_mutated_images_are_read_or_refused(raw, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "mutated" / "class"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.png").write_bytes(raw)
    with contextlib.suppress(DataError):
        read(folder.parent)
