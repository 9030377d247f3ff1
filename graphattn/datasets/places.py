"""Where the files of the catalogue are: in the packages that ship them."""

from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need


def folder_of(place: str, root: str | Path | None = None) -> Path:
    """Returns the folder that a card's `folder` names.

    Args:
        place: ``rdkit-contrib:path`` or ``rdkit-data:path``.
        root: A folder that holds the files instead.

    Raises:
        DataError: The folder does not exist.
        ImportError: The package that ships it is not installed.
    """
    if root is not None:
        folder = Path(root)
    else:
        where, _, path = place.partition(":")
        config = need("rdkit.RDConfig", "molecules")
        homes = {"rdkit-contrib": config.RDContribDir, "rdkit-data": config.RDDataDir}
        folder = Path(homes[where]) / path
    check(
        folder.is_dir(),
        "datasets.load",
        "the folder that holds the files does not exist; name another with root=",
        {"folder": str(folder)},
    )
    return folder
