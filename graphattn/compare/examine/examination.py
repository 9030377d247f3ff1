"""All numbers about the learned attention of one structure, over graphs and seeds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn.compare.examine.attention import Attention, attention_on
from graphattn.compare.examine.deletion import (
    Deletion,
    deletion_test,
    mean_deletion,
)
from graphattn.compare.examine.measures import (
    agreement,
    distance_profile,
    entropy,
    share,
)
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import scoring_batches
from graphattn.compare.task import Task
from graphattn.datasets.splits import Split
from graphattn.models import GraphBatch, Predictor

FURTHEST = 6
_GRAPHS = 20  # of the test part
_ROWS = 100  # of a network with more than _ALL_ROWS nodes
_ALL_ROWS = 500
_MOST_PAIRS = 3_000_000  # that a deletion test lists


@dataclass(frozen=True, eq=False)
class Measured:
    """Learned attention in numbers; "by chance" is attention without preference.

    Attributes:
        entropy: In nats, of each layer and head.
        entropy_by_chance: Of the same weight on all that are allowed.
        on_edges: Share of attention on edges of the graph.
        on_edges_by_chance: The share of allowed pairs that are edges.
        itself: Share of attention of a node on itself.
        profile: Share of attention at each distance, as `distance_profile` has it.
        profile_by_chance: The share of allowed pairs at each distance.
        agreement: Of two different heads of a layer, on average; NaN for one head.
    """

    entropy: Float[Tensor, "layers heads"]
    entropy_by_chance: Float[Tensor, ""]
    on_edges: Float[Tensor, "layers heads"]
    on_edges_by_chance: Float[Tensor, ""]
    itself: Float[Tensor, "layers heads"]
    profile: Float[Tensor, "layers heads distances"]
    profile_by_chance: Float[Tensor, " distances"]
    agreement: Float[Tensor, " layers"]


@dataclass(frozen=True, eq=False)
class Examined:
    """What the models of one structure attend to, and whether it matters.

    Attributes:
        structure: Its name.
        graphs: How many graphs were looked at with each seed's model.
        measured: Means over graphs and seeds.
        deletions: Means over seeds; empty where the pairs are too many to list.
    """

    structure: str
    graphs: int
    measured: Measured
    deletions: tuple[Deletion, ...]


def examine(
    task: Task,
    structure: str,
    pairs: Pairs | None,
    models: Mapping[int, Predictor],
    parts: Mapping[int, Split],
) -> Examined:
    """Looks at the attention of trained models on graphs of their test parts.

    Of many graphs a few dozen are drawn, of a large network some of its nodes.

    Args:
        task: The data set.
        structure: Name of the structure.
        pairs: Who attends to whom under it; None is full attention.
        models: By seed; trained, in evaluation mode.
        parts: By seed: on what it was trained, and what it was tested on.
    """
    measured, tested = [], []
    for seed, model in models.items():
        test = parts[seed].test
        chosen = _sample(test, _GRAPHS, seed)
        measured += [measure(one) for one in _seen(model, task, pairs, chosen, seed)]
        items = test if task.level == "node" else chosen
        batch = scoring_batches(task, pairs, items)[0]
        if _listed(batch) <= _MOST_PAIRS:
            objective = task.objective(parts[seed].train)
            tested.append(deletion_test(model, objective, batch, seed=seed))
    deletions = tuple(mean_deletion(same) for same in zip(*tested, strict=True))
    graphs = len(measured) // len(models)
    return Examined(structure, graphs, _mean(measured), deletions)


def measure(attention: Attention) -> Measured:
    """Returns the numbers of one graph.

    Args:
        attention: On it.
    """
    weights, chance = attention.weights, attention.by_chance
    edges, hops = attention.on_edges, attention.hops
    alike = agreement(weights)
    heads = alike.shape[-1]
    others = ~torch.eye(heads, dtype=torch.bool)
    return Measured(
        entropy=entropy(weights),
        entropy_by_chance=entropy(chance),
        on_edges=share(weights, edges),
        on_edges_by_chance=share(chance, edges),
        itself=share(weights, hops == 0),
        profile=distance_profile(weights, hops, FURTHEST),
        profile_by_chance=distance_profile(chance, hops, FURTHEST),
        agreement=alike[:, others].mean(1),
    )


def _seen(
    model: Predictor, task: Task, pairs: Pairs | None, chosen: Tensor, seed: int
) -> Iterator[Attention]:
    if task.level == "graph":
        for graph in chosen.tolist():
            yield attention_on(model, task, pairs, graph)
        return
    nodes = torch.arange(len(task.graphs.x))
    rows = nodes if len(nodes) <= _ALL_ROWS else _sample(nodes, _ROWS, seed)
    yield attention_on(model, task, pairs, rows=rows)


def _sample(
    items: Int[Tensor, " items"], most: int, seed: int
) -> Int[Tensor, " chosen"]:
    generator = torch.Generator().manual_seed(seed)
    return items[torch.randperm(len(items), generator=generator)[:most]].sort().values


def _listed(batch: GraphBatch) -> int:
    if batch.attend is not None:
        return batch.attend.num_edges
    return int(torch.bincount(batch.batch).square().sum())


def _mean(found: list[Measured]) -> Measured:
    return Measured(
        **{
            field.name: torch.stack([getattr(one, field.name) for one in found]).mean(0)
            for field in fields(Measured)
        }
    )
