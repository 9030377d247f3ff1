"""From a graph back to an RDKit molecule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.molecules.columns import collect
from graphattn.datasets.molecules.graph import atom_classes, bond_classes
from graphattn.datasets.molecules.parsing import parse, quiet_rdkit

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_CALLER = "datasets.to_rdkit"
_CHARGE = 5
_CHIRALITY = 1
_SIDES = {"STEREOZ": "STEREOCIS", "STEREOE": "STEREOTRANS"}
_ROUNDS = 3  # of double bonds whose stereo hangs on that of others


def to_rdkit(data: Data) -> Mol:
    """Returns the molecule of a graph with the columns of `from_smiles`.

    Atoms are in the order of the graph's nodes, and `pos`, where it is there, becomes a
    conformer. Where `data.smiles` is the molecule of this very graph, everything it
    says comes back: handedness, isotopes, atropisomers. Without it, or where the graph
    was changed since, the molecule is built from the columns: elements, charges,
    hydrogens, radicals, bonds, and which side of a double bond. The columns do not say
    in which order a centre's handedness counts its neighbours, nor isotopes: both are
    left out then.

    Args:
        data: `x`, `edge_index` and `edge_attr` as `from_smiles` gives them, and perhaps
            `smiles` and `pos`.

    Raises:
        DataError: The columns are others, or are no molecule.
    """
    x, edge_attr = data.x, data.edge_attr
    whole = all(isinstance(one, Tensor) for one in (x, edge_attr))
    shapes = [tuple(one.shape[1:]) for one in (x, edge_attr) if one is not None]
    whole = whole and shapes == [(9,), (3,)]
    rule = "the graph must have the columns of from_smiles: 9 of atoms, 3 of bonds"
    check(whole, _CALLER, rule, {"x": x, "edge_attr": edge_attr})
    with quiet_rdkit():
        mol = _built(data)
        mol = _told(data, mol) or mol
    return _placed(mol, data.get("pos"))


def _told(data: Any, built: Mol) -> Mol | None:
    # The molecule of the SMILES, its atoms in the order of the graph.
    smiles = data.get("smiles")
    mol = None if smiles is None else parse(smiles)[0]
    if mol is None:
        return None
    chem: Any = need("rdkit.Chem", "molecules")
    if _hydrogen_nodes(data) > _hydrogen_atoms(mol):
        mol = chem.AddHs(mol)
    if not bool((data.edge_attr[:, 0] == 12).any()):
        chem.Kekulize(mol)
    if _same(data, mol):
        return mol
    order = mol.GetSubstructMatch(built)
    if len(order) != built.GetNumAtoms() or len(order) != mol.GetNumAtoms():
        return None
    mol = chem.RenumberAtoms(mol, list(order))
    return mol if _same(data, mol) else None


def _same(data: Any, mol: Mol) -> bool:
    columns = collect([mol])
    edges = torch.from_numpy(columns.edges).long()
    if edges.shape != data.edge_index.shape or len(columns.atoms) != len(data.x):
        return False
    x = atom_classes(columns)
    # Handedness counts the neighbours in the order of the bonds, which may differ.
    other = [column for column in range(9) if column != _CHIRALITY]
    return (
        torch.equal(x[:, other], data.x[:, other])
        and torch.equal(x[:, _CHIRALITY] > 0, data.x[:, _CHIRALITY] > 0)
        and torch.equal(edges, data.edge_index)
        and torch.equal(bond_classes(columns), data.edge_attr)
    )


def _hydrogen_nodes(data: Any) -> int:
    return int((data.x[:, 0] == 1).sum())


def _hydrogen_atoms(mol: Mol) -> int:
    return sum(atom.GetAtomicNum() == 1 for atom in mol.GetAtoms())


def _built(data: Any) -> Mol:
    chem: Any = need("rdkit.Chem", "molecules")
    mol = chem.RWMol()
    for element, _, _, charge, hydrogens, radicals, *_ in data.x.tolist():
        atom = chem.Atom(element)
        atom.SetFormalCharge(charge - _CHARGE)
        atom.SetNumExplicitHs(hydrogens)
        atom.SetNoImplicit(True)
        atom.SetNumRadicalElectrons(radicals)
        mol.AddAtom(atom)
    stereo = {}
    rows = zip(data.edge_index.T.tolist(), data.edge_attr.tolist(), strict=True)
    for (begin, end), (kind, side, _) in rows:
        if begin < end:
            mol.AddBond(begin, end, chem.BondType.values[kind])
            stereo[begin, end] = chem.BondStereo.values.get(side)
    for bond in mol.GetBonds():
        if bond.GetBondType() == chem.BondType.AROMATIC:
            bond.SetIsAromatic(True)
            bond.GetBeginAtom().SetIsAromatic(True)
            bond.GetEndAtom().SetIsAromatic(True)
    problems = chem.DetectChemistryProblems(mol)
    reason = problems[0].Message() if problems else ""
    rule = f"the graph is no molecule: {reason}"
    check(not problems, _CALLER, rule, {"num_nodes": data.num_nodes})
    chem.SanitizeMol(mol)
    return _with_sides(chem, mol, stereo)


def _with_sides(chem: Any, mol: Mol, stereo: dict[tuple[int, int], Any]) -> Mol:
    # Z and E rank the neighbours by their weight, which RDKit knows and we do not: set
    # each bond on the side it has if its first neighbours rank highest, and turn over
    # those that come out wrong.
    wanted = {ends: str(side) for ends, side in stereo.items() if str(side) in _SIDES}
    turned: set[tuple[int, int]] = set()
    trial = chem.RWMol(mol)
    for _ in range(_ROUNDS):
        trial = chem.RWMol(mol)
        for ends, side in wanted.items():
            bond = trial.GetBondBetweenAtoms(*ends)
            neighbours = _neighbours(trial, ends)
            if neighbours is not None:
                sides = _SIDES[side], *(set(_SIDES.values()) - {_SIDES[side]})
                bond.SetStereoAtoms(*neighbours)
                bond.SetStereo(getattr(chem.BondStereo, sides[ends in turned]))
        chem.SetDoubleBondNeighborDirections(trial)
        chem.AssignStereochemistry(trial, cleanIt=True, force=True)
        wrong = {
            ends
            for ends, side in wanted.items()
            if str(trial.GetBondBetweenAtoms(*ends).GetStereo()) != side
        }
        if not wrong:
            break
        turned ^= wrong
    return trial.GetMol()


def _neighbours(mol: Any, ends: tuple[int, int]) -> tuple[int, int] | None:
    found = []
    for one, other in (ends, ends[::-1]):
        near = (a.GetIdx() for a in mol.GetAtomWithIdx(one).GetNeighbors())
        found.append(next((index for index in near if index != other), None))
    return None if None in found else (found[0], found[1])


def _placed(mol: Mol, pos: Tensor | None) -> Mol:
    if pos is None or not bool(pos.isfinite().all()):
        return mol
    chem: Any = need("rdkit.Chem", "molecules")
    mol = chem.Mol(mol)
    conformer = chem.Conformer(mol.GetNumAtoms())
    for index, place in enumerate(pos.double().tolist()):
        conformer.SetAtomPosition(index, place)
    mol.RemoveAllConformers()
    mol.AddConformer(conformer)
    return mol
