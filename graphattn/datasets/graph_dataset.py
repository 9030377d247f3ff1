"""A dataset of many graphs, held as one set of long tensors."""

import copy
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Shaped
from torch import Tensor
from torch_geometric.data import Data, InMemoryDataset
from torch_geometric.data.separate import separate

from graphattn.datasets.errors import Skipped


class GraphDataset(InMemoryDataset):
    """Many graphs: index it with an int, a slice, a list or a tensor, as any PyG one.

    Attributes:
        name: Of the dataset, or of the file it was read from.
        kind: "molecules", "sequence" or "image".
        task: "regression", "classification" of graphs, "tagging" of their nodes, or
            "translation" into sequences of class ids.
        target_names: One name per column of `y`.
        class_names: One per class; empty for regression.
        vocabulary: The token of each id in `x`; empty unless `kind` is "sequence".
        skipped: The rows of the source that were left out or cannot be used, and why.
    """

    def __init__(
        self,
        data: Data,
        slices: Mapping[str, Tensor],
        *,
        name: str,
        kind: str,
        task: str,
        target_names: Sequence[str],
        class_names: Sequence[str] = (),
        vocabulary: Sequence[str] = (),
        skipped: Sequence[Skipped] = (),
        parts: Sequence[str] = (),
    ) -> None:
        """Wraps tensors that hold all graphs one after the other.

        Args:
            data: The graphs, concatenated; `edge_index` counts from 0 in each graph.
            slices: For each attribute of `data`, where each graph begins, and the end.
            name: Of the dataset.
            kind: "molecules", "sequence" or "image".
            task: As the attribute.
            target_names: One name per column of `y`.
            class_names: One per class.
            vocabulary: The token of each id.
            skipped: The rows that were left out.
            parts: "train", "val" or "test" for each graph, or "", where the source
                says so.
        """
        super().__init__()
        self._data = data
        self.slices = dict(slices)
        self.name = name
        self.kind = kind
        self.task = task
        self.target_names = tuple(target_names)
        self.class_names = tuple(class_names)
        self.vocabulary = tuple(vocabulary)
        self.skipped = tuple(skipped)
        self._parts = tuple(parts)

    def get(self, idx: int) -> Data:
        """Returns graph `idx`, as views of the long tensors.

        PyG's own method returns the concatenation itself where there is one graph.

        Args:
            idx: Position in the whole dataset.
        """
        if self.slices is None:  # a copy of one graph, made by PyG
            return copy.copy(self._graphs)
        return separate(Data, self._graphs, idx, self.slices, decrement=False)

    @property
    def _graphs(self) -> Data:
        assert isinstance(self._data, Data)
        return self._data

    @property
    def y(self) -> Shaped[Tensor, "num_rows num_targets"]:
        """The targets of these graphs, in order: a row each, or one per node."""
        y = self._graphs.y
        assert isinstance(y, Tensor)
        chosen = torch.tensor(list(self.indices()), dtype=torch.long)
        ptr = self.slices["y"] if self.slices else torch.tensor([0, len(y)])
        sizes = ptr[chosen + 1] - ptr[chosen]
        first = ptr[chosen] - sizes.cumsum(0) + sizes
        return y[torch.arange(int(sizes.sum())) + first.repeat_interleave(sizes)]

    @property
    def smiles(self) -> list[str]:
        """The SMILES of these graphs, in order; molecules only."""
        return [self._graphs.smiles[index] for index in self.indices()]

    @property
    def ids(self) -> list[str]:
        """What these graphs are called, in order; where the source says so."""
        return [self._graphs.id[index] for index in self.indices()]

    @property
    def parts(self) -> list[str]:
        """The part of each of these graphs, in order; empty where none is given."""
        return [self._parts[index] for index in self.indices()] if self._parts else []

    def __repr__(self) -> str:
        """Names the dataset and its size."""
        return f"GraphDataset({self.name}, {len(self)} graphs, {self.kind})"
