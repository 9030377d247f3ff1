"""From rows of a SMILES and its targets to a dataset: graphs, or sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import Problems, check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.graph import featurise, parse
from graphattn.datasets.sequences import characters

if TYPE_CHECKING:
    from rdkit.Chem import Mol

Representation = Literal["graph", "characters"]


@dataclass
class Records:
    """The rows of a file that have a SMILES and all targets.

    Attributes:
        column: Name of the SMILES column.
        target_names: One per target.
        smiles: One per row.
        targets: One list per row.
        rows: Number of each data row, counted from 1 below the header.
        lines: Number of the line each row begins on, counted from 1.
    """

    column: str
    target_names: Sequence[str]
    smiles: list[str] = field(default_factory=list)
    targets: list[list[float]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def add(self, smiles: str, targets: list[float], row: int, line: int) -> None:
        """Appends one row."""
        self.smiles.append(smiles)
        self.targets.append(targets)
        self.rows.append(row)
        self.lines.append(line)


def build(
    records: Records,
    problems: Problems,
    *,
    name: str,
    representation: Representation = "graph",
) -> GraphDataset:
    """Returns the dataset of all rows whose SMILES parses.

    Targets that are all 0 or 1 make it a classification, of one target or several.

    Args:
        records: The rows.
        problems: Raises on a SMILES that does not parse, or lists it.
        name: Of the dataset.
        representation: "graph" for atoms and bonds, "characters" for the string.

    Raises:
        DataError: A SMILES does not parse, or no row is left.
    """
    check(
        representation in ("graph", "characters"),
        problems.caller,
        'representation must be "graph" or "characters"',
        {"representation": representation},
    )
    mols, kept = _parsed(records, problems)
    check(
        len(kept) > 0,
        problems.caller,
        "the file has no usable row",
        {"file": problems.file, "skipped": problems.skipped[:5]},
    )
    smiles = [records.smiles[index] for index in kept]
    y, class_names = _targets(torch.tensor([records.targets[index] for index in kept]))
    if representation == "graph":
        graphs = featurise(mols)
        data = Data(
            x=graphs.x, edge_index=graphs.edge_index, edge_attr=graphs.edge_attr
        )
        slices = {"x": graphs.node_ptr}
        slices |= dict.fromkeys(("edge_index", "edge_attr"), graphs.edge_ptr)
        kind, vocabulary = "molecules", ()
    else:
        data, slices, vocabulary = characters(smiles)
        kind = "sequence"
    data.y, data.smiles = y, smiles
    slices |= dict.fromkeys(("y", "smiles"), torch.arange(len(kept) + 1))
    return GraphDataset(
        data,
        slices,
        name=name,
        kind=kind,
        task="classification" if class_names else "regression",
        target_names=records.target_names,
        class_names=class_names,
        vocabulary=vocabulary,
        skipped=problems.skipped,
    )


def _parsed(records: Records, problems: Problems) -> tuple[list[Mol], list[int]]:
    mols, kept = [], []
    for index, smiles in enumerate(records.smiles):
        mol, reason = parse(smiles)
        if mol is None:
            problems.add(
                f"the SMILES does not parse: {reason}",
                "correct it",
                row=records.rows[index],
                line=records.lines[index],
                column=records.column,
                value=smiles,
            )
        else:
            mols.append(mol)
            kept.append(index)
    return mols, kept


def _targets(
    values: Float[Tensor, "num_graphs num_targets"],
) -> tuple[Tensor, tuple[str, ...]]:
    if bool(((values == 0) | (values == 1)).all()):
        return values.long(), ("0", "1")
    return values, ()
