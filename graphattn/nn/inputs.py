"""What `GraphAttention` checks about its options and inputs."""

from torch import Tensor

from graphattn import patterns
from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.scores import SCORES


def check_options(
    out_channels: int, heads: int, score: str, concat: bool, dropout: float
) -> None:
    """Checks the constructor's options."""
    caller = "GraphAttention"
    require(
        heads >= 1 and out_channels >= 1,
        caller,
        "heads and out_channels must be at least 1",
        {"heads": heads, "out_channels": out_channels},
    )
    require(
        not concat or out_channels % heads == 0,
        caller,
        "heads must divide out_channels, which is the width of the output "
        "(concat=False takes the mean of the heads instead)",
        {"heads": heads, "out_channels": out_channels},
    )
    require(
        score in SCORES,
        caller,
        f"score must be one of {', '.join(SCORES)}",
        {"score": score},
    )
    require(
        0.0 <= dropout <= 1.0,
        caller,
        "dropout is a probability, from 0 to 1",
        {"dropout": dropout},
    )


def check_inputs(
    edge_dim: int | None,
    edge_index: Tensor | Adjacency | None,
    edge_attr: Tensor | None,
    edge_mask: Tensor | None,
    batch: Tensor | tuple[Tensor, Tensor] | None,
    causal: bool,
) -> None:
    """Checks that what was given to `forward` goes together."""
    caller = "GraphAttention"
    given = {"edge_index": edge_index, "batch": batch, "causal": causal}
    require(
        edge_index is not None or (edge_attr is None and edge_mask is None),
        caller,
        "edge_attr and edge_mask belong to edges: pass an edge_index "
        "(patterns.full has every pair)",
        {**given, "edge_attr": edge_attr, "edge_mask": edge_mask},
    )
    require(
        edge_index is None or (batch is None and not causal),
        caller,
        "batch and causal say who attends to whom where edge_index is None; "
        "pass either them or an edge_index",
        given,
    )
    require(
        edge_attr is None or edge_dim is not None,
        caller,
        "edge_attr needs a layer made with edge_dim, the number of features of an "
        "edge; set it, or pass no edge_attr",
        {"edge_attr": edge_attr, "edge_dim": edge_dim},
    )
    require(
        edge_attr is None or (edge_attr.dim() == 2 and edge_attr.shape[1] == edge_dim),
        caller,
        "edge_attr must have the shape [num_edges, edge_dim]; one number for each edge "
        "becomes a column with edge_attr.unsqueeze(1)",
        {"edge_attr": edge_attr, "edge_dim": edge_dim},
    )


def check_width(
    in_channels: int | tuple[int, int], source: Tensor, target: Tensor | None
) -> None:
    """Checks the nodes' features."""
    caller = "GraphAttention"
    require(
        target is not None,
        caller,
        "targets attend by their features, so a pair x needs those of both sources "
        "and targets",
        {"x[0]": source, "x[1]": target},
    )
    wanted = in_channels
    wanted = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    for name, rows, channels in zip(
        ("source", "target"), (source, target), wanted, strict=True
    ):
        assert rows is not None
        require(
            rows.dim() >= 2 and (channels == -1 or channels == rows.shape[-1]),
            caller,
            f"x must have the shape [..., num_nodes, in_channels] ({name} rows)",
            {"x": rows, "in_channels": in_channels},
        )
        require(
            rows.is_floating_point(),
            caller,
            f"x must hold floating numbers ({name} rows): convert them with .float(), "
            "or look them up in an embedding where they are categories",
            {"x": rows},
        )


def all_pairs(
    source: Tensor, batch: Tensor | tuple[Tensor, Tensor] | None, causal: bool
) -> Adjacency:
    """Returns every pair of a set as an edge, or every pair up to the target."""
    require(
        batch is None or isinstance(batch, Tensor),
        "GraphAttention",
        "a pair of batches belongs to a pair of x",
        {"batch": batch},
    )
    pattern = patterns.causal if causal else patterns.full
    of = batch if isinstance(batch, Tensor) else None
    return pattern(source.shape[-2], batch=of).to(source.device)
