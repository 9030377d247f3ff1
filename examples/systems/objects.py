"""Objects: learned queries find the digits of a scene, each its own.

Run it: python examples/systems/objects.py
"""

from typing import Any, NamedTuple

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graphattn import datasets
from graphattn.datasets.images import patches
from graphattn.nn import (
    Decoder,
    DecoderBlock,
    Encoder,
    GraphTransformerBlock,
    LearnedEncoding,
    grid_places,
)

SIDE, QUERIES, NOTHING = 24, 4, 10


class Scenes(NamedTuple):
    """Scenes, and what is in them: up to three digits `[class, row, column]` each."""

    images: Tensor
    objects: list[Tensor]


def compose(digits: Tensor, y: Tensor, count: int) -> Scenes:
    """Returns scenes with one to three digits, each in a cell of its own."""
    images, objects = torch.zeros(count, SIDE, SIDE), []
    for scene in images:
        cells = torch.randperm(9)[: int(torch.randint(1, 4, ()))]
        chosen = torch.randint(len(digits), (len(cells),))
        for cell, digit in zip(cells.tolist(), chosen.tolist(), strict=True):
            row, column = 8 * (cell // 3), 8 * (cell % 3)
            scene[row : row + 8, column : column + 8] = digits[digit]
        objects.append(torch.stack([y[chosen], cells // 3 / 2, cells % 3 / 2], 1))
    return Scenes(images, objects)


class Detector(nn.Module):
    """Patches, encoded; queries that read them and see each other; a class, a place."""

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Linear(16, channels)
        self.position = LearnedEncoding((6, 6), channels)
        self.encoder = Encoder(GraphTransformerBlock(channels, 4) for _ in range(2))
        self.queries = nn.Parameter(torch.randn(QUERIES, channels))
        self.decoder = Decoder(
            DecoderBlock(channels, 4, memory_channels=channels) for _ in range(2)
        )
        self.head = nn.Linear(channels, NOTHING + 1 + 2)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Returns classes `[n, QUERIES, 11]` and places `[n, QUERIES, 2]`."""
        x = self.embedding(patches(images, 4))
        memory = self.encoder(self.position(x, place=grid_places(6, 6)))
        asked = self.queries.expand(len(images), -1, -1)
        found = self.head(self.decoder(asked, memory, causal=False))
        return found[..., : NOTHING + 1], found[..., NOTHING + 1 :]


def loss_of(classes: Tensor, places: Tensor, objects: list[Tensor]) -> Tensor:
    """Returns the loss after each scene's objects were matched with its queries."""
    wanted = torch.full(classes.shape[:2], NOTHING)
    far = places.new_zeros(())
    shares = classes.detach().softmax(-1)
    for scene, known in enumerate(objects):
        kind, place = known[:, 0].long(), known[:, 1:]
        cost = torch.cdist(places[scene].detach(), place) - shares[scene][:, kind]
        query, item = linear_sum_assignment(cost.numpy())
        wanted[scene, query] = kind[item]
        far = far + (places[scene, query] - place[item]).abs().sum()
    return cross_entropy(classes.flatten(0, 1), wanted.flatten()) + far / len(objects)


@torch.no_grad()
def score(model: Detector, scenes: Scenes) -> float:
    """Returns the share of scenes in which all is found, in its place, and no more."""
    classes, places = model(scenes.images)
    right = 0
    rows = torch.cat([classes.argmax(-1, keepdim=True), (2 * places).round()], -1)
    for found, known in zip(rows, scenes.objects, strict=True):
        told = set(map(tuple, found[found[:, 0] != NOTHING].tolist()))
        known = torch.cat([known[:, :1], 2 * known[:, 1:]], 1)
        right += told == set(map(tuple, known.tolist()))
    return right / len(scenes.images)


def main(steps: int = 3_000, scenes: int = 500, seed: int = 0) -> float:
    """Returns the share of test scenes, of other digits, that are found whole."""
    torch.manual_seed(seed)
    data: Any = datasets.load("digits")
    digits = torch.stack([item.x.view(8, 8) for item in data])
    train, _, test = datasets.splits.random(len(digits), seed=0)
    unseen = compose(digits[test], data.y[test, 0], scenes)
    model = Detector()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(steps):
        images, objects = compose(digits[train], data.y[train, 0], 32)
        classes, places = model(images)
        loss = loss_of(classes, places, objects)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    found = score(model, unseen)
    print(f"{found:.4f} of the scenes found whole")
    return found


if __name__ == "__main__":
    main()
