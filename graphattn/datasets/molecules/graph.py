"""From an RDKit molecule to a graph, with the features of PyG's `from_smiles`.

Values are PyG's wherever PyG has one. Each column has one more class than PyG's, for
what PyG has no class for (an atom of charge +7), and bond stereo has two more, for
the two atropisomers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.molecules.columns import Columns, collect
from graphattn.datasets.molecules.parsing import parse

if TYPE_CHECKING:
    from rdkit.Chem import Mol

ATOM_SIZES = (120, 10, 12, 13, 10, 6, 9, 2, 2)
"""Number of classes of each atom column: element, chirality, degree, formal charge,
hydrogens, radical electrons, hybridisation, aromatic, in a ring."""

BOND_SIZES = (23, 9, 2)
"""Number of classes of each bond column: type, stereo, conjugated."""

# RDKit's hybridisation has SP2D between SP3 and SP3D, PyG's table has not.
_HYBRIDISATION = np.array([0, 1, 2, 3, 4, 8, 5, 6, 7], dtype=np.int16)
_CHARGE = 5


def atom_classes(columns: Columns) -> Int[Tensor, "num_nodes 9"]:
    """Returns the atoms' columns in PyG's layout.

    Args:
        columns: The molecules.
    """
    x = columns.atoms[:, :9].copy()
    x[:, 3] += _CHARGE
    x[:, 6] = _HYBRIDISATION[x[:, 6]]
    other = np.array(ATOM_SIZES, dtype=np.int16) - 1
    other[[7, 8]] = 1
    # As unsigned, what is below zero is above the last class.
    return torch.from_numpy(np.minimum(x.view(np.uint16), other)).long()


def bond_classes(columns: Columns) -> Int[Tensor, "num_edges 3"]:
    """Returns the bonds' columns in PyG's layout.

    Args:
        columns: The molecules.
    """
    return torch.from_numpy(np.ascontiguousarray(columns.bonds[:, :3])).long()


def from_rdkit(mol: Mol) -> Data:
    """Returns one molecule as a graph, with the features of PyG's `from_rdmol`.

    Args:
        mol: A sanitised molecule.
    """
    columns = collect([mol])
    return Data(
        x=atom_classes(columns),
        edge_index=torch.from_numpy(columns.edges).long(),
        edge_attr=bond_classes(columns),
    )


def from_smiles(
    smiles: str, with_hydrogen: bool = False, kekulize: bool = False
) -> Data:
    """Returns a molecule as a graph: the values of PyG's function of this name.

    A SMILES that does not parse is an error, RDKit's log is left as it was, and
    atropisomers and rare atoms have classes of their own (`ATOM_SIZES`, `BOND_SIZES`).

    Args:
        smiles: One molecule; it may have several parts.
        with_hydrogen: Whether hydrogens are nodes.
        kekulize: Whether aromatic bonds become single and double ones.

    Raises:
        DataError: `smiles` does not parse.
    """
    chem: Any = need("rdkit.Chem", "molecules")
    mol, reason = parse(smiles)
    check(
        mol is not None,
        "datasets.from_smiles",
        f"the SMILES does not parse: {reason}",
        {"smiles": smiles},
    )
    if with_hydrogen:
        mol = chem.AddHs(mol)
    if kekulize:
        chem.Kekulize(mol)
    data = from_rdkit(mol)
    data.smiles = smiles
    return data
