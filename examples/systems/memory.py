"""Memory: a long text is read in segments, and the one before is remembered.

Run it: python examples/systems/memory.py
"""

import math
import sysconfig
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR

from graphattn.nn import Encoder, GraphTransformerBlock, RelativeScore

SEGMENT = 32


class Reader(nn.Module):
    """Letters in, scores of the next letter out; distances enter the scores."""

    def __init__(self, letters: int, channels: int = 64, layers: int = 3) -> None:
        super().__init__()
        self.embedding = nn.Embedding(letters, channels)
        position = RelativeScore(4, channels // 4)
        self.encoder = Encoder(
            GraphTransformerBlock(channels, 4, position=position) for _ in range(layers)
        )
        self.head = nn.Linear(channels, letters)

    def forward(
        self, letters: Tensor, memory: list[Tensor] | None, keep: int
    ) -> tuple[Tensor, list[Tensor]]:
        """Returns scores, and what is remembered for the next segment."""
        x, memory = self.encoder.go_on(self.embedding(letters), memory, keep=keep)
        return self.head(x), memory


def lanes(text: Tensor, count: int) -> Tensor:
    """Cuts a text into as many long pieces, which are read side by side."""
    length = (len(text) - 1) // count // SEGMENT * SEGMENT
    return text[: count * length + 1].unfold(0, length + 1, length)


def read(
    model: Reader, text: Tensor, keep: int, optimiser=None, schedule=None
) -> float:
    """Reads a text from beginning to end; returns bits per letter, and learns."""
    memory, losses = None, []
    for first in range(0, text.shape[1] - 1, SEGMENT):
        piece = text[:, first : first + SEGMENT + 1]
        scores, memory = model(piece[:, :-1], memory, keep)
        loss = cross_entropy(scores.flatten(0, 1), piece[:, 1:].flatten())
        losses.append(float(loss.detach()))
        if optimiser is not None and schedule is not None:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return sum(losses) / len(losses) / math.log(2)


def main(
    modules: tuple[str, ...] = ("typing", "argparse", "inspect", "ast", "enum"),
    keeps: tuple[int, ...] = (0, 32, 128),
    epochs: int = 4,
    seed: int = 0,
) -> dict[int, float]:
    """Returns bits per letter of the last tenth of a text, per length of memory.

    Args:
        modules: Of Python's own library, whose source is the text.
        keeps: Letters that are remembered.
        epochs: Readings of the text.
        seed: Of the parameters.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    text = "".join((folder / f"{name}.py").read_text("utf-8") for name in modules)
    known = sorted(set(text))
    of = {letter: k for k, letter in enumerate(known)}
    letters = torch.tensor([of[letter] for letter in text])
    train = lanes(letters[: len(letters) * 9 // 10], 16)
    test = lanes(letters[len(letters) * 9 // 10 :], 4)
    found = {}
    for keep in keeps:
        torch.manual_seed(seed)
        model = Reader(len(known))
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
        steps = epochs * ((train.shape[1] - 1) // SEGMENT)
        schedule = OneCycleLR(optimiser, 3e-3, steps)
        for _ in range(epochs):
            read(model, train, keep, optimiser, schedule)
        model.eval()
        with torch.no_grad():
            found[keep] = read(model, test, keep)
        print(f"memory of {keep:>3} letters: {found[keep]:.3f} bits per letter")
    return found


if __name__ == "__main__":
    main()
