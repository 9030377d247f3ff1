"""Reads GraphML, GEXF, GML, Pajek and adjacency lists, through NetworkX."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn.datasets.compressed import plain_stem, plain_suffix, read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.networkx_graph import from_networkx
from graphattn.datasets.social.node_features import Kind
from graphattn.datasets.social.ties import Duplicates, Leave
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


def read(
    path: Path,
    *,
    label: str | None = None,
    features: Kind | Sequence[Kind] | None = None,
    attributes: Sequence[str] | None = None,
    codings: Mapping[str, str] | None = None,
    weight: str = "weight",
    edge_attributes: Sequence[str] = (),
    directed: bool | None = None,
    duplicates: Duplicates = "keep",
    self_loops: Leave = "keep",
    isolated: Leave = "keep",
    unlabelled: Leave = "keep",
    nan: Nan = "raise",
    name: str | None = None,
    encoding: str | None = None,
) -> Data:
    """Reads a network with what its file says of nodes and ties.

    Args:
        path: The file: graphml, gexf, gml, net or pajek, or adjlist; it may be packed.
        label: The node attribute to predict.
        features: As in `from_networkx`.
        attributes: The node attributes to use; by default all but `label`.
        codings: How attributes become features, where not by their type.
        weight: The attribute of ties that becomes `edge_weight`.
        edge_attributes: Those that become `edge_attr`.
        directed: Whether a tie leads one way only; by default as the file says.
        duplicates: Whether several ties of two nodes are kept, merged or an error.
        self_loops: "keep", "drop" or "raise".
        isolated: What to do with nodes without ties: "keep", "drop" or "raise".
        unlabelled: What to do with nodes without label: "keep", "drop" or "raise".
        nan: Whether an attribute that is NaN is an error or missing.
        name: Of the dataset; by default that of the file.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message says where and why.
        ImportError: NetworkX is not installed.
    """
    nx = need("networkx", "social")
    suffix = plain_suffix(path)
    rule = "there is no reader of graphs for files of this name"
    check(
        suffix in _READERS, _CALLER, rule, {"file": path.name, "known": list(SUFFIXES)}
    )
    raw = utf8(path.name, read_bytes(path), encoding)
    rule = "a document type, which could define entities without end, is not read; "
    rule += "remove the <!DOCTYPE ...>"
    check(
        b"<!DOCTYPE" not in raw and b"<!ENTITY" not in raw,
        _CALLER,
        rule,
        {"file": path.name},
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = _READERS[suffix](nx, raw)
    except Exception as error:  # NetworkX raises whatever it runs into
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        rule = f"the file is no {suffix[1:]} that NetworkX can read: {reason[:200]}"
        raise DataError(f"{_CALLER}: {rule}. Got:\n  file = {path.name!r}") from None
    if directed is not None and directed != graph.is_directed():
        graph = graph.to_directed(as_view=True) if directed else _undirected(nx, graph)
    try:
        return from_networkx(
            graph,
            label=label,
            features=features,
            attributes=attributes,
            codings=codings,
            weight=weight,
            edge_attributes=edge_attributes,
            duplicates=duplicates,
            self_loops=self_loops,
            isolated=isolated,
            unlabelled=unlabelled,
            nan=nan,
            name=name or plain_stem(path),
        )
    except DataError as error:
        raise DataError(f"{error}\n  file = {path.name!r}") from None


def _undirected(nx: Any, graph: Any) -> Any:
    """Every tie once, as it stands; `to_undirected` would merge those both ways."""
    found = nx.MultiGraph()
    found.add_nodes_from(graph.nodes(data=True))
    found.add_edges_from(graph.edges(data=True))
    return found
