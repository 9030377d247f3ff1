"""The public molecules, where GRAPHATTN_DATA has them: counts and PyG's own values."""

from pathlib import Path

import pytest
import torch
import torch_geometric.utils

from graphattn.datasets import load
from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.files import MissingFiles

HEADS = {
    "hiv": ("hiv/HIV.csv.gz", "HIV_active", 1),
    "zinc250k": ("zinc/zinc250k.smi.gz", None, 0),
    "peptides_func": (
        "lrgb_peptides_func/peptide_multi_class_dataset.csv.gz",
        "labels",
        10,
    ),
}


def named(name, data_folder, **options):
    try:
        return load(name, root=data_folder, **options)
    except MissingFiles as error:
        pytest.skip(f"GRAPHATTN_DATA lacks the files of {name}: {error}")


@pytest.mark.parametrize("name", ["esol", "freesolv", "bbbp", "bace"])
def test_every_53rd_molecule_is_pygs(name, data_folder):
    for data in named(name, data_folder)[::53]:
        theirs = torch_geometric.utils.from_smiles(data.smiles)
        assert torch.equal(data.x, theirs.x)
        assert torch.equal(data.edge_index, theirs.edge_index)
        assert torch.equal(data.edge_attr, theirs.edge_attr)


@pytest.mark.parametrize("name", HEADS)
def test_the_first_rows_of_a_long_file_are_read(name, data_folder, tmp_path):
    path, target, targets = HEADS[name]
    source = Path(data_folder, path)
    if not source.is_file():
        pytest.skip(f"GRAPHATTN_DATA lacks {path}")
    head = tmp_path / source.name.removesuffix(".gz")
    head.write_bytes(b"".join(read_bytes(source).splitlines(keepends=True)[:98]))
    options = {} if target is None else {"target": target}
    data = load(head, on_error="skip", **options)
    assert len(data) + len(data.skipped) == 98 - (target is not None)
    assert data.y.shape[1] == targets
    for item in data[::31]:
        theirs = torch_geometric.utils.from_smiles(item.smiles)
        assert torch.equal(item.x, theirs.x)
        assert torch.equal(item.edge_attr, theirs.edge_attr)


def test_the_sources_own_split_of_bace_is_in_its_parts(data_folder):
    parts = named("bace", data_folder).parts
    counts = [parts.count(part) for part in ("train", "val", "test")]
    assert counts == [203, 45, 1265]


def test_a_row_that_is_kept_has_no_atoms_and_its_target(data_folder):
    kept = named("bbbp", data_folder, on_error="keep")
    assert len(kept) == 2050
    assert int(kept.y.sum()) == 1567
    assert [kept[s.row - 1].num_nodes for s in kept.skipped] == [0] * 11
