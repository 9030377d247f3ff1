import zipfile

import numpy as np
import pytest
import torch

from graphattn.datasets import load
from graphattn.datasets.molecules import cache, reader

FILE = """smiles,name,a,b
CCO,één,1.5,
C1CC,two,2,3
CN,three,,4
c1ccccc1,\U0001f600,5,6
"""
OPTIONS = {"target": ["a", "b"], "on_error": "skip"}


def same(one, other):
    assert torch.equal(one._data.x, other._data.x)
    assert torch.equal(one._data.edge_index, other._data.edge_index)
    assert torch.equal(one._data.edge_attr, other._data.edge_attr)
    assert torch.equal(one.y.nan_to_num(-7), other.y.nan_to_num(-7))
    for name in ("smiles", "ids", "parts", "skipped", "target_names", "class_names"):
        assert getattr(one, name) == getattr(other, name)
    assert (one.task, one.name) == (other.task, other.name)


@pytest.fixture
def parsings(monkeypatch):
    """Counts how often molecules are parsed."""
    count = []
    parse = reader.parsed
    monkeypatch.setattr(
        reader, "parsed", lambda *given: count.append(1) or parse(*given)
    )
    return count


def test_the_second_load_reads_what_the_first_kept(write, tmp_path, parsings):
    path = write("mine.csv", FILE)
    first = load(path, cache=tmp_path / "kept", **OPTIONS)
    second = load(path, cache=tmp_path / "kept", **OPTIONS)
    same(first, second)
    assert len(parsings) == 1
    assert second.ids == ["één", "three", "\U0001f600"]
    assert second.skipped[0].row == 2


def test_features_are_made_of_what_is_kept(write, tmp_path, parsings):
    path = write("mine.csv", FILE)
    load(path, cache=tmp_path / "kept", **OPTIONS)
    hot = load(path, cache=tmp_path / "kept", features="onehot", **OPTIONS)
    assert hot._data.x.is_floating_point()
    text = load(path, cache=tmp_path / "kept", representation="characters", **OPTIONS)
    assert text.kind == "sequence"
    assert len(parsings) == 1


@pytest.mark.parametrize(
    "change",
    [{"hydrogens": True}, {"target": "b"}, {"on_error": "keep"}, {"kekulize": True}],
)
def test_another_option_or_file_is_parsed_anew(write, tmp_path, parsings, change):
    path = write("mine.csv", FILE)
    load(path, cache=tmp_path / "kept", **OPTIONS)
    load(path, cache=tmp_path / "kept", **{**OPTIONS, **change})
    assert len(parsings) == 2
    write("mine.csv", FILE.replace("CCO", "CCN"))
    changed = load(path, cache=tmp_path / "kept", **OPTIONS)
    assert changed.smiles[0] == "CCN"
    assert len(parsings) == 3


@pytest.mark.parametrize("damage", ["cut", "bytes", "empty", "not ours"])
def test_a_damaged_file_is_made_anew(write, tmp_path, parsings, damage):
    path = write("mine.csv", FILE)
    first = load(path, cache=tmp_path / "kept", **OPTIONS)
    (kept,) = (tmp_path / "kept").iterdir()
    raw = kept.read_bytes()
    if damage == "not ours":
        np.savez(kept, atoms=np.zeros(3))
    else:
        middle = bytearray(raw)
        middle[len(raw) // 2] ^= 0xFF
        kept.write_bytes(
            {"cut": raw[:-100], "bytes": bytes(middle), "empty": b""}[damage]
        )
    same(first, load(path, cache=tmp_path / "kept", **OPTIONS))
    assert len(parsings) == 2
    same(first, load(path, cache=tmp_path / "kept", **OPTIONS))
    assert len(parsings) == 2


def test_nothing_in_the_file_is_pickled(write, tmp_path):
    load(write("mine.csv", FILE), cache=tmp_path / "kept", **OPTIONS)
    (kept,) = (tmp_path / "kept").iterdir()
    with zipfile.ZipFile(kept) as archive:
        for name in archive.namelist():
            header = archive.read(name)[:128]
            assert b"'|O'" not in header


def test_a_small_file_is_kept_only_where_it_is_asked_for(
    write, tmp_path, monkeypatch, parsings
):
    monkeypatch.setenv("GRAPHATTN_CACHE", str(tmp_path / "own"))
    path = write("mine.csv", FILE)
    load(path, **OPTIONS)
    load(path, cache=False, **OPTIONS)
    assert not (tmp_path / "own").exists()
    load(path, cache=True, **OPTIONS)
    load(path, **OPTIONS)
    assert len(list((tmp_path / "own" / "molecules").iterdir())) == 1
    assert len(parsings) == 3


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.np, "savez", lambda *_, **__: 1 / 0)
    molecules = reader.parsed(
        reader.Records("x", "smiles", texts=["C"], targets=[[]], rows=[1], lines=[1]),
        reader.Options(),
    )
    with pytest.raises(ZeroDivisionError):
        cache.save(tmp_path / "kept" / "x.npz", molecules)
    assert list((tmp_path / "kept").iterdir()) == []
