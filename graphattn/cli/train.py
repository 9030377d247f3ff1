"""`graphattn train`: models of one structure, without a comparison."""

from pathlib import Path
from typing import Annotated

import typer

from graphattn.cli.compare import compare
from graphattn.cli.console import Debug


def train(
    data: Annotated[str, typer.Argument(help="As `graphattn compare --data`.")],
    attention: Annotated[str, typer.Option(help="One structure.")] = "edges",
    seeds: Annotated[int | None, typer.Option(help="How many models.")] = None,
    epochs: Annotated[int | None, typer.Option()] = None,
    smiles: Annotated[str | None, typer.Option(help="Column of SMILES.")] = None,
    target: Annotated[str | None, typer.Option(help="Column of the target.")] = None,
    labels: Annotated[str | None, typer.Option(help="Labels of the nodes.")] = None,
    split: Annotated[str | None, typer.Option(help="As in compare.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Runs side by side.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the models.")] = Path(
        "graphattn-models"
    ),
    debug: Debug = False,
) -> None:
    """Train a few models of one structure, for `graphattn predict` and `explain`.

    It is a study with one row: it may be stopped and goes on, and `graphattn compare
    FOLDER --attention edges,full` makes a comparison of it.
    """
    compare(
        data=[data],
        attention=attention,
        baselines="none",
        seeds=seeds,
        epochs=epochs,
        smiles=smiles,
        target=target,
        labels=labels,
        split=split,
        jobs=jobs,
        out=out,
        debug=debug,
    )
