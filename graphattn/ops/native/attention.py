"""The compiled attention ops: one record, filled from an op's arguments by name."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from torch import Tensor

from graphattn.ops import schema
from graphattn.ops.native.binding import GAT, Record
from graphattn.ops.schema import Given

# GAT's alphas are query and key of width 1.
_FIELDS = {"alpha_target": "query", "alpha_source": "key"}


def attention_kernels(
    score: int, portable: ModuleType, fill: Callable[[Record, Given], None]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Returns `forward` and `backward` of a score, compiled.

    Args:
        score: `DOT`, `ADDITIVE` or `GAT`.
        portable: The module whose functions say which arguments there are.
        fill: Writes what only this score takes into a record.
    """
    names = schema.differentiable(schema.names_of(portable.forward))
    inputs = [(name, _FIELDS.get(name, name)) for name in names]

    def record_of(given: Given) -> Record:
        value = given["value"]
        record = Record(score, given[names[0]])
        for name, field in inputs[:3]:
            record.rows(field, given[name])
        record.structure(schema.structure(given), num_sources=len(value))
        record.edges(given["edge_attr"], given["edge_bias"], given["edge_mask"])
        record.dropping(given["dropout"], given["seed"])
        record.set(
            heads=value.shape[1],
            score_width=1 if score == GAT else given["query"].shape[2],
            value_width=value.shape[2],
        )
        fill(record, given)
        return record

    def forward(given: Given) -> tuple[Tensor, ...]:
        record, value = record_of(given), given["value"]
        found = record.outputs(given["rowptr"].shape[0] - 1, value.shape[1], value)
        record.run()
        return tuple(found)

    def backward(given: Given) -> tuple[Tensor, ...]:
        record = record_of(given)
        record.saved(schema.output_grads(given), schema.outputs(given))
        found = tuple(
            record.gradient(field, given[name], schema.is_wanted(given, name))
            for name, field in inputs
        )
        record.run()
        return found

    return (
        schema.by_name(portable.forward, forward),
        schema.by_name(portable.backward, backward),
    )
