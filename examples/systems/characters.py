"""Generation: a decoder learns which letter comes next, and writes on.

Run it: python examples/systems/characters.py (English of Multi30k in GRAPHATTN_DATA)
"""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR

from graphattn import datasets
from graphattn.models import Columns, LanguageModel, SequenceInput, sample
from graphattn.nn import Decoder, DecoderBlock, RotaryEncoding

LENGTH = 96


def build(letters: int, channels: int = 96) -> LanguageModel:
    """Returns a decoder of three blocks without cross-attention, places by rotation."""
    position = RotaryEncoding(channels // 4)
    blocks = (
        DecoderBlock(channels, 4, expansion=4, position=position) for _ in range(3)
    )
    return LanguageModel(
        SequenceInput(Columns(1, (letters,)), channels), Decoder(blocks), letters
    )


def pieces(text: Tensor, count: int) -> Tensor:
    """Returns pieces of the text from places drawn at random, `[count, LENGTH + 1]`."""
    first = torch.randint(len(text) - LENGTH, (count, 1))
    return text[first + torch.arange(LENGTH + 1)]


def train(model: LanguageModel, text: Tensor, steps: int) -> None:
    """Trains in place: after each letter, the next one is learned."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = OneCycleLR(optimiser, 3e-3, steps)
    for _ in range(steps):
        piece = pieces(text, 16)
        scores = model(piece[:, :-1, None])
        loss = cross_entropy(scores.flatten(0, 1), piece[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


@torch.no_grad()
def bits(model: LanguageModel, text: Tensor) -> float:
    """Returns how many bits per letter the model needs for a text."""
    model.eval()
    count = (len(text) - 1) // LENGTH
    before = text[: count * LENGTH].view(count, LENGTH)
    after = text[1 : count * LENGTH + 1].view(count, LENGTH)
    scores = torch.cat([model(rows.unsqueeze(2)) for rows in before.split(64)])
    return float(cross_entropy(scores.flatten(0, 1), after.flatten())) / math.log(2)


def main(
    source: str | Path = "multi30k", steps: int = 1_500, most: int | None = None
) -> tuple[float, str]:
    """Returns bits per letter of text that was not learned from, and some new text.

    Args:
        source: "multi30k", or a text file whose last tenth is the test.
        steps: Of training.
        most: Letters of the test; None: all.
    """
    torch.manual_seed(0)
    if isinstance(source, Path):
        text = source.read_text("utf-8")
        learned, unseen = text[: len(text) * 9 // 10], text[len(text) * 9 // 10 :]
    else:
        data: Any = datasets.load(source, tokens="characters")
        split = datasets.splits.given(data.parts)
        letters = data.vocabulary
        learned, unseen = (
            "\n".join(
                "".join(letters[k] for k in data[i].x[:, 0].tolist()) for i in part
            )
            for part in (split.train.tolist(), split.test.tolist())
        )
    known = sorted(set(learned))
    of = {letter: k for k, letter in enumerate(known)}
    model = build(len(known))
    train(model, torch.tensor([of[letter] for letter in learned]), steps)
    score = bits(model, torch.tensor([of[c] for c in unseen[:most] if c in of]))
    begin = torch.tensor([[of[learned[0]]]])  # a letter that every text has
    drawn = sample(model.start(), begin, end=None, max_length=200, temperature=0.7)
    written = learned[0] + "".join(known[k] for k in drawn[0])
    print(f"{score:.3f} bits per letter; it writes:\n{written}")
    return score, written


if __name__ == "__main__":
    main()
