"""Reads adjacency matrices that scipy wrote to an npz."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphattn.datasets.compressed import ALWAYS_FINE, MAX_RATIO
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.network import Network
from graphattn.datasets.social.node_columns import describe
from graphattn.datasets.social.reader import reader

_CALLER = "datasets.load"
MAX_NODES = 1 << 28
"""More are refused before memory is asked for."""


def network(
    path: Path,
    *,
    labels: str | Path | None = None,
    label: str | None = None,
    node_id: str | None = None,
    directed: bool | None = None,
    weighted: bool | None = None,
    nan: Nan = "raise",
) -> Network:
    """Reads a network from a sparse matrix, whose entries are ties from row to column.

    Args:
        path: What `scipy.sparse.save_npz` wrote.
        labels: A file of the number of each row, from 0, and its label.
        label: The label column of that file; by default found by its name.
        node_id: The column of numbers in it; by default likewise.
        directed: Whether a tie leads one way only; by default where the matrix is not
            symmetric. Of an undirected network both halves are read as one.
        weighted: Whether entries are weights; by default where they are not all 1.
        nan: Whether an attribute in `labels` that is NaN is an error or missing.

    Raises:
        DataError: The file is no such matrix, not square, or an entry not finite.
    """
    matrix = _matrix(path)
    rows, columns = matrix.shape
    rule = "an adjacency must have as many rows as columns"
    check(
        rows == columns > 0, _CALLER, rule, {"file": path.name, "shape": matrix.shape}
    )
    entries = matrix.tocoo()
    values = np.asarray(entries.data, dtype=np.float64)
    if not np.isfinite(values).all():
        at = int(np.flatnonzero(~np.isfinite(values))[0])
        given = {"file": path.name, "row": int(entries.row[at])}
        given |= {"column": int(entries.col[at]), "value": float(values[at])}
        check(False, _CALLER, "the weight of a tie must be a finite number", given)
    symmetric = (matrix != matrix.T).nnz == 0
    directed = not symmetric if directed is None else directed
    ends = np.stack([entries.row, entries.col]).astype(np.int64)
    if symmetric and not directed:  # each tie stands there twice
        half = ends[0] <= ends[1]
        ends, values = ends[:, half], values[half]
    weighted = bool((values != 1).any()) if weighted is None else weighted
    found = Network(
        name=path.stem,
        node_names=[str(node) for node in range(rows)],
        ties=torch.from_numpy(np.ascontiguousarray(ends)),
        directed=directed,
        weights=torch.from_numpy(values) if weighted else None,
        duplicates="merge",
    )
    if labels is not None:
        describe(found, path, labels, label=label, node_id=node_id, nan=nan)
    return found


read = reader(network)


def _matrix(path: Path) -> Any:
    sparse = need("scipy.sparse", "app")
    given = {"file": path.name}
    check(path.is_file(), _CALLER, "there is no such file", {"file": str(path)})
    rule = "the file is no sparse matrix that scipy.sparse.save_npz wrote"
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        limit = max(ALWAYS_FINE, MAX_RATIO * path.stat().st_size)
        bomb = "the file unpacks to more than a file of this size should"
        check(size <= limit, _CALLER, bomb, {**given, "unpacked bytes": size})
        matrix = sparse.load_npz(path)  # which does not unpickle
        bound = f"a matrix must have no more than {MAX_NODES} rows"
        fits = max(matrix.shape) <= MAX_NODES
        check(fits, _CALLER, bound, {**given, "shape": matrix.shape})
        matrix = sparse.csr_array(matrix)
        matrix.check_format(full_check=True)
        matrix.astype(np.float64)
    except DataError:
        raise
    except Exception as error:  # numpy and scipy raise whatever they run into
        reason = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        text = f"{_CALLER}: {rule} ({reason}). Got:\n  file = {path.name!r}"
        raise DataError(text) from None
    return matrix
