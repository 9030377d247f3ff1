"""Reads GraphML, GEXF, GML, Pajek and adjacency lists, through NetworkX."""

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from graphattn.datasets.compressed import plain_stem, plain_suffix, read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.network import Network
from graphattn.datasets.social.networkx_graph import attributes_of_nodes, network_of
from graphattn.datasets.social.node_columns import describe
from graphattn.datasets.social.node_table import label_among
from graphattn.datasets.social.reader import reader
from graphattn.datasets.texts import utf8

_CALLER = "datasets.load"
_READERS: dict[str, Callable[[Any, bytes], Any]] = {
    ".graphml": lambda nx, raw: nx.read_graphml(BytesIO(raw)),
    ".gexf": lambda nx, raw: nx.read_gexf(BytesIO(raw)),
    ".gml": lambda nx, raw: nx.parse_gml(raw.decode().split("\n")),
    ".net": lambda nx, raw: nx.parse_pajek(raw.decode()),
    ".pajek": lambda nx, raw: nx.parse_pajek(raw.decode()),
    ".adjlist": lambda nx, raw: nx.parse_adjlist(raw.decode().split("\n")),
}
SUFFIXES = tuple(_READERS)
"""Of the files that are read here."""


def network(
    path: Path,
    *,
    labels: str | Path | None = None,
    label: str | None = None,
    node_id: str | None = None,
    attributes: Sequence[str] | None = None,
    weight: str = "weight",
    edge_attributes: Sequence[str] = (),
    directed: bool | None = None,
    nan: Nan = "raise",
    encoding: str | None = None,
) -> Network:
    """Reads a network with what its file says of nodes and ties.

    Args:
        path: The file: graphml, gexf, gml, net or pajek, or adjlist; it may be packed.
        labels: A file of id and label, where the graph has no labels.
        label: The node attribute to predict, or the label column of `labels`. By
            default the one whose name says so, else the only one of few texts, if any.
        node_id: The column of ids in `labels`; by default found out.
        attributes: The node attributes to use; by default all but `label`.
        weight: The attribute of ties that becomes `edge_weight`.
        edge_attributes: Those that become `edge_attr`.
        directed: Whether a tie leads one way only; by default as the file says.
        nan: Whether an attribute that is NaN is an error or missing.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message says where and why.
        ImportError: NetworkX is not installed.
    """
    nx = need("networkx", "social")
    graph = _graph(nx, path, encoding)
    if directed is not None and directed != graph.is_directed():
        graph = graph.to_directed(as_view=True) if directed else _undirected(nx, graph)
    own = label if labels is None else None
    if labels is None and label is None:
        own = label_among(attributes_of_nodes(graph))
    found = network_of(
        graph,
        label=own,
        attributes=attributes,
        weight=weight,
        edge_attributes=edge_attributes,
    )
    found.name = plain_stem(path)
    if labels is not None:
        describe(found, path, labels, label=label, node_id=node_id, nan=nan)
    return found


read = reader(network)


def _graph(nx: Any, path: Path, encoding: str | None) -> Any:
    suffix = plain_suffix(path)
    rule = "there is no reader of graphs for files of this name"
    check(
        suffix in _READERS, _CALLER, rule, {"file": path.name, "known": list(SUFFIXES)}
    )
    raw = utf8(path.name, read_bytes(path), encoding)
    rule = "a document type, which could define entities without end, is not read; "
    rule += "remove the <!DOCTYPE ...>"
    plain = b"<!DOCTYPE" not in raw and b"<!ENTITY" not in raw
    check(plain, _CALLER, rule, {"file": path.name})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _READERS[suffix](nx, raw)
    except Exception as error:  # NetworkX raises whatever it runs into
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        rule = f"the file is no {suffix[1:]} that NetworkX can read: {reason[:200]}"
        raise DataError(f"{_CALLER}: {rule}. Got:\n  file = {path.name!r}") from None


def _undirected(nx: Any, graph: Any) -> Any:
    """Every tie once, as it stands; `to_undirected` would merge those both ways."""
    found = nx.MultiGraph()
    found.add_nodes_from(graph.nodes(data=True))
    found.add_edges_from(graph.edges(data=True))
    return found
