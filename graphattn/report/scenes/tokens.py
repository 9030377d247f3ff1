"""A sentence, or any sequence, as its tokens in lines."""

from html import escape

import numpy as np
import torch

from graphattn.compare.task import Task
from graphattn.report.scenes.scene import LARGEST, Scene

_CHARACTER, _LINE, _BOX, _GAP = 8.6, 36.0, 26.0, 7.0
_WIDTH = 430.0


def tokens_scene(task: Task, graph: int) -> Scene:
    """Returns the tokens one after the other; of a long sequence the beginning.

    Args:
        task: The data set.
        graph: Position of the sequence.
    """
    words = words_of(task, graph)[:LARGEST]
    places, sizes = _lines([len(word) for word in words])
    texts = "".join(
        f'<text class="token" x="{x:.1f}" y="{y + 5:.1f}">{escape(word)}</text>'
        for (x, y), word in zip(places, words, strict=True)
    )
    return Scene(
        kind="tokens",
        graph=graph,
        item=graph,
        nodes=torch.arange(len(words)),
        names=tuple(f"{k} {word}" for k, word in enumerate(words)),
        places=places,
        sizes=sizes,
        width=_WIDTH,
        height=float(places[-1, 1] + _LINE / 2) if len(places) else _LINE,
        backdrop=texts,
    )


def words_of(task: Task, graph: int) -> list[str]:
    """Returns the tokens of a sequence; numbers where the data have no words.

    Args:
        task: The data set.
        graph: Position of the sequence.
    """
    first, end = task.graphs.ptr[graph : graph + 2].tolist()
    if not task.vocabulary:
        return [str(k) for k in range(end - first)]
    ids = task.graphs.x[first:end, 0].tolist()
    return [task.vocabulary[int(token)] for token in ids]


def _lines(lengths: list[int]) -> tuple[np.ndarray, np.ndarray]:
    places, sizes = [], []
    left, line = 0.0, 0
    for length in lengths:
        width = _CHARACTER * max(length, 1) + 8
        if left > 0 and left + width > _WIDTH:
            left, line = 0.0, line + 1
        places.append((left + width / 2, (line + 0.5) * _LINE))
        sizes.append((width, _BOX))
        left += width + _GAP
    return np.array(places).reshape(-1, 2), np.array(sizes).reshape(-1, 2)
