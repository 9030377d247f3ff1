"""Sentiment: an encoder reads a sentence, and [CLS] says what it thinks of the film.

Run it: python examples/systems/sentiment.py (SST-2 in GRAPHATTN_DATA)
"""

from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR
from torch_geometric.loader import DataLoader

from graphattn import datasets
from graphattn.models import Columns, SequenceClassifier, SequenceInput
from graphattn.nn import Encoder, GraphTransformerBlock, SinusoidalEncoding


def build(words: int, readout: str, channels: int = 64) -> SequenceClassifier:
    """Returns a classifier of one block, for few sentences teach it."""
    blocks = [GraphTransformerBlock(channels, 4, dropout=0.3)]
    position = SinusoidalEncoding(channels)
    inputs = SequenceInput(
        Columns(1, (words,)), channels, position=position, dropout=0.5
    )
    return SequenceClassifier(inputs, Encoder(blocks), 2, readout=readout)


def train(model: SequenceClassifier, data: Any, epochs: int) -> None:
    """Trains in place."""
    loader = DataLoader(data, batch_size=32, shuffle=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    schedule = OneCycleLR(optimiser, 2e-3, epochs * len(loader))
    for _ in range(epochs):
        for batch in loader:
            scores = model(batch.x, batch=batch.batch, num_sets=batch.num_graphs)
            loss = cross_entropy(scores, batch.y[:, 0])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def accuracy(model: SequenceClassifier, data: Any) -> float:
    """Returns the share of sentences that are judged right."""
    model.eval()
    right = 0
    for batch in DataLoader(data, batch_size=128):
        scores = model(batch.x, batch=batch.batch, num_sets=batch.num_graphs)
        right += int((scores.argmax(1) == batch.y[:, 0]).sum())
    return right / len(data)


def main(
    source: str | Path = "sst2",
    readouts: tuple[str, ...] = ("cls", "mean", "attention"),
    epochs: int = 5,
    limit: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Returns the accuracy on the test part for each readout.

    Args:
        source: The name of a dataset, or a file, which is split at random.
        readouts: As `SequenceClassifier` takes them.
        epochs: Passes over the training part.
        limit: Sentences to learn from, and to test; None: all.
        seed: Of parameters, order and dropout.
    """
    data: Any = datasets.load(source)
    split = (
        datasets.splits.given(data.parts)
        if data.parts
        else datasets.splits.random(len(data), seed=0)
    )
    found = {}
    for readout in readouts:
        torch.manual_seed(seed)
        model = build(len(data.vocabulary), readout)
        train(model, data[split.train[:limit]], epochs)
        found[readout] = accuracy(model, data[split.test[:limit]])
        print(f"{readout:<9} {found[readout]:.4f} of the sentences judged right")
    return found


if __name__ == "__main__":
    main()
