"""From parsed molecules to a dataset: graphs, or sequences of characters."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.columns import Columns
from graphattn.datasets.molecules.graph import atom_classes, bond_classes
from graphattn.datasets.molecules.molecules import Molecules
from graphattn.datasets.molecules.onehot import atom_features, bond_features
from graphattn.datasets.molecules.options import Options
from graphattn.datasets.sequences import characters

_FEATURES = {
    "pyg": (atom_classes, bond_classes),
    "onehot": (atom_features, bond_features),
}


def build(molecules: Molecules, options: Options, name: str) -> GraphDataset:
    """Returns the dataset of all molecules.

    Targets that are all 0 or 1, as far as they are known, make it a classification, of
    one target or several.

    Args:
        molecules: Parsed.
        options: What the user chose.
        name: Of the dataset.
    """
    if options.representation == "graph":
        data, slices = _graphs(molecules.columns, options)
        kind, vocabulary = "molecules", ()
    else:
        data, slices, vocabulary = characters(molecules.smiles)
        kind = "sequence"
    each = torch.arange(len(molecules.smiles) + 1)
    data.y, class_names = _targets(molecules)
    data.smiles = molecules.smiles
    if molecules.ids:
        data.id = molecules.ids
    slices |= {key: each for key in ("y", "smiles", "id") if key in data}
    return GraphDataset(
        data,
        slices,
        name=name,
        kind=kind,
        task="classification" if class_names else "regression",
        target_names=molecules.target_names,
        class_names=class_names,
        vocabulary=vocabulary,
        skipped=molecules.skipped,
        parts=molecules.parts,
    )


def _graphs(columns: Columns, options: Options) -> tuple[Data, dict[str, Tensor]]:
    of_atoms, of_bonds = _FEATURES[options.features]
    data = Data(
        x=of_atoms(columns),
        edge_index=torch.from_numpy(columns.edges).long(),
        edge_attr=of_bonds(columns),
    )
    nodes, edges = _pointers(columns.num_atoms), _pointers(columns.num_edges)
    slices = {"x": nodes, "edge_index": edges, "edge_attr": edges}
    if options.coordinates is not None:
        data.pos = torch.from_numpy(columns.positions)
        source, target = _ends(columns)
        data.distance = (data.pos[source] - data.pos[target]).norm(dim=1)
        slices |= {"pos": nodes, "distance": edges}
    return data, slices


def _ends(columns: Columns) -> Int[Tensor, "2 num_edges"]:
    first = torch.from_numpy(columns.num_atoms.cumsum() - columns.num_atoms)
    shift = first.repeat_interleave(torch.from_numpy(columns.num_edges))
    return torch.from_numpy(columns.edges).long() + shift


def _pointers(counts) -> Int[Tensor, " num_graphs_plus_one"]:
    sizes = torch.from_numpy(counts)
    return torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])


def _targets(molecules: Molecules) -> tuple[Tensor, tuple[str, ...]]:
    values = torch.from_numpy(molecules.targets)
    known = values[~values.isnan()]
    names = molecules.class_names
    binary = len(known) > 0 and bool(((known == 0) | (known == 1)).all())
    if not names and binary and molecules.task != "regression":
        names = ("0", "1")
    if names and len(known) == values.numel():
        return values.long(), names
    return values.float(), names
