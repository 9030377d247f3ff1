"""Reads many small graphs: a json of edge lists, and a table of their labels."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data

from graphattn.datasets.compressed import plain_stem
from graphattn.datasets.errors import Skipped, check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.json_file import parse_json
from graphattn.datasets.social.attributes import encode
from graphattn.datasets.social.node_columns import beside
from graphattn.datasets.social.node_table import NodeTable, read_nodes
from graphattn.datasets.social.structure import degrees
from graphattn.datasets.social.ties import edges_of

_CALLER = "datasets.load"
_RULE = (
    'graphs must be an object with a list of ties per graph, {"7": [[0, 1], ...], ...}'
)
MAX_NODES = 1 << 28
"""In all graphs; more are refused before memory is asked for."""


def read(
    path: Path,
    *,
    labels: str | Path | None = None,
    name: str | None = None,
    directed: bool = False,
    label: str | None = None,
) -> GraphDataset:
    """Reads many small networks, to classify each as a whole.

    The nodes of a graph are 0 to the largest number in its ties. The features of a node
    are its degree and that of its neighbours (logarithms, standardised over all
    graphs). Repeated ties count once. A graph without ties is left out, and listed.

    Args:
        path: A json object: for each graph the pairs of nodes that are tied.
        labels: A table of the id of each graph and its label.
        name: Of the dataset; by default that of the file.
        directed: Whether a tie leads from its first node to its second only.
        label: Name of the label column; by default found by its name.

    Raises:
        DataError: A file cannot be used; the message names graph and tie.
    """
    rule = "the label of each graph is missing; give a table of them with labels="
    check(labels is not None, _CALLER, rule, {"file": path.name})
    assert labels is not None
    found = parse_json(path)
    good = isinstance(found, dict) and len(found) > 0
    check(good, _CALLER, _RULE, {"file": path.name})
    table = read_nodes(beside(path, labels), "labels", label=label, ids=lambda: found)
    y, class_names = _classes(path, table, found)
    ends = {graph: _ends(path, graph, ties) for graph, ties in found.items()}
    full = [graph for graph in found if ends[graph].shape[1] > 0]
    check(len(full) > 0, _CALLER, "no graph has a tie", {"file": path.name})
    sizes, edges = _edges(path, [ends[graph] for graph in full], directed)
    counts = np.array([one.shape[1] for one in edges])
    edge_index = np.concatenate(edges, axis=1)
    begins = np.concatenate([[0], np.cumsum(sizes)])
    x = _features(edge_index, begins, counts)
    cuts = {"x": begins, "edge_index": np.concatenate([[0], np.cumsum(counts)])}
    slices = {key: torch.from_numpy(cut) for key, cut in cuts.items()}
    slices["y"] = slices["graph_names"] = torch.arange(len(full) + 1)
    targets = torch.tensor([[y[graph]] for graph in full])
    edges = torch.from_numpy(edge_index)
    data = Data(x=x, edge_index=edges, y=targets, graph_names=full)
    return GraphDataset(
        data,
        slices,
        name=name or plain_stem(path),
        kind="social",
        task="classification",
        target_names=["label"],
        class_names=class_names,
        skipped=[
            Skipped(row, graph, "the graph has no tie")
            for row, graph in enumerate(found, start=1)
            if ends[graph].shape[1] == 0
        ],
    )


def _edges(
    path: Path, ends: list[np.ndarray], directed: bool
) -> tuple[np.ndarray, list[np.ndarray]]:
    """How many nodes each graph has, and its edges."""
    sizes = np.array([int(of.max()) + 1 for of in ends])
    given = {"file": path.name, "nodes": int(sizes.sum())}
    most = min(MAX_NODES, 1000 + 100 * sum(of.shape[1] for of in ends))
    rule = f"the nodes of all graphs must be no more than {most}; number them from 0"
    check(int(sizes.sum()) <= most, _CALLER, rule, given)
    once = [np.unique(_sorted(of, directed), axis=1) for of in ends]
    pairs = zip(once, sizes.tolist(), strict=True)
    return sizes, [edges_of(of, size, directed, False)[0] for of, size in pairs]


def _ends(path: Path, graph: str, ties: Any) -> np.ndarray:
    given = {"file": path.name, "graph": graph}
    check(isinstance(ties, list), _CALLER, _RULE, given)
    for at, tie in enumerate(ties, start=1):
        good = isinstance(tie, list) and len(tie) == 2
        good = good and all(type(end) is int and 0 <= end < MAX_NODES for end in tie)
        if not good:
            given |= {"tie": at, "value": tie}
            check(False, _CALLER, "a tie must be two numbers of nodes, from 0", given)
    return np.array(ties, dtype=np.int64).reshape(-1, 2).T


def _sorted(ends: np.ndarray, directed: bool) -> np.ndarray:
    return ends if directed else np.sort(ends, axis=0)


def _classes(
    path: Path, table: NodeTable, graphs: dict[str, Any]
) -> tuple[dict[str, int], list[str]]:
    assert table.labels is not None
    by_id = dict(zip(table.ids, table.labels, strict=True))
    for graph in graphs:
        given = {"file": path.name, "graph": graph, "labels": table.file}
        known = by_id.get(graph) is not None
        check(known, _CALLER, "a graph has no label; add it, or remove it", given)
    for row, graph in enumerate(table.ids, start=1):
        given = {"file": table.file, "row": row, "id": graph, "graphs": path.name}
        rule = "a label is that of no graph; remove it, or add the graph"
        check(graph in graphs, _CALLER, rule, given)
    classes = sorted(
        {by_id[graph] for graph in graphs}, key=lambda v: (str(type(v)), v)
    )
    number = {value: at for at, value in enumerate(classes)}
    return {g: number[by_id[g]] for g in graphs}, [str(value) for value in classes]


def _features(
    edge_index: np.ndarray, begins: np.ndarray, counts: np.ndarray
) -> torch.Tensor:
    apart = torch.from_numpy(edge_index + np.repeat(begins[:-1], counts))
    measures = degrees(int(begins[-1]), apart)
    return encode(measures, (), caller=_CALLER).x
