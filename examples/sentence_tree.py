"""Attention along a dependency tree: arcs over a sentence, and matrices beside it.

Run it: python examples/sentence_tree.py tree.png (UD English-EWT in GRAPHATTN_DATA)
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch_geometric.loader import DataLoader

from graphattn import Adjacency, datasets, patterns
from graphattn.models import Columns, SequenceInput, SequenceTagger
from graphattn.nn import Encoder, GraphTransformerBlock, SinusoidalEncoding
from graphattn.report.figures.attention import Drawing
from graphattn.report.figures.style import DPI, INK, colours, new_figure
from graphattn.report.figures.tokens import draw_matrix

SENTENCE = "They have good sushi for a good price ."


def attended(name: str, data: Any) -> Adjacency:
    """Returns who attends to whom: along the tree and to itself, or to every word."""
    if name == "full":
        return patterns.full(data.num_nodes, batch=data.batch)
    return patterns.with_self_loops(data.edge_index, data.num_nodes)


def tagger(words: int, tags: int, channels: int = 64) -> SequenceTagger:
    """Returns a tagger of two blocks; the seed says which, whoever attends to whom."""
    torch.manual_seed(0)
    blocks = (GraphTransformerBlock(channels, 4, dropout=0.2) for _ in range(2))
    position = SinusoidalEncoding(channels)
    inputs = SequenceInput(Columns(1, (words,)), channels, position=position)
    return SequenceTagger(inputs, Encoder(blocks), tags)


def train(model: SequenceTagger, data: Any, name: str, epochs: int) -> None:
    """Trains in place to tell the part of speech of each word."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(epochs):
        for batch in DataLoader(data, batch_size=32, shuffle=True):
            hidden = torch.rand(batch.x.shape) < 0.05  # words that it may lack later
            words = batch.x.masked_fill(hidden, 0)
            tags = model(words, attended(name, batch), batch=batch.batch)
            loss = cross_entropy(tags, batch.y[:, 0], ignore_index=-1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


@torch.no_grad()
def learned(model: SequenceTagger, sentence: Any, name: str) -> Tensor:
    """Returns how much each word attends to each, mean over the last block's heads."""
    model.eval()
    pairs = attended(name, sentence)
    rows = model.inputs(sentence.x)
    weights = model.encoder.attention_weights(rows, pairs)[-1].mean(1)
    matrix = torch.zeros(sentence.num_nodes, sentence.num_nodes)
    source, target = pairs.edge_index
    matrix[target, source] = weights
    return matrix


def find(data: Any, words: list[str]) -> int:
    """Returns the number of a sentence; words that the model lacks are 0."""
    number = {word: k for k, word in enumerate(data.vocabulary)}
    wanted = torch.tensor([number.get(word, 0) for word in words])
    return next(k for k in range(len(data)) if torch.equal(data[k].x[:, 0], wanted))


def main(
    path: Path | str | None = None,
    source: Path | str = "ud_english_ewt",
    sentence: str = SENTENCE,
    limit: int = 4000,
    epochs: int = 3,
) -> dict[str, Tensor]:
    """Returns what the words of a sentence attend to, along the tree and without it.

    Args:
        path: Where the picture goes; none is drawn without.
        source: A treebank, or a CoNLL-U file.
        sentence: One of its sentences, which is not learned from.
        limit: Sentences to learn from.
        epochs: Passes over them.
    """
    words = sentence.split()
    data: Any = datasets.load(source, edges="tree")
    place = find(data, words)
    known = torch.arange(len(data))
    if data.parts:
        known = datasets.splits.given(data.parts).train
    known = known[known != place][:limit]
    found = {}
    for name in ("tree", "full"):
        model = tagger(len(data.vocabulary), len(data.class_names))
        train(model, data[known], name, epochs)
        found[name] = learned(model, data[place], name)
    on_tree = found["tree"] > 0
    share, chance = found["full"][on_tree].sum() / len(words), on_tree.float().mean()
    print(
        f"{share:.0%} of full attention goes along the tree or to the word itself, "
        f"which are {chance:.0%} of the pairs"
    )
    if path is not None:
        draw(words, data[place].head.tolist(), found, path)
    return found


def draw(
    words: list[str], head: list[int], found: dict[str, Tensor], path: Path | str
) -> None:
    """Draws arcs over and under the words, then the matrices, all in one scale."""
    top = max(float(weights.max()) for weights in found.values())
    shades = LinearSegmentedColormap.from_list("", ["#e3edf7", "#4a90c9", "#062a5c"])
    norm = PowerNorm(0.6, 0, top)  # the weakest can be told from none
    colour = colours(list(found))
    figure = new_figure(1400 / DPI, 590 / DPI)
    left, *others = figure.subplots(1, 3, width_ratios=(1.75, 1, 1))
    draw_arcs(left, words, head, found["tree"], lambda w: shades(norm(w)))
    left.set_title("tree, arc by arc", fontsize=12, color=colour["tree"])
    for axes, (name, weights) in zip(others, found.items(), strict=True):
        drawing = Drawing(name, weights.where(weights > 0, torch.nan).numpy())
        draw_matrix(axes, words, drawing, colour[name], cmap=shades, norm=norm)
    others[0].set_ylabel("attends", fontsize=9)
    others[1].set_yticks([])
    others[1].scatter(*found["tree"].T.nonzero().T.numpy(), s=5, color="white")
    others[1].set_xlabel("is attended to; dots: the tree", fontsize=9)
    bar = figure.colorbar(
        ScalarMappable(norm, shades), ax=others, shrink=0.75, format="%g"
    )
    bar.set_label("weight, mean over heads", fontsize=9)
    title = "What words attend to in a tagger's last layer, along the tree and in full"
    figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    figure.savefig(path)


def draw_arcs(
    axes: Axes,
    words: list[str],
    head: list[int],
    weights: Tensor,
    shade: Callable[[float], Any],
) -> None:
    """Draws from each word to its head above, and from the head to it below."""
    turn = np.linspace(0, np.pi, 60)
    for word, over in enumerate(head):
        if over < 0:  # the root
            continue
        start, end = foot(head, word, over), foot(head, over, word)
        x = (start + end) / 2 + abs(end - start) / 2 * np.cos(turn)
        y = 0.32 + 0.55 * abs(word - over) ** 0.6 * np.sin(turn)
        for sign, weight in ((1, weights[word, over]), (-1, weights[over, word])):
            axes.plot(
                x,
                sign * y,
                color=shade(float(weight)),
                linewidth=0.8 + 5 * float(weight),
                solid_capstyle="round",
            )
    for place, word in enumerate(words):
        axes.text(place, 0, word, ha="center", va="center", fontsize=9, color=INK)
    for text, y, side in (
        ("above: a word attends to its head", 1, "top"),
        ("below: a head attends to its dependants", 0, "bottom"),
    ):
        axes.text(
            0.5, y, text, transform=axes.transAxes, ha="center", va=side,
            fontsize=9, color=INK,
        )  # fmt: skip
    axes.margins(0.03, 0.12)
    axes.set_axis_off()


def foot(head: list[int], word: int, other: int) -> float:
    """Returns where an arc stands on a word: the longest ones nearest its middle."""
    ties = [k for k, over in enumerate(head) if over == word] + [head[word]]
    side = 1 if other > word else -1
    longer = sum(k >= 0 and side * (k - other) > 0 for k in ties)
    return word + side * (0.06 + 0.13 * longer)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
