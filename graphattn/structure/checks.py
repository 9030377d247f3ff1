"""What the functions of this room check at the boundary."""

from types import ModuleType

import torch
from torch import Tensor

from graphattn._errors import import_extra, require
from graphattn.adjacency import Adjacency
from graphattn.patterns.graphs import square
from graphattn.patterns.sets import check_batch
from graphattn.structure.groups import Entries


def need(module: str, caller: str) -> ModuleType:
    """Imports a module of SciPy, or says which extra brings it.

    Args:
        module: Its dotted name.
        caller: The public name that needs it.

    Raises:
        ImportError: SciPy is not installed.
    """
    return import_extra(module, "app", f"{caller}:")


def weighted_entries(
    caller: str,
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    batch: Tensor | None,
    edge_weight: Tensor | None,
) -> tuple[Entries, Tensor]:
    """Returns the edges that weigh something, and the graph of each node.

    Raises:
        ValueError: The graph is bipartite, a weight is negative or no number, `batch`
            decreases, or an edge leads from one graph to another.
    """
    graph = square(edge_index, num_nodes, f"structure.{caller}")
    check_batch(f"structure.{caller}", num_nodes, batch)
    if edge_weight is not None:
        require(
            edge_weight.shape == (graph.num_edges,)
            and bool((edge_weight.isfinite() & (edge_weight >= 0)).all()),
            f"structure.{caller}",
            "edge_weight must hold one finite number per edge, none of them negative",
            {"edge_weight": edge_weight, "num_edges": graph.num_edges},
        )
    entries = Entries.of(graph, edge_weight)
    if batch is None:
        number = torch.zeros(num_nodes, dtype=torch.int64, device=graph.device)
    else:
        number = batch.long()
        same = number[entries.source] == number[entries.target]
        require(
            bool(same.all()),
            f"structure.{caller}",
            "an edge must not lead from one graph of batch to another",
            {"edges that do": int((~same).sum()), "batch": batch},
        )
    if edge_weight is not None:
        entries = entries.only(entries.weight > 0)
    return entries, number


def pairs_of(
    caller: str, pairs: Tensor | Adjacency, num_nodes: int, device: torch.device
) -> Adjacency:
    """Returns the view of pairs of nodes, on `device`.

    Raises:
        ValueError: A pair names no node, or an adjacency has another size.
    """
    return square(pairs, num_nodes, f"structure.{caller}").to(device)
