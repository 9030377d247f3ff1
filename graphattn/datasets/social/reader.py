"""What makes a reader of networks out of a function that only reads a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn.datasets.errors import DataError
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.network import Network, to_data
from graphattn.datasets.social.node_features import Kind
from graphattn.datasets.social.ties import Duplicates, Leave, Rules

_CALLER = "datasets.load"


@dataclass(frozen=True)
class Options:
    """How a network becomes a graph, whatever it was read from.

    Attributes:
        features: As in `from_networkx`; "given" are those of a file of features.
        codings: How attributes become features, where not by their type: "standard",
            "as given", "one-hot", "codes", "hashed" or "ignore".
        nan: Whether an attribute that is NaN is an error or missing.
        duplicates: Whether rows of the same tie are an error ("raise"), ties of their
            own ("keep"), or one ("merge"), weights added up and all else as in the
            first row. By default what suits the kind of file: those of edge lists and
            matrices are merged, but not ties with times.
        self_loops: "keep", "drop" or "raise".
        isolated: What to do with nodes without ties: "keep", "drop" or "raise".
        unlabelled: What to do with nodes without label where others have one: "keep"
            them with class -1, "drop" or "raise".
        name: Of the dataset; by default that of the file.
    """

    features: Kind | Sequence[Kind] | None = None
    codings: Mapping[str, str] | None = None
    nan: Nan = "raise"
    duplicates: Duplicates | None = None
    self_loops: Leave = "keep"
    isolated: Leave = "keep"
    unlabelled: Leave = "keep"
    name: str | None = None

    def rules(self, duplicates: Duplicates) -> Rules:
        """Returns the rules for what is unusual.

        Args:
            duplicates: What becomes of several rows of a tie, where nothing is said.
        """
        duplicates = self.duplicates or duplicates
        return Rules(duplicates, self.self_loops, self.isolated, self.unlabelled)

    def graph(self, network: Network, caller: str) -> Data:
        """Returns the graph that `network` becomes.

        Args:
            network: What was read.
            caller: The public name the user called.

        Raises:
            DataError: As `to_data`.
        """
        network.name = self.name or network.name
        return to_data(
            network,
            caller=caller,
            features=self.features,
            nan=self.nan,
            codings=self.codings,
            rules=self.rules(network.duplicates),
        )


_SHARED = {field.name: field for field in fields(Options)}


def reader(network: Callable[..., Network]) -> Callable[..., Data]:
    """Returns the reader that makes a graph of what `network` reads.

    It takes the arguments of `network` and, as keywords, those of `Options`; an option
    that `network` has a parameter for is given to it, too.

    Args:
        network: Reads a file; pure.
    """
    own = signature(network)
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=field.default)
        for name, field in _SHARED.items()
        if name not in own.parameters
    ]

    @wraps(network)
    def read(path: Path, /, *args: Any, **given: Any) -> Data:
        options = Options(**{key: given[key] for key in _SHARED if key in given})
        options.rules("keep").verify(_CALLER)  # before a long file is read
        known = own.parameters
        kept = {k: v for k, v in given.items() if k in known or k not in _SHARED}
        try:
            return options.graph(network(path, *args, **kept), _CALLER)
        except DataError as error:
            if "\n  file = " in str(error):
                raise
            raise DataError(f"{error}\n  file = {path.name!r}") from None

    read.__signature__ = own.replace(  # pyright: ignore[reportAttributeAccessIssue]
        parameters=[*own.parameters.values(), *shared], return_annotation=Data
    )
    return read
