"""The features of nodes: attributes, identity, structure, or what a file has."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn.datasets.columns import Columns
from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Features, Nan, encode
from graphattn.datasets.social.structure import degrees, structural

Kind = Literal["attributes", "given", "identity", "structure", "degree"]
KINDS = ("attributes", "given", "identity", "structure", "degree")
MAX_IDENTITY = 5000
"""The largest network whose nodes get a column each without being asked for."""
MAX_STRUCTURE = 50_000
"""The most ties whose structure is measured without being asked for."""


def node_features(
    features: Kind | Sequence[Kind] | None,
    node_names: Sequence[str],
    ties: Int[Tensor, "2 num_ties"],
    attributes: Mapping[str, Sequence[object]],
    given: tuple[Tensor, Sequence[str]] | None,
    *,
    caller: str,
    nan: Nan,
    codings: Mapping[str, str] | None,
) -> tuple[Tensor, dict[str, object]]:
    """Returns the features of nodes, their names, the encoder, and what to report.

    Args:
        features: "attributes": numbers standardised, texts one column per value;
            "given": those of a file of features; "identity": one column per node;
            "structure": degree and the like; "degree": that and the neighbours' mean;
            or several. By default those given and the attributes; where there are
            none the identity, beyond `MAX_IDENTITY` nodes the structure, and beyond
            `MAX_STRUCTURE` ties the degree.
        node_names: One per node.
        ties: Positions of both ends; one direction is enough.
        attributes: The values of each, one per node.
        given: Features that a file has, and their names.
        caller: The public name the user called.
        nan: Whether an attribute that is NaN is an error or missing.
        codings: How some attributes become features, where not by their type.

    Raises:
        DataError: A number is not finite, or there is no such kind of features.
    """
    kinds: Sequence[str]
    if features is None:
        few = "structure" if ties.shape[1] <= MAX_STRUCTURE else "degree"
        other = "identity" if len(node_names) <= MAX_IDENTITY else few
        kinds = ["given"] * (given is not None) + ["attributes"] * bool(attributes)
        kinds = kinds or [other]
    else:
        kinds = [features] if isinstance(features, str) else features
    found = []
    for kind in kinds:
        rule = "there is no such kind of features"
        shown: dict[str, object] = {"features": kind, "known": list(KINDS)}
        check(kind in KINDS, caller, rule, shown)
        rule = "there is no file of features; give one with feature_file="
        check(kind != "given" or given is not None, caller, rule, {"features": kind})
        if kind == "given" and given is not None:
            found.append(Features(given[0], tuple(given[1]), {}, {}, Columns()))
        elif kind == "identity":
            x = torch.eye(len(node_names))
            found.append(Features(x, tuple(node_names), {}, {}, Columns()))
        elif kind == "attributes":
            found.append(
                encode(attributes, node_names, caller=caller, nan=nan, codings=codings)
            )
        else:
            measure = structural if kind == "structure" else degrees
            columns = measure(len(node_names), ties)
            found.append(encode(columns, node_names, caller=caller))
    check(len(found) > 0, caller, "features names no kind", {"features": features})
    return torch.cat([part.x for part in found], 1) if len(found) > 1 else found[0].x, {
        "names": [key for part in found for key in part.names],
        "columns": Columns(tuple(c for part in found for c in part.columns.columns)),
        "missing": {key: n for part in found for key, n in part.missing.items()},
        "ignored": {key: why for part in found for key, why in part.ignored.items()},
    }


def standardise_on(
    x: Float[Tensor, "num_nodes num_features"],
    names: Sequence[str],
    columns: Columns,
    rows: Int[Tensor, " num_rows"],
) -> tuple[Columns, Float[Tensor, "num_nodes num_features"]]:
    """Standardises the encoded features anew, over some nodes only.

    Args:
        x: The features of nodes.
        names: Of all features.
        columns: What encoded some of them.
        rows: The nodes of the training part.

    Returns:
        The new encoder, and the new features.
    """
    position = {name: at for at, name in enumerate(names)}
    at = [position[name] for name in columns.names]
    columns, part = columns.refit(x[:, at], rows)
    x = x.clone()
    x[:, at] = part
    return columns, x
