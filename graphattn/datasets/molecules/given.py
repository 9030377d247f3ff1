"""Molecules that are in memory already: RDKit's objects, or strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.build import build
from graphattn.datasets.molecules.molecules import parsed
from graphattn.datasets.molecules.options import Options
from graphattn.datasets.molecules.records import Records, part_of

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_CALLER = "datasets.from_molecules"


def from_molecules(
    molecules: Sequence[Mol] | Sequence[str],
    y: Any = None,
    *,
    target_names: Sequence[str] = (),
    ids: Sequence[str] = (),
    parts: Sequence[str] = (),
    **options: Any,
) -> GraphDataset:
    """Returns a dataset of molecules that are in memory already.

    Args:
        molecules: RDKit molecules, or SMILES, or InChI; none is changed.
        y: One number per molecule, or a row of them; NaN where one is missing.
        target_names: One per target.
        ids: What each molecule is called.
        parts: "train", "val" or "test" for each, or "".
        options: As `Options` of the readers: `on_error`, `features`, `hydrogens` and
            so on; nothing is cached.

    Raises:
        DataError: A molecule cannot be used, or the lists differ in length.
    """
    texts = list(molecules)
    check(len(texts) > 0, _CALLER, "there is no molecule", {"molecules": texts})
    targets = np.zeros((len(texts), 0)) if y is None else np.array(y, np.float64)
    targets = targets.reshape(len(targets), -1)
    names = list(target_names) or [f"target {at + 1}" for at in range(targets.shape[1])]
    lengths = {"molecules": len(texts), "y": len(targets)}
    lengths |= {"ids": len(ids)} if len(ids) else {}
    lengths |= {"parts": len(parts)} if len(parts) else {}
    rule = "there must be one entry per molecule"
    check(len(set(lengths.values())) == 1, _CALLER, rule, lengths)
    rule = "there must be one name per target"
    given = {"target_names": names, "targets": targets.shape[1]}
    check(len(names) == targets.shape[1], _CALLER, rule, given)
    records = Records("molecules", "molecule", names, texts, targets.tolist())
    records.rows = records.lines = list(range(1, len(texts) + 1))
    records.ids = [str(one) for one in ids]
    records.parts = [part_of(one, {"argument": "parts"}) for one in parts]
    records.notation = _notation(texts)
    chosen = Options(**options)
    return build(parsed(records, chosen), chosen, chosen.name or "molecules")


def _notation(texts: Sequence[Any]) -> Any:
    if isinstance(texts[0], str):
        return "inchi" if texts[0].startswith("InChI=") else "smiles"
    return "rdkit"
