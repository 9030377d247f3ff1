"""The Bemis-Murcko scaffold of a molecule."""

from functools import lru_cache

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.molecules.graph import parse


@lru_cache(maxsize=300_000)
def murcko_scaffold(smiles: str) -> str:
    """Returns the scaffold as a SMILES without stereochemistry, "" without a ring.

    Args:
        smiles: One molecule; of several parts, all rings count.

    Raises:
        DataError: `smiles` does not parse.
    """
    mol, reason = parse(smiles)
    check(
        mol is not None,
        "datasets.murcko_scaffold",
        f"the SMILES does not parse: {reason}",
        {"smiles": smiles},
    )
    murcko = need("rdkit.Chem.Scaffolds.MurckoScaffold", "molecules")
    return murcko.MurckoScaffoldSmiles(mol=mol, includeChirality=False)
