"""What every reader of molecules lets the user choose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.parsing import Notation
from graphattn.datasets.molecules.work import Coordinates, Recipe

_CHOICES = {
    "on_error": ("raise", "skip", "keep"),
    "representation": ("graph", "characters"),
    "features": ("pyg", "onehot"),
    "coordinates": (None, "given", "etkdg"),
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices that all readers of molecules share.

    Attributes:
        on_error: What to do with a row whose molecule or target cannot be used:
            "raise" an error, "skip" the row, or "keep" it, as a graph of no atoms or a
            target of NaN, so that row k stays graph k. Rows skipped or kept are listed
            in `skipped`.
        representation: "graph" for atoms and bonds, "characters" for the SMILES.
        features: "pyg" for the columns of PyG's `from_smiles`, "onehot" for
            `onehot.ATOM_FEATURES` and `onehot.BOND_FEATURES`.
        hydrogens: Whether hydrogens are nodes.
        kekulize: Whether aromatic bonds become single and double ones.
        coordinates: "given" for those of the file, "etkdg" for RDKit's; then each
            graph has `pos` and the length of each edge, `distance`, in Å.
        seed: Of ETKDG.
        name: Of the dataset; by default that of the file.
        processes: How many work side by side; by default one, or for many molecules
            one per processor.
        cache: Whether what was parsed is kept for the next time, or the folder it is
            kept in; by default it is where that saves more than some seconds.
    """

    on_error: Literal["raise", "skip", "keep"] = "raise"
    representation: Literal["graph", "characters"] = "graph"
    features: Literal["pyg", "onehot"] = "pyg"
    hydrogens: bool = False
    kekulize: bool = False
    coordinates: Coordinates | None = None
    seed: int = 0
    name: str | None = None
    processes: int | None = None
    cache: bool | str | Path | None = None

    def __post_init__(self) -> None:
        """Checks the choices before anything is read."""
        for option, known in _CHOICES.items():
            value = getattr(self, option)
            words = " or ".join(f'"{k}"' if k is not None else "None" for k in known)
            rule = f"{option} must be {words}"
            check(value in known, "datasets.load", rule, {option: value})

    def recipe(self, notation: Notation) -> Recipe:
        """Returns how a text becomes a graph.

        Args:
            notation: Of the texts.
        """
        return Recipe(
            notation=notation,
            hydrogens=self.hydrogens,
            kekulize=self.kekulize,
            coordinates=self.coordinates,
            seed=self.seed,
            keep=self.on_error == "keep",
        )
