"""`graphattn train`: models of one structure, without a comparison."""

from pathlib import Path
from typing import Annotated

import typer

from graphattn.cli.compare import compare
from graphattn.cli.console import Debug, Json

_FILES = "Files"
_MODEL = "Model and training"
_AS_COMPARE = "As `graphattn compare`."


def _option(panel: str, about: str = _AS_COMPARE) -> object:
    return typer.Option(help=about, rich_help_panel=panel)


def train(
    data: Annotated[str, typer.Argument(help="As `graphattn compare --data`.")],
    attention: Annotated[str, typer.Option(help="One structure.")] = "edges",
    seeds: Annotated[int | None, typer.Option(help="How many models.")] = None,
    split: Annotated[str | None, typer.Option(help=_AS_COMPARE)] = None,
    metric: Annotated[str | None, typer.Option(help=_AS_COMPARE)] = None,
    epochs: Annotated[int | None, _option(_MODEL)] = None,
    score: Annotated[str | None, _option(_MODEL)] = None,
    heads: Annotated[int | None, _option(_MODEL)] = None,
    layers: Annotated[int | None, _option(_MODEL)] = None,
    hidden: Annotated[int | None, _option(_MODEL, "Width of the model.")] = None,
    smiles: Annotated[str | None, _option(_FILES, "Column of SMILES.")] = None,
    target: Annotated[str | None, _option(_FILES, "Column of the target.")] = None,
    labels: Annotated[str | None, _option(_FILES, "Labels of the nodes.")] = None,
    label: Annotated[str | None, _option(_FILES)] = None,
    source: Annotated[str | None, _option(_FILES)] = None,
    destination: Annotated[str | None, _option(_FILES)] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Runs side by side.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the models.")] = Path(
        "graphattn-models"
    ),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Train a few models of one structure, for `graphattn predict` and `explain`.

    It is a study with one row: it may be stopped and goes on, and `graphattn compare
    FOLDER --attention edges,full` makes a comparison of it.
    """
    compare(
        **{"data": [data], "attention": attention, "baselines": "none"},
        **{"seeds": seeds, "split": split, "metric": metric},
        **{"epochs": epochs, "score": score},
        **{"heads": heads, "layers": layers, "hidden": hidden, "smiles": smiles},
        **{"target": target, "labels": labels, "label": label, "source": source},
        **{"destination": destination, "device": device, "jobs": jobs, "out": out},
        as_json=as_json,
        debug=debug,
    )
