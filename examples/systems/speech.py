"""Spoken digits: frames every 10 ms, each hearing only those around it.

Run it: python examples/systems/speech.py (a part of FSDD in GRAPHATTN_DATA)
"""

from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR
from torch_geometric.loader import DataLoader

from graphattn import Adjacency, datasets, patterns
from graphattn.models import Columns, SequenceClassifier, SequenceInput
from graphattn.nn import Encoder, GraphTransformerBlock, SinusoidalEncoding


def build(features: int, channels: int = 64) -> SequenceClassifier:
    """Returns a classifier of two blocks that reads out the mean of the frames."""
    blocks = (GraphTransformerBlock(channels, 4, dropout=0.2) for _ in range(2))
    position = SinusoidalEncoding(channels)
    inputs = SequenceInput(Columns(features), channels, position=position)
    return SequenceClassifier(inputs, Encoder(blocks), 10, readout="mean")


def heard(batch: Any, reach: int | None) -> Adjacency | None:
    """Returns who hears whom: frames within `reach`, or all where it is None."""
    if reach is None:
        return None
    return patterns.window(batch.num_nodes, reach, batch=batch.batch)


def main(
    reaches: tuple[int | None, ...] = (None, 10, 3),
    epochs: int = 15,
    limit: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Returns the accuracy on the test part for each reach of attention.

    Args:
        reaches: Frames of 10 ms to each side; None for all.
        epochs: Passes over the training part.
        limit: Recordings to learn from; None: all.
        seed: Of parameters, order and dropout.
    """
    data: Any = datasets.load("fsdd_900")
    split = datasets.splits.given(data.parts)
    train, test = data[split.train[:limit]], data[split.test]
    frames = torch.cat([item.x for item in train])
    mean, std = frames.mean(0), frames.std(0)
    found = {}
    for reach in reaches:
        torch.manual_seed(seed)
        model = build(data[0].x.shape[1])
        loader = DataLoader(train, batch_size=16, shuffle=True)
        optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
        schedule = OneCycleLR(optimiser, 2e-3, epochs * len(loader))
        for _ in range(epochs):
            for batch in loader:
                x = (batch.x - mean) / std
                scores = model(x, heard(batch, reach), batch=batch.batch)
                loss = cross_entropy(scores, batch.y[:, 0])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
        model.eval()
        right = 0
        with torch.no_grad():
            for batch in DataLoader(test, batch_size=50):
                x = (batch.x - mean) / std
                scores = model(x, heard(batch, reach), batch=batch.batch)
                right += int((scores.argmax(1) == batch.y[:, 0]).sum())
        name = "full" if reach is None else f"{10 * reach} ms each side"
        found[name] = right / len(test)
        print(f"{name:<16} {found[name]:.4f} of the digits understood")
    return found


if __name__ == "__main__":
    main()
