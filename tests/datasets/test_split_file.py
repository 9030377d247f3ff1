import pytest
import torch

from graphattn.datasets import DataError, split_file, splits
from graphattn.datasets.links import links


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_a_split_is_read_as_it_was_written(tmp_path, suffix):
    path = tmp_path / f"split.{suffix}"
    edges = torch.randint(31, (2, 90))
    for split in (splits.random(17, seed=3), links(edges, 31, seed=3)):
        split_file.write(split, path)
        again = split_file.read(path)
        assert type(again) is type(split)
        assert all(torch.equal(a, b) for a, b in zip(again, split, strict=True))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_empty_part_is_read_as_such(tmp_path):
    split = splits.random(17, fractions=(0.5, 0.0, 0.5), seed=3)
    for name in ("split.json", "split.csv"):
        split_file.write(split, tmp_path / name)
        assert len(split_file.read(tmp_path / name).val) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.json", "[]"),
        ("s.json", "{}"),
        ("s.json", '{"train": [0.5]}'),
        ("s.json", '{"train": [-1]}'),
        ("s.json", '{"train": [[0], [1, 2]]}'),
        ("s.json", '{"trains": [1]}'),
        ("s.csv", "part,item\ntrain,x\n"),
        ("s.csv", "item,part\n1,train\n"),
        ("s.csv", "part,item\ntrain,99999999999999999999\n"),
    ],
)
def test_what_is_no_split_is_refused(write, name, content):
    with pytest.raises(DataError, match=f"file = '{name}'"):
        split_file.read(write(name, content))


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"a .json or a .csv"):
        split_file.write(splits.random(17, seed=3), tmp_path / "split.txt")
