"""Images: a ViT over patches, and pixels that see their neighbours alone.

Run it: python examples/systems/vision.py [digits|mnist]
"""

import sys
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR

from graphattn import Adjacency, datasets, patterns
from graphattn.models import ImageClassifier
from graphattn.nn import Encoder, GraphTransformerBlock, RelativeBias


class Images(NamedTuple):
    """Images `[num_images, side, side]` and their classes, in two parts."""

    train: Tensor
    train_y: Tensor
    test: Tensor
    test_y: Tensor


def read(name: str) -> Images:
    """Returns a dataset of images; without a split of its own, one at random."""
    data: Any = datasets.load(name)
    side = round(data[0].num_nodes ** 0.5)
    images = torch.stack([item.x.view(side, side) for item in data])
    y = data.y[:, 0]
    parts = data.parts
    split = (
        datasets.splits.given(parts)
        if parts
        else datasets.splits.random(len(data), seed=0)
    )
    return Images(
        images[split.train], y[split.train], images[split.test], y[split.test]
    )


def build(side: int, patch: int, channels: int, layers: int) -> ImageClassifier:
    """Returns a classifier; a patch of 1 is a pixel, which knows left from right."""
    blocks = []
    for _ in range(layers):
        place = RelativeBias(4, 1, dims=2) if patch == 1 else None
        blocks.append(GraphTransformerBlock(channels, 4, dropout=0.1, position=place))
    readout = "attention" if patch == 1 else "cls"
    return ImageClassifier((side, side), patch, Encoder(blocks), 10, readout=readout)


def train(
    model: ImageClassifier, images: Images, edges: Adjacency | None, epochs: int
) -> None:
    """Trains in place."""
    batches = -(-len(images.train) // 64)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    schedule = OneCycleLR(optimiser, 3e-3, epochs * batches)
    for _ in range(epochs):
        for rows in torch.randperm(len(images.train)).split(64):
            loss = cross_entropy(model(images.train[rows], edges), images.train_y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def accuracy(model: ImageClassifier, images: Images, edges: Adjacency | None) -> float:
    """Returns the share of test images that are told right."""
    model.eval()
    found = [model(some, edges).argmax(1) for some in images.test.split(256)]
    return float((torch.cat(found) == images.test_y).double().mean())


def main(
    name: str = "digits", epochs: int = 15, pixels: int | None = None, seed: int = 0
) -> dict[str, float]:
    """Returns the accuracy of patches with full attention, and of pixels on a grid.

    Args:
        name: "digits" or "mnist".
        epochs: Passes over the training part.
        pixels: Images that the pixels learn from; None: all.
        seed: Of parameters, order and dropout.
    """
    images = read(name)
    side = images.train.shape[1]
    found = {}
    for kind, patch, edges, some in (
        ("patches", 2 if side == 8 else 7, None, images),
        (
            "pixels",
            1,
            patterns.grid(side, side),
            images._replace(
                train=images.train[:pixels], train_y=images.train_y[:pixels]
            ),
        ),
    ):
        torch.manual_seed(seed)
        model = build(side, patch, 64 if patch > 1 else 32, 3)
        train(model, some, edges, epochs)
        found[kind] = accuracy(model, some, edges)
        print(f"{name}, {kind}: {found[kind]:.4f} of the images told right")
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["mnist"]:
        main("mnist", epochs=2, pixels=20_000)
    else:
        main()
