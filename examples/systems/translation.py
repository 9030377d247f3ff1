"""Translation: an encoder reads English, a decoder writes German, word by word.

Run it: python examples/systems/translation.py (Multi30k in GRAPHATTN_DATA)
"""

from typing import Any

import sacrebleu
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR
from torch_geometric.loader import DataLoader

from graphattn import datasets
from graphattn.models import (
    Columns,
    SequenceInput,
    SequenceToSequence,
    beam_search,
    greedy,
)
from graphattn.nn import (
    Decoder,
    DecoderBlock,
    Encoder,
    GraphTransformerBlock,
    SinusoidalEncoding,
)

BEGIN, END = 1, 2


def build(words: int, other_words: int, channels: int = 128) -> SequenceToSequence:
    """Returns a Transformer of two blocks on either side."""

    def inputs(size: int) -> SequenceInput:
        place = SinusoidalEncoding(channels)
        return SequenceInput(Columns(1, (size,)), channels, position=place, dropout=0.1)

    encoder = Encoder(GraphTransformerBlock(channels, 4, dropout=0.1) for _ in range(2))
    decoder = Decoder(
        DecoderBlock(channels, 4, memory_channels=channels, dropout=0.1)
        for _ in range(2)
    )
    return SequenceToSequence(
        inputs(words), encoder, inputs(other_words), decoder, other_words
    )


def train(model: SequenceToSequence, data: Any, epochs: int) -> None:
    """Trains in place: after each word of the translation, the next one is learned."""
    loader = DataLoader(data, batch_size=64, shuffle=True, follow_batch=["y"])
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = OneCycleLR(optimiser, 2e-3, epochs * len(loader))
    for _ in range(epochs):
        for batch in loader:
            last, first = batch.y[:, 0] == END, batch.y[:, 0] == BEGIN
            scores = model(
                batch.x,
                batch.y[~last],
                source_batch=batch.batch,
                target_batch=batch.y_batch[~last],
            )
            loss = cross_entropy(scores, batch.y[~first, 0], label_smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


@torch.no_grad()
def translate(model: SequenceToSequence, data: Any, beams: int) -> list[Tensor]:
    """Returns the words of each translation; greedy where there is one beam."""
    model.eval()
    found = []
    for batch in DataLoader(data, batch_size=100):
        draft = model.start(batch.x, batch.batch)
        begin = torch.full((batch.num_graphs, 1), BEGIN)
        options: Any = {"end": END, "max_length": 40}
        if beams > 1:
            found += beam_search(draft, begin, beams=beams, **options)
        else:
            found += greedy(draft, begin, **options)
    return found


def bleu(found: list[Tensor], data: Any, words: tuple[str, ...]) -> float:
    """Returns BLEU of lower-case words that the dataset's reader has cut."""
    written = [" ".join(words[k] for k in one) for one in found]
    wanted = [" ".join(words[k] for k in item.y[1:-1, 0]) for item in data]
    # `force`: both sides are cut alike, which it would else warn of.
    score = sacrebleu.corpus_bleu(written, [wanted], tokenize="none", force=True)
    return score.score


def main(train_pairs: int = 29_000, test_pairs: int = 1_000, epochs: int = 3):
    """Returns BLEU on the test part, greedy and with four beams."""
    torch.manual_seed(0)
    data: Any = datasets.load("multi30k", lower=True, min_count=2)
    split = datasets.splits.given(data.parts)
    model = build(len(data.vocabulary), len(data.class_names))
    train(model, data[split.train[:train_pairs]], epochs)
    test = data[split.test[:test_pairs]]
    scores = {}
    for name, beams in (("greedy", 1), ("4 beams", 4)):
        scores[name] = bleu(translate(model, test, beams), test, data.class_names)
        print(f"{name:<8} BLEU {scores[name]:.1f}")
    return scores


if __name__ == "__main__":
    main()
