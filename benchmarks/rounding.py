"""How far are float32's weights and results from float64's?

Run it: python benchmarks/rounding.py           (seconds)

Rows of a given number of edges, from different sources: the largest difference of a
weight and, relative to the largest, of an output; how far weights are from summing to
one; and the largest relative error of a softmax of exactly given scores.
"""

import torch
from measure import table
from torch import Tensor

import graphattn
from graphattn import Adjacency, attention_weights, graph_attention
from graphattn.functional import gat_weights

DEGREES = (3, 20, 200, 20_000)


def _far(some: Tensor, others: Tensor) -> str:
    return f"{float((some.double() - others.double()).abs().max()):.1e}"


def errors(degree: int, heads: int = 8, channels: int = 16) -> list[object]:
    """Returns one row of the table."""
    rows = 200_000 // degree
    source = torch.arange(degree).repeat(rows)
    target = torch.arange(rows).repeat_interleave(degree)
    edges = Adjacency.from_edge_index(torch.stack([source, target]), (degree, rows))
    query = torch.randn(rows, heads, channels)
    key, value = (torch.randn(degree, heads, channels) for _ in range(2))
    single = attention_weights(query, key, edges)
    double = attention_weights(query.double(), key.double(), edges)
    out = graph_attention(query, key, value, edges)
    exact = graph_attention(query.double(), key.double(), value.double(), edges)
    sums = torch.zeros(rows, heads).double().index_add_(0, target, single.double())
    scores, none = 8 * torch.randn(degree, heads), torch.zeros(rows, heads)
    given = gat_weights(none, scores, edges, negative_slope=1.0)
    wanted = gat_weights(none.double(), scores.double(), edges, negative_slope=1.0)
    top = exact.abs().max()
    return [
        degree,
        _far(single, double),
        _far(out / top, exact / top),
        _far(sums, torch.ones_like(sums)),
        _far(given / wanted, torch.ones_like(wanted)),
    ]


def main() -> None:
    torch.manual_seed(0)
    print(f"float32 and float64, kernel {graphattn.kernel_for('cpu')}")
    header = ["edges in a row", "weights", "outputs", "sums of weights"]
    print(
        table(
            [*header, "given scores, relative"], [errors(degree) for degree in DEGREES]
        )
    )


if __name__ == "__main__":
    main()
