"""Whether what is attended to most is what the prediction rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from graphattn import patterns
from graphattn.adjacency import Adjacency
from graphattn.models import GraphBatch, Predictor
from graphattn.training import Objective

FRACTIONS = (0.1, 0.3, 0.5)
_DRAWS = 2  # of random pairs


@dataclass(frozen=True)
class Deletion:
    """The loss without some of the attended pairs.

    The loss and not the metric: it is finer, and every sample of graphs has one.

    Attributes:
        fraction: Of the pairs of each graph that are taken away, a node's attention to
            itself left aside.
        whole: With all pairs.
        most: Without those attended to most.
        random: Without random ones; mean of several draws.
        least: Without those attended to least.
    """

    fraction: float
    whole: float
    most: float
    random: float
    least: float


def deletion_test(
    model: Predictor,
    objective: Objective,
    batch: GraphBatch,
    fractions: Sequence[float] = FRACTIONS,
    *,
    seed: int = 0,
) -> tuple[Deletion, ...]:
    """Predicts with part of the attended pairs taken away, and takes the loss.

    Pairs are ranked within each graph by their weight, averaged over layers and heads,
    and go from all layers at once; the softmax shares their attention out among those
    that stay. If attention points at what matters, then taking the most attended pairs
    hurts more than taking random ones.

    Args:
        model: In evaluation mode.
        objective: The loss.
        batch: What to predict; full attention is turned into a list of pairs.
        fractions: Shares of the pairs to take away.
        seed: Of the random pairs.

    Source:
        Samek et al. 2017, https://doi.org/10.1109/TNNLS.2016.2599820 (deletion in
        pixels); Serrano and Smith 2019, https://arxiv.org/abs/1906.03731 (of attention,
        against random).
    """
    attend = batch.attend
    if attend is None:
        attend = patterns.full(len(batch.x), batch=batch.batch)
    batch = replace(batch, attend=attend)
    weights = model.encoder.attention_weights(batch).mean((0, 2))
    generator = torch.Generator().manual_seed(seed)

    def without(rank: Tensor, fraction: float) -> float:
        chosen = strongest(rank, attend.edge_index, batch.batch, fraction)
        kept = attend.edge_index[:, ~chosen]
        fewer = Adjacency.from_edge_index(kept, attend.num_targets)
        return _loss(model, objective, replace(batch, attend=fewer))

    def drawn(fraction: float) -> float:
        draws = [torch.rand(len(weights), generator=generator) for _ in range(_DRAWS)]
        return sum(without(draw, fraction) for draw in draws) / _DRAWS

    whole = _loss(model, objective, batch)
    return tuple(
        Deletion(
            fraction,
            whole,
            most=without(weights, fraction),
            random=drawn(fraction),
            least=without(-weights, fraction),
        )
        for fraction in fractions
    )


def mean_deletion(found: Sequence[Deletion]) -> Deletion:
    """Returns the mean of deletions of one fraction, say over seeds.

    Args:
        found: One at least.
    """
    losses = ("whole", "most", "random", "least")
    means = {name: fmean(getattr(one, name) for one in found) for name in losses}
    return replace(found[0], **means)


@torch.no_grad()
def _loss(model: Predictor, objective: Objective, batch: GraphBatch) -> float:
    return float(objective.loss(model(batch), batch.y))


def strongest(
    rank: Float[Tensor, " num_pairs"],
    pairs: Int[Tensor, "2 num_pairs"],
    graph_of_node: Int[Tensor, " num_nodes"],
    fraction: float,
) -> Bool[Tensor, " num_pairs"]:
    """Returns the pairs of highest rank: the same share of each graph's.

    Args:
        rank: Of each pair.
        pairs: Source and target; a node and itself is never chosen.
        graph_of_node: The graph of each node.
        fraction: How many of the other pairs, rounded to the nearest number.
    """
    other = (pairs[0] != pairs[1]).nonzero().view(-1)
    graph = graph_of_node[pairs[1, other]]
    by_rank = rank[other].argsort(descending=True, stable=True)
    order = by_rank[graph[by_rank].argsort(stable=True)]
    counts = torch.bincount(graph)
    begins = (counts.cumsum(0) - counts)[graph[order]]
    within = torch.arange(len(order)) - begins
    taken = within < (fraction * counts).round()[graph[order]]
    chosen = torch.zeros(len(rank), dtype=torch.bool)
    chosen[other[order[taken]]] = True
    return chosen
