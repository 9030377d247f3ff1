"""Two towers: images and captions meet in one space, and name each other.

Run it: python examples/systems/matching.py
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from graphattn import datasets
from graphattn.models import (
    Columns,
    ImageClassifier,
    SequenceClassifier,
    SequenceInput,
    Sequences,
)
from graphattn.nn import Encoder, GraphTransformerBlock, SinusoidalEncoding

NAMES = "zero one two three four five six seven eight nine".split()
FORMS = ("the digit {}", "a handwritten {}", "this is a {}", "{}", "the number {} here")
WORDS = sorted({word for form in FORMS for word in form.split()} - {"{}"}) + NAMES


class Towers(nn.Module):
    """An encoder of images, one of captions, and how sharply they are compared."""

    def __init__(self, channels: int = 48) -> None:
        super().__init__()
        position = SinusoidalEncoding(channels)
        inputs = SequenceInput(Columns(1, (len(WORDS),)), channels, position=position)
        self.images = ImageClassifier((8, 8), 2, blocks(channels), channels)
        self.captions = SequenceClassifier(inputs, blocks(channels), channels)
        self.sharpness = nn.Parameter(torch.tensor(2.0))

    def forward(self, images: Tensor, captions: list[Tensor]) -> Tensor:
        """Returns how well each image fits each caption."""
        x, batch = Sequences.of(captions)
        said = normalize(self.captions(x, batch=batch), dim=1)
        seen = normalize(self.images(images), dim=1)
        return self.sharpness.exp() * seen @ said.T


def blocks(channels: int) -> Encoder:
    """Returns the blocks of one tower."""
    return Encoder(GraphTransformerBlock(channels, 4, dropout=0.1) for _ in range(2))


def caption(digit: int, form: str) -> Tensor:
    """Returns the words of a caption."""
    return torch.tensor([WORDS.index(w) for w in form.format(NAMES[digit]).split()])


def loss_of(fits: Tensor, y: Tensor) -> Tensor:
    """Returns the loss of both directions; captions of equal digits fit alike."""
    same = (y.unsqueeze(1) == y).double()
    wanted = (same / same.sum(1, keepdim=True)).float()
    both = fits.log_softmax(1) + fits.T.log_softmax(1)
    return -(wanted * both).sum(1).mean() / 2


def main(steps: int = 800, seed: int = 0) -> float:
    """Returns how often an unseen image finds its caption, in a form not learned from.

    Args:
        steps: Of training.
        seed: Of parameters and draws.
    """
    torch.manual_seed(seed)
    data: Any = datasets.load("digits")
    images = torch.stack([item.x.view(8, 8) for item in data])
    y = data.y[:, 0]
    train, _, test = datasets.splits.random(len(images), seed=0)
    model = Towers()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    for _ in range(steps):
        rows = train[torch.randint(len(train), (48,))]
        forms = torch.randint(1, len(FORMS), (48,)).tolist()
        said = [
            caption(d, FORMS[f]) for d, f in zip(y[rows].tolist(), forms, strict=True)
        ]
        loss = loss_of(model(images[rows], said), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    with torch.no_grad():
        fits = model(images[test], [caption(digit, FORMS[0]) for digit in range(10)])
    found = float((fits.argmax(1) == y[test]).double().mean())
    print(f"{found:.4f} of the images find their caption, in a form that is new")
    return found


if __name__ == "__main__":
    main()
