"""Part-of-speech tagging: one label per word, whoever a word may listen to.

Run it: python examples/systems/tagging.py (UD English-EWT in GRAPHATTN_DATA)
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR
from torch_geometric.loader import DataLoader

from graphattn import Adjacency, datasets, patterns
from graphattn.models import Columns, SequenceInput, SequenceTagger
from graphattn.nn import Encoder, GraphTransformerBlock, SinusoidalEncoding

Structure = Callable[[Any], Adjacency | None]
STRUCTURES: dict[str, Structure] = {
    "full": lambda _: None,
    "window": lambda b: patterns.window(b.num_nodes, 3, batch=b.batch),
    "causal": lambda b: patterns.causal(b.num_nodes, batch=b.batch),
    "tree": lambda b: patterns.with_self_loops(b.edge_index, b.num_nodes),
}


def build(words: int, tags: int, channels: int = 64) -> SequenceTagger:
    """Returns a tagger of two blocks; it serves every structure."""
    blocks = (GraphTransformerBlock(channels, 4, dropout=0.2) for _ in range(2))
    position = SinusoidalEncoding(channels)
    inputs = SequenceInput(
        Columns(1, (words,)), channels, position=position, dropout=0.2
    )
    return SequenceTagger(inputs, Encoder(blocks), tags)


def unknown_now_and_then(words: Tensor, share: float = 0.05) -> Tensor:
    """Hides some words, so that the model learns what to do with those it lacks."""
    return words.masked_fill(torch.rand(words.shape) < share, 0)


def train(model: SequenceTagger, data: Any, structure: Structure, epochs: int) -> None:
    """Trains in place."""
    loader = DataLoader(data, batch_size=32, shuffle=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = OneCycleLR(optimiser, 3e-3, epochs * len(loader))
    for _ in range(epochs):
        for batch in loader:
            words = unknown_now_and_then(batch.x)
            tags = model(words, structure(batch), batch=batch.batch)
            loss = cross_entropy(tags, batch.y[:, 0], ignore_index=-1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def accuracy(model: SequenceTagger, data: Any, structure: Structure) -> float:
    """Returns the share of words that get the right tag."""
    model.eval()
    right = total = 0
    for batch in DataLoader(data, batch_size=128):
        tags = model(batch.x, structure(batch), batch=batch.batch).argmax(1)
        known = batch.y[:, 0] >= 0
        right += int((tags == batch.y[:, 0])[known].sum())
        total += int(known.sum())
    return right / total


def main(
    source: str | Path = "ud_english_ewt",
    structures: tuple[str, ...] = tuple(STRUCTURES),
    epochs: int = 3,
    limit: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Returns the accuracy on the test part for each structure.

    Args:
        source: The name of a treebank, or a CoNLL-U file, which is split at random.
        structures: Some of `STRUCTURES`.
        epochs: Passes over the training part.
        limit: Sentences to learn from, and to test; None: all.
        seed: Of parameters, order and dropout.
    """
    data: Any = datasets.load(source, edges="tree")
    parts = data.parts
    split = (
        datasets.splits.given(parts)
        if parts
        else datasets.splits.random(len(data), seed=0)
    )
    found = {}
    for name in structures:
        torch.manual_seed(seed)
        model = build(len(data.vocabulary), len(data.class_names))
        train(model, data[split.train[:limit]], STRUCTURES[name], epochs)
        found[name] = accuracy(model, data[split.test[:limit]], STRUCTURES[name])
        print(f"{name:<7} {found[name]:.4f} of the words tagged right")
    return found


if __name__ == "__main__":
    main()
