"""What tables of nodes say of the nodes of a network, whatever file has its ties."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.network import Network
from graphattn.datasets.social.node_table import NodeTable, read_nodes

_CALLER = "datasets.load"


def describe(
    network: Network,
    path: Path,
    labels: str | Path,
    *,
    label: str | None,
    node_id: str | None,
    nan: Nan,
) -> None:
    """Adds what a file of labels says of the nodes that `network` has.

    Args:
        network: Gets the labels, and the other columns as attributes.
        path: The file of the network.
        labels: A file of id and label.
        label: The label column of that file; by default found by its name.
        node_id: The column of ids in it; by default likewise.
        nan: Whether an attribute that is NaN is an error or missing.

    Raises:
        DataError: The file cannot be used, or none of its ids is that of a node.
    """
    names = network.node_names
    known = set(names)
    table = read_nodes(
        beside(path, labels),
        "labels",
        label=label,
        node_id=node_id,
        ids=lambda: known,
        nan=nan,
    )
    there = sum(node in known for node in table.ids)
    given = {"file": table.file, "ids": table.ids[:3], "nodes": list(names[:3])}
    rule = "no id in the file of labels is that of a node; name its column of ids"
    check(there > 0, _CALLER, rule, {**given, "network": path.name})
    network.labels = labels_of(table, names)
    network.attributes = {**network.attributes, **attributes_of([table], names)}
    network.report["labels_of_no_node"] = len(table.ids) - there


def beside(path: Path, file: str | Path) -> Path:
    """Finds a file named relative to the working folder, or to another file's.

    Args:
        path: The other file.
        file: As the user named it.
    """
    return Path(file) if Path(file).exists() else path.parent / file


def attributes_of(
    tables: Iterable[NodeTable], node_names: Sequence[str]
) -> dict[str, list[object]]:
    """Returns the attributes of nodes, None for one that a table has not.

    Args:
        tables: Of nodes.
        node_names: The nodes, in the order of the result.
    """
    found: dict[str, list[object]] = {}
    for table in tables:
        position = {node: index for index, node in enumerate(table.ids)}
        at = [position.get(node) for node in node_names]
        for key, values in table.attributes.items():
            found[key] = [None if i is None else values[i] for i in at]
    return found


def labels_of(
    table: NodeTable | None, node_names: Sequence[str]
) -> list[object] | None:
    """Returns the labels of nodes; None for all where there is no column of labels.

    Args:
        table: Of nodes.
        node_names: The nodes, in the order of the result.
    """
    if table is None or table.labels is None:
        return None
    by_id = dict(zip(table.ids, table.labels, strict=True))
    return [by_id.get(node) for node in node_names]
