"""The speed limit that kernels are measured against."""

from torch import Tensor

from graphattn.ops.native.binding import DOT, Record


def gather_rows_bound(key: Tensor, value: Tensor, rowptr: Tensor, col: Tensor) -> float:
    """Reads the rows of key and value of every edge, in CSR order, and nothing else.

    No kernel that visits edges in this order can be faster; `benchmarks/` times it.

    Args:
        key: float32 `[num_sources, heads, width]`.
        value: float32 `[num_sources, heads, value_width]`.
        rowptr: int32 `[num_targets + 1]`, as `graphattn::compress` returns it.
        col: int32 `[num_edges]`.

    Returns:
        A sum of what was read, so that no compiler leaves the reading out.
    """
    record = Record(DOT, key)
    record.rows("key", key)
    record.rows("value", value)
    record.structure((rowptr, col, col, rowptr, col, col), len(key))
    record.set(heads=key.shape[1], score_width=key.shape[2], value_width=value.shape[2])
    return record.run_gather_bound()
