"""From an RDKit molecule to a graph, with the features of PyG's `from_smiles`.

Values are PyG's wherever PyG has one. Each column has one more class than PyG's, for
what PyG has no class for (an atom of charge +7), and bond stereo has two more, for
the two atropisomers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need

if TYPE_CHECKING:
    from rdkit.Chem import Mol

ATOM_SIZES = (120, 10, 12, 13, 10, 6, 9, 2, 2)
"""Number of classes of each atom column: element, chirality, degree, formal charge,
hydrogens, radical electrons, hybridisation, aromatic, in a ring."""

BOND_SIZES = (23, 9, 2)
"""Number of classes of each bond column: type, stereo, conjugated."""

# RDKit's hybridisation has SP2D between SP3 and SP3D, PyG's table has not.
_HYBRIDISATION = np.array([0, 1, 2, 3, 4, 8, 5, 6, 7])
_CHARGE = 5


class Graphs(NamedTuple):
    """Molecules one after the other; `edge_index` counts from 0 in each of them."""

    x: Int[Tensor, "num_nodes 9"]
    edge_index: Int[Tensor, "2 num_edges"]
    edge_attr: Int[Tensor, "num_edges 3"]
    node_ptr: Int[Tensor, " num_graphs_plus_one"]
    edge_ptr: Int[Tensor, " num_graphs_plus_one"]


def parse(smiles: str) -> tuple[Mol | None, str]:
    """Parses a SMILES, and says why it cannot where it cannot.

    RDKit's log is silent meanwhile, and as it was afterwards.

    Args:
        smiles: One molecule; it may have several parts.

    Returns:
        The molecule and "", or None and the reason.
    """
    chem = need("rdkit.Chem", "molecules")
    with need("rdkit.rdBase", "molecules").BlockLogs():
        mol = chem.MolFromSmiles(smiles)
        if mol is not None and mol.GetNumAtoms() > 0:
            return mol, ""
        if mol is not None:
            return None, "it has no atoms"
        raw = chem.MolFromSmiles(smiles, sanitize=False)
        if raw is None:
            return None, "it is not SMILES syntax"
        problems = chem.DetectChemistryProblems(raw)
    reason = problems[0].Message() if problems else "RDKit cannot sanitise it"
    return None, reason[:1].lower() + reason[1:]


def featurise(mols: Iterable[Mol]) -> Graphs:
    """Returns the atoms and bonds of all molecules, each bond in both directions.

    Edges are sorted by source, then by target, as in PyG.

    Args:
        mols: Sanitised molecules.
    """
    atoms: list[int] = []
    bonds: list[int] = []
    sizes: list[tuple[int, int]] = []
    # RDKit takes a microsecond to hand out one enum, and few atoms are chiral.
    chiral = need("rdkit.Chem.rdqueries", "molecules").HasChiralTagQueryAtom()
    for mol in mols:
        first = len(atoms)
        for atom in mol.GetAtoms():
            atoms += (
                atom.GetAtomicNum(),
                0,
                atom.GetTotalDegree(),
                atom.GetFormalCharge(),
                atom.GetTotalNumHs(),
                atom.GetNumRadicalElectrons(),
                atom.GetHybridization(),
                atom.GetIsAromatic(),
                atom.IsInRing(),
            )
        for atom in mol.GetAtomsMatchingQuery(chiral):
            atoms[first + 9 * atom.GetIdx() + 1] = atom.GetChiralTag()
        for bond in mol.GetBonds():
            bonds += (
                bond.GetBeginAtomIdx(),
                bond.GetEndAtomIdx(),
                bond.GetBondType(),
                bond.GetStereo(),
                bond.GetIsConjugated(),
            )
        sizes.append((mol.GetNumAtoms(), 2 * mol.GetNumBonds()))
    ptr = np.zeros((len(sizes) + 1, 2), dtype=np.int64)
    np.cumsum(np.array(sizes, dtype=np.int64).reshape(-1, 2), axis=0, out=ptr[1:])
    edges = _edges(np.array(bonds, dtype=np.int64).reshape(-1, 5), ptr[:, 1])
    return Graphs(
        torch.from_numpy(_atoms(np.array(atoms, dtype=np.int64).reshape(-1, 9))),
        torch.from_numpy(edges[:, :2].T.copy()),
        torch.from_numpy(edges[:, 2:].copy()),
        torch.from_numpy(ptr[:, 0].copy()),
        torch.from_numpy(ptr[:, 1].copy()),
    )


def _atoms(x: np.ndarray) -> np.ndarray:
    x[:, 3] += _CHARGE
    x[:, 6] = _HYBRIDISATION[x[:, 6]]
    other = np.array(ATOM_SIZES) - 1
    other[[7, 8]] = 1
    return np.where((x < 0) | (x > other), other, x)


def _edges(bonds: np.ndarray, edge_ptr: np.ndarray) -> np.ndarray:
    graph = np.repeat(np.arange(len(edge_ptr) - 1), np.diff(edge_ptr))
    both = np.repeat(bonds, 2, axis=0)
    both[1::2, :2] = bonds[:, 1::-1]
    return both[np.lexsort((both[:, 1], both[:, 0], graph))]


def from_rdkit(mol: Mol) -> Data:
    """Returns one molecule as a graph, with the features of PyG's `from_rdmol`.

    Args:
        mol: A sanitised molecule.
    """
    graphs = featurise([mol])
    return Data(x=graphs.x, edge_index=graphs.edge_index, edge_attr=graphs.edge_attr)


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
