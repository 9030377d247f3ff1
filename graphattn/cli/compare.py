"""`graphattn compare`: attention on the edges against wider and full attention."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphattn.cli.console import Debug, Json, console, plain_errors

if TYPE_CHECKING:
    from graphattn.compare import Study

_MOST_JOBS = 8
_FILES = "Files"
_MODEL = "Model and training"


def compare(
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="A data set's name, a csv with a SMILES column and a target, or an "
            "edge list; repeat for several. Default: sodium_channel and karate."
        ),
    ] = None,
    attention: Annotated[
        str,
        typer.Option(help="Among edges, 2-hop, window:5, causal and full."),
    ] = "edges,2-hop,full",
    seeds: Annotated[
        int | None, typer.Option(help="Default: 5, or 10 on a single network.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(rich_help_panel=_MODEL)] = None,
    score: Annotated[
        str, typer.Option(help="dot, additive, gatv2 or gat.", rich_help_panel=_MODEL)
    ] = "dot",
    heads: Annotated[int, typer.Option(rich_help_panel=_MODEL)] = 4,
    layers: Annotated[int | None, typer.Option(rich_help_panel=_MODEL)] = None,
    hidden: Annotated[
        int, typer.Option(help="Width of the model.", rich_help_panel=_MODEL)
    ] = 64,
    split: Annotated[
        str | None,
        typer.Option(help="scaffold, random, stratified or per-class."),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    jobs: Annotated[
        int | None,
        typer.Option(help="Runs side by side. Default: one per processor, at most 8."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(help="Labels of an edge list's nodes.", rich_help_panel=_FILES),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(help="Column of the labels in that file.", rich_help_panel=_FILES),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Column of an edge's one end.", rich_help_panel=_FILES),
    ] = None,
    destination: Annotated[
        str | None,
        typer.Option(help="Column of its other end.", rich_help_panel=_FILES),
    ] = None,
    smiles: Annotated[
        str | None,
        typer.Option(help="Column of SMILES in a csv.", rich_help_panel=_FILES),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="Column of the target in a csv.", rich_help_panel=_FILES),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for results and pictures.")] = Path(
        "graphattn-results"
    ),
    as_json: Json = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer seeds and epochs: a first look.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Compare attention on the graph's edges with wider and full attention.

    The same model, initial parameters, batches and number of epochs; only who may
    attend to whom differs. Several seeds, paired.
    """
    with plain_errors(debug):
        from graphattn.compare import DEFAULT_DATA, Study, load_task, run_study
        from graphattn.report import (
            ProgressView,
            check_writable,
            print_outcome,
            to_json,
            write_report,
        )

        study = Study(
            attention=attention,
            seeds=seeds,
            channels=hidden,
            heads=heads,
            score=score,
            epochs=epochs,
            layers=layers,
            split=split,
            device=device,
            quick=quick,
        )
        check_writable(out)
        about_files = {"smiles": smiles, "target": target, "labels": labels}
        about_files |= {"label": label, "source": source, "destination": destination}
        tasks = [load_task(name, about_files) for name in data or DEFAULT_DATA]
        errors = console(stderr=True)
        with ProgressView(errors, study, tasks) as view:
            outcome = run_study(study, tasks, view, jobs=_jobs(jobs, study))
        files = write_report(outcome, out)
        if as_json:
            print(json.dumps(to_json(outcome), allow_nan=False))
        else:
            print_outcome(outcome, files, console())
        if outcome.interrupted:
            errors.print("Stopped; what was finished is written and shown.")
            raise typer.Exit(130)


def _jobs(asked: int | None, study: "Study") -> int:
    if asked is not None:
        return asked
    # Starting processes takes longer than a quick study; a GPU is one.
    from graphattn.compare import usable_processors

    alone = study.quick or study.device != "cpu"
    return 1 if alone else min(_MOST_JOBS, usable_processors())
