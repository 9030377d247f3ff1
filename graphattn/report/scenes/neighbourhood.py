"""The surroundings of a node in a graph that is too large to be drawn."""

import torch
from jaxtyping import Int
from torch import Tensor


def neighbourhood(
    edge_index: Int[Tensor, "2 num_edges"], num_nodes: int, centre: int, most: int
) -> Int[Tensor, " shown"]:
    """Returns the nodes nearest to one, itself first.

    They come ring by ring; where a ring no longer fits, the nodes with most ties into
    what is there already.

    Args:
        edge_index: The edges, whose direction does not matter here.
        num_nodes: Number of nodes.
        centre: The node in the middle.
        most: How many nodes, at the most.
    """
    source, target = torch.cat([edge_index, edge_index.flip(0)], dim=1)
    inside = torch.zeros(num_nodes, dtype=torch.bool)
    inside[centre] = True
    found = [torch.tensor([centre])]
    room = most - 1
    while room > 0:
        reached = target[inside[source] & ~inside[target]]
        ties = torch.bincount(reached, minlength=num_nodes)
        ring = ties.nonzero().view(-1)
        if len(ring) == 0:
            break
        order = ties[ring].argsort(descending=True, stable=True)
        ring = ring[order[:room]]
        inside[ring] = True
        room -= len(ring)
        found.append(ring)
    return torch.cat(found)
