"""A data set made ready for comparison: tensors, columns, targets."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import one_hot
from torch_geometric.data import Batch, Data

from graphattn._errors import require
from graphattn.compare.graphs import Graphs, Pairs, pointers
from graphattn.datasets import ATOM_SIZES, BOND_SIZES, GraphDataset
from graphattn.datasets.masks import parts_of
from graphattn.models import Columns
from graphattn.training import (
    OF_ANSWERS,
    OF_CLASSES,
    OF_NUMBERS,
    Classification,
    Labels,
    Objective,
    Regression,
    metric_named,
)

Level = Literal["graph", "node"]


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be predicted, and from what.

    Attributes:
        name: Of the data set.
        kind: "molecules", "social", "sequence" or "image".
        level: Whether one prediction is made per graph or per node.
        graphs: The graphs with their targets.
        nodes: Columns of the node features.
        edges: Columns of the edge features; None where there are none.
        outputs: Targets, or classes.
        is_regression: Whether the targets are numbers.
        target: What is predicted, for titles.
        smiles: Of molecules.
        node_names: Of a network.
        class_names: Of classes.
        parts: "train", "val", "test" or "" for each item, where the data say so.
        vocabulary: Of sequences: the token of each value of the first column.
        places: Of images: column and row of each node.
    """

    name: str
    kind: str
    level: Level
    graphs: Graphs
    nodes: Columns
    edges: Columns | None
    outputs: int
    is_regression: bool
    target: str
    smiles: tuple[str, ...] = ()
    node_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    places: Int[Tensor, "num_nodes 2"] | None = None

    @property
    def is_labels(self) -> bool:
        """Whether several questions are answered by yes or no, or some are not."""
        return not self.is_regression and self.graphs.y.is_floating_point()

    @property
    def num_items(self) -> int:
        """How many items a split deals out: the nodes of a network, or the graphs."""
        return len(self.graphs.y) if self.level == "node" else self.graphs.num_graphs

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that suit, the default first.

        Of molecules in two classes one is mostly rare: they are judged by ROC-AUC, as
        in MoleculeNet.
        """
        if self.is_regression:
            return OF_NUMBERS
        if self.is_labels:
            return OF_ANSWERS
        if self.outputs != 2:
            return OF_CLASSES
        both = (OF_ANSWERS, OF_CLASSES)
        first, second = both if self.kind == "molecules" else reversed(both)
        return (*first, *second)

    def judged_by(self, metric: str | None) -> str:
        """Returns the name of the metric of a run.

        Args:
            metric: The one asked for, as `metric_named` reads it; None is the first of
                `metrics`.

        Raises:
            ValueError: It does not suit the data.
        """
        name = self.metrics[0] if metric is None else metric_named(metric)
        classes = "answers" if self.is_labels else f"{self.outputs} classes"
        predicted = "numbers" if self.is_regression else classes
        require(
            name in self.metrics,
            "compare",
            "this metric does not suit the data; take one of `known`",
            {
                "metric": name,
                "data": self.name,
                "predicted": predicted,
                "known": list(self.metrics),
            },
        )
        return name

    @property
    def about(self) -> str:
        """The data in one line."""
        nodes = len(self.graphs.x)
        if self.level == "node":
            ties = self.graphs.edges.index.shape[1]
            return f"1 network, {nodes:,} nodes, {ties:,} directed edges"
        graphs = self.graphs.num_graphs
        what = {"sequence": "sequences", "image": "images", "social": "networks"}
        kind, mean = what.get(self.kind, self.kind), nodes / graphs
        return f"{graphs:,} {kind} of {mean:.1f} nodes on average"

    def to(self, device: str) -> "Task":
        """Returns the task with its graphs on `device`."""
        return replace(self, graphs=self.graphs.to(device))

    def objective(
        self, train: Int[Tensor, " rows"], metric: str | None = None
    ) -> Objective:
        """Returns the loss and metric; numbers are standardised on the training part.

        Args:
            train: Positions of the training items.
            metric: As in `judged_by`.
        """
        name = self.judged_by(metric)
        if self.is_regression:
            return Regression.of(self.graphs.y[train], name)
        return Labels(name) if self.is_labels else Classification(name)


def prepare(data: Data | GraphDataset) -> Task:
    """Makes a task of what `graphattn.datasets.load` returned.

    Args:
        data: One graph with labels on its nodes, or many graphs with targets.

    Raises:
        ValueError: Features are not finite or an edge names a node that is not there.
    """
    if isinstance(data, GraphDataset):
        return _of_many(data)
    return _of_one(data)


def _of_one(data: Data) -> Task:
    x, y, edge_index = data.x, data.y, data.edge_index
    assert isinstance(x, Tensor)
    assert isinstance(edge_index, Tensor)
    name = str(data.name)
    _check(name, x, edge_index, None)
    require(
        isinstance(y, Tensor) and not y.is_floating_point() and len(y) == len(x),
        "compare",
        "a network needs one class per node; give a file of them with --labels, and "
        "name its column with --label",
        {"data": name, "y": y},
    )
    assert isinstance(y, Tensor)
    one = torch.tensor([0, len(x)])
    edges = Pairs(edge_index, torch.tensor([0, edge_index.shape[1]]))
    class_names = tuple(str(label) for label in data.class_names)
    return Task(
        name=name,
        kind=str(data.kind),
        level="node",
        graphs=Graphs(x, one, edges, y),
        nodes=Columns.of(x),
        edges=None,
        outputs=len(class_names),
        is_regression=False,
        target="class of a node",
        node_names=tuple(str(node) for node in data.node_names),
        class_names=class_names,
        parts=parts_of(data),
    )


def _of_many(data: GraphDataset) -> Task:
    require(
        data.y.shape[1] > 0,
        "compare",
        "there is no target to learn; name its column with --target",
        {"data": data.name, "target_names": list(data.target_names)},
    )
    require(
        data.task in ("regression", "classification", "tagging"),
        "compare",
        "only data with a target for each graph, or each node, can be compared: "
        "translation needs a decoder, whose attention these structures are not",
        {"data": data.name, "task": data.task},
    )
    joined: Any = Batch.from_data_list([data.get(k) for k in data.indices()])
    x, attr = joined.x, joined.edge_attr
    _check(data.name, x, joined.edge_index, attr)
    counts = torch.bincount(joined.batch, minlength=len(data))
    edges = Pairs.by_graph(joined.edge_index, joined.batch, len(data), attr)
    y, outputs = _targets(data)
    task = Task(
        name=data.name,
        kind=data.kind,
        level="graph",
        graphs=Graphs(x, pointers(counts), edges, y, data.task == "tagging"),
        nodes=Columns.of(x),
        edges=None if attr is None else Columns.of(attr),
        outputs=outputs,
        is_regression=data.task == "regression",
        target=", ".join(data.target_names),
        smiles=tuple(joined.get("smiles") or ()),
        class_names=tuple(str(label) for label in data.class_names),
        parts=tuple(data.parts),
        vocabulary=tuple(data.vocabulary),
    )
    if data.kind == "molecules" and not x.is_floating_point():
        atoms = Columns(len(ATOM_SIZES), tuple(ATOM_SIZES))
        return replace(
            task, nodes=atoms, edges=Columns(len(BOND_SIZES), tuple(BOND_SIZES))
        )
    if data.kind in ("molecules", "social"):  # their nodes have no order
        return task
    return _with_position(task, joined.get("pos"))


def _targets(data: GraphDataset) -> tuple[Tensor, int]:
    y = data.y
    if data.task == "regression" or y.shape[1] > 1 or y.is_floating_point():
        return y.float(), y.shape[1]
    return y.view(-1), len(data.class_names) or int(y.max()) + 1


def _with_position(task: Task, pos: Tensor | None) -> Task:
    # A sequence or an image without positions would be a bag to full attention, while
    # an adjacency tells neighbours apart: every structure is told where a node stands.
    graphs = task.graphs
    grid = None
    if pos is not None:  # one column per row and column of the grid
        grid = (pos - pos.amin(0)).round().long()
        place = torch.cat([one_hot(axis).to(graphs.x) for axis in grid.T], dim=1)
    else:
        first = graphs.ptr[:-1].repeat_interleave(graphs.sizes)
        place = (torch.arange(len(graphs.x)) - first)[:, None]
    x = torch.cat([graphs.x, place], dim=1)
    graphs = replace(graphs, x=x)
    return replace(task, graphs=graphs, nodes=Columns.of(x), places=grid)


def _check(name: str, x: Tensor, edge_index: Tensor, attr: Tensor | None) -> None:
    for what, values in {"x": x, "edge_attr": attr}.items():
        if values is not None and values.is_floating_point():
            bad = (~values.isfinite()).nonzero()
            require(
                len(bad) == 0,
                "compare",
                f"{what} must be finite: NaN and infinity cannot be learned from",
                {"data": name, f"first bad row and column of {what}": bad[:1].tolist()},
            )
    outside = (edge_index < 0) | (edge_index >= len(x))
    require(
        not bool(outside.any()),
        "compare",
        "an edge names a node that is not there",
        {
            "data": name,
            "num_nodes": len(x),
            "first bad edges": edge_index[:, outside.any(0)].T[:3].tolist(),
        },
    )
