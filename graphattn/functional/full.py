"""Full attention: the fallback where nothing restricts who attends to whom."""

from collections.abc import Callable
from math import prod

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention

from graphattn._errors import require
from graphattn.adjacency import remember
from graphattn.functional.checks import autocast, check_full, seed_for
from graphattn.ops.full import full

_LARGE = 90


def full_attention(
    query: Float[Tensor, "*batch num_targets heads head_dim"],
    key: Float[Tensor, "*batch num_sources heads head_dim"],
    value: Float[Tensor, "*batch num_sources heads value_dim"],
    *,
    batch: Int[Tensor, " num_targets"]
    | tuple[Int[Tensor, " num_sources"], Int[Tensor, " num_targets"]]
    | None = None,
    causal: bool = False,
    scale: float | None = None,
    dropout: float = 0.0,
) -> Float[Tensor, "*batch num_targets heads value_dim"]:
    r"""Attends from every query to every key, or to those of the same set.

    .. math:: O = \mathrm{softmax}(s \, Q K^T) V

    Without `batch` this is PyTorch's scaled dot product attention. With it, sets of
    unequal size are kept apart without a mask over the whole batch; a query whose set
    has no keys receives zeros.

    Args:
        query: Rows that attend.
        key: Rows attended to.
        value: Rows attended to.
        batch: The set of each row, not decreasing, as PyG's `batch`; a pair
            (of sources, of targets) where keys and queries are different rows.
        causal: Whether the n-th query of a set sees its first n keys only.
        scale: Factor on the dot product, dimensionless. Default ``head_dim ** -0.5``.
        dropout: Probability that a weight is dropped, from 0 to 1.

    Raises:
        ValueError: Sizes, types or devices do not fit, or `batch` decreases.

    Source:
        Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """
    query, key, value = autocast(query, key, value)
    check_full("full_attention", query, key, value, dropout)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    if batch is not None:
        source, target = (batch, batch) if isinstance(batch, Tensor) else batch
        ptr_source, ptr_target = set_pointers(
            "full_attention", source, target, key, query
        )
        if _large(ptr_target, ptr_source):
            sizes, keys = ptr_target.diff().tolist(), ptr_source.diff().tolist()
            sets = zip(
                query.split(sizes), key.split(keys), value.split(keys), strict=True
            )
            return torch.cat(
                [_dense(q, k, v, causal, factor, dropout) for q, k, v in sets]
            )
        seed = seed_for(dropout, query.device)
        pointers = (ptr_target, ptr_source)
        out, _ = full(query, key, value, *pointers, causal, factor, dropout, seed)
        return out
    return _dense(query, key, value, causal, factor, dropout)


def _dense(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    causal: bool,
    scale: float,
    dropout: float,
) -> Tensor:
    """Runs PyTorch's kernel, which wants heads before rows and one batch dimension.

    With any other number of dimensions it falls back to making the whole matrix; so it
    does where values are not as wide as keys, which columns of zeros mend, and with
    dropout on CPU, which therefore goes our way.
    """
    rows, sets = query.shape[:-2], prod(query.shape[:-3])
    if dropout and query.device.type == "cpu":
        return _dropping(query, key, value, sets, causal, scale, dropout)
    width = max(query.shape[-1], value.shape[-1])
    query, key, taken = (
        _widened(tensor, width).reshape(sets, *tensor.shape[-3:-1], width)
        for tensor in (query, key, value)
    )
    query, key, taken = (t.transpose(1, 2) for t in (query, key, taken))
    out = scaled_dot_product_attention(
        query, key, taken, is_causal=causal, scale=scale, dropout_p=dropout
    )
    out = out.transpose(1, 2)[..., : value.shape[-1]]
    return out.reshape(*rows, *out.shape[2:])


def _widened(rows: Tensor, width: int) -> Tensor:
    return rows if rows.shape[-1] == width else pad(rows, (0, width - rows.shape[-1]))


def _dropping(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    sets: int,
    causal: bool,
    scale: float,
    dropout: float,
) -> Tensor:
    """Runs our kernel on sets of one size; it makes no matrix of all pairs."""
    flat = (
        tensor.reshape(sets * tensor.shape[-3], *tensor.shape[-2:])
        for tensor in (query, key, value)
    )
    bounds = torch.arange(sets + 1, device=query.device)
    pointers = (bounds * query.shape[-3], bounds * key.shape[-3])
    seed = seed_for(dropout, query.device)
    out, _ = full(*flat, *pointers, causal, scale, dropout, seed)
    return out.reshape(*query.shape[:-1], value.shape[-1])


def _large(ptr_target: Tensor, ptr_source: Tensor) -> bool:
    """Whether PyTorch's kernel, called for each set, is the faster way.

    On CPU its matrix products win from about `_LARGE` keys on, whatever the heads'
    width, over a kernel that walks through the pairs.
    """
    if torch.compiler.is_compiling() or ptr_target.device.type != "cpu":
        return False
    targets, sources = ptr_target.diff(), ptr_source.diff()
    rows = int(ptr_target[-1])
    return rows > 0 and int((targets * sources).sum()) > _LARGE * rows


def set_pointers(
    caller: str, source: Tensor, target: Tensor, key: Tensor, query: Tensor
) -> tuple[Tensor, Tensor]:
    """Returns where each set's keys and queries begin, and the last one's end."""
    for name, batch, rows in (
        ("key", source, len(key)),
        ("query", target, len(query)),
    ):
        require(
            batch.dim() == 1
            and batch.shape[0] == rows
            and not batch.is_floating_point(),
            caller,
            f"batch must hold one set number per row of {name}",
            {"batch": batch, f"{name} rows": rows},
        )
    sets = _num_sets(caller, source, target)
    return _starts(source, sets), _starts(target, sets)


def _num_sets(caller: str, source: Tensor, target: Tensor) -> int:
    if torch.compiler.is_compiling():
        # A bound that needs no look at the data: sets without rows cost nothing.
        return source.shape[0] + target.shape[0]
    return max(
        remember(batch, ("sets",), _count(caller, batch)) for batch in (source, target)
    )


def _count(caller: str, batch: Tensor) -> Callable[[], int]:
    """Returns what looks at the data: checks the order, and finds the last set."""

    def count() -> int:
        if not len(batch):
            return 0
        require(
            bool((batch.diff() >= 0).all() & (batch[0] >= 0)),
            caller,
            "batch must not decrease: sort the nodes by set",
            {"batch": batch},
        )
        return int(batch[-1]) + 1

    return count


def _starts(batch: Tensor, sets: int) -> Tensor:
    """Returns where each set's rows begin; remembered, so that layers share it."""

    def find() -> Tensor:
        bounds = torch.arange(sets + 1, device=batch.device, dtype=batch.dtype)
        return torch.searchsorted(batch, bounds)

    return remember(batch, ("starts", sets), find)
