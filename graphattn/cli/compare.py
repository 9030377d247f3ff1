"""`graphattn compare`: attention on the edges against wider and full attention."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphattn.cli.console import Debug, Json, console, plain_errors

if TYPE_CHECKING:
    from graphattn.compare import Study, Task

_MOST_JOBS = 8
_OUT = Path("graphattn-results")
_ABOUT_FILES = ("smiles", "target", "on_error", "labels", "label", "feature_file")
_ABOUT_FILES += ("source", "destination", "text")
_FILES = "Files"
_MODEL = "Model and training"


def compare(
    study: Annotated[
        Path | None,
        typer.Argument(
            help="A study.toml, or the folder of a study to go on with. Options given "
            "beside it count more."
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="A data set's name, or a file or folder of yours: molecules, a "
            "network, sentences, images, recordings; repeat for several. Default: "
            "sodium_channel and karate."
        ),
    ] = None,
    attention: Annotated[
        str | None,
        typer.Option(
            help="Among edges, 2-hop, window:5, causal and full. Default: "
            "edges,2-hop,full."
        ),
    ] = None,
    baselines: Annotated[
        str | None,
        typer.Option(
            help="Further rows: self (no neighbours), rewired (random edges of the "
            "same degrees), mean (a graph convolution), fingerprint (of "
            "molecules), or none. Default: all four."
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Default: 5, or 10 on a single network.")
    ] = None,
    splits: Annotated[
        int | None,
        typer.Option(
            help="Draws of the split, with all seeds on each. Default: one per seed."
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(rich_help_panel=_MODEL)] = None,
    score: Annotated[
        str | None,
        typer.Option(
            help="dot, additive, gatv2 or gat. Default: dot.", rich_help_panel=_MODEL
        ),
    ] = None,
    heads: Annotated[
        int | None, typer.Option(help="Default: 4.", rich_help_panel=_MODEL)
    ] = None,
    layers: Annotated[int | None, typer.Option(rich_help_panel=_MODEL)] = None,
    hidden: Annotated[
        int | None,
        typer.Option(help="Width of the model. Default: 64.", rich_help_panel=_MODEL),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="scaffold, random, stratified, per-class, or given: the data's own."
        ),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            help="RMSE or MAE of numbers; accuracy or macro-F1 of classes, ROC-AUC or "
            "average-precision of two."
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            help="In place of epochs: steps of each run.", rich_help_panel=_MODEL
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            help="In place of epochs: how long each run trains.", rich_help_panel=_MODEL
        ),
    ] = None,
    pairs: Annotated[
        int | None,
        typer.Option(
            help="In place of epochs: attended pairs of each run.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            help="Epochs without a better validation score before a run stops.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    tune: Annotated[
        int | None,
        typer.Option(
            help="Trials of rate and decay for every structure, by validation alone.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="cosine, linear or constant.", rich_help_panel=_MODEL),
    ] = None,
    accumulate: Annotated[
        int | None, typer.Option(help="Batches per step.", rich_help_panel=_MODEL)
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="32-true, bf16-mixed, 16-mixed.", rich_help_panel=_MODEL),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="cpu or cuda. Default: cpu.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(help="Runs side by side. Default: one per processor, at most 8."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="File of labels of nodes, or graphs.", rich_help_panel=_FILES
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(help="Column, or attribute, of labels.", rich_help_panel=_FILES),
    ] = None,
    feature_file: Annotated[
        str | None,
        typer.Option(help="File of features of nodes.", rich_help_panel=_FILES),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Column of sentences.", rich_help_panel=_FILES),
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
        typer.Option(
            help="Column of the target, or several: a,b.", rich_help_panel=_FILES
        ),
    ] = None,
    on_error: Annotated[
        str | None,
        typer.Option(
            help="raise or skip rows that are no molecule.", rich_help_panel=_FILES
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the study. Default: that of the study given, or "
            "graphattn-results."
        ),
    ] = None,
    as_json: Json = False,
    quick: Annotated[
        bool | None,
        typer.Option("--quick", help="Fewer seeds and epochs: a first look."),
    ] = None,
    full: Annotated[
        bool | None,
        typer.Option("--full", help="More seeds; at most 100 or 200 epochs, the best."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Compare attention on the graph's edges with wider and full attention.

    The same model, initial parameters, batches and number of epochs; only who may
    attend to whom differs. Several seeds, paired. Every run is kept in the folder as
    it ends: stopped at any moment, the same command goes on.
    """
    given = {
        **{"data": data, "attention": attention, "baselines": baselines},
        **{"seeds": seeds, "splits": splits, "steps": steps, "seconds": seconds},
        **{"pairs": pairs, "patience": patience, "schedule": schedule, "tune": tune},
        **{"accumulate": accumulate, "precision": precision},
        **{"epochs": epochs, "score": score, "heads": heads, "layers": layers},
        **{"hidden": hidden, "split": split, "metric": metric, "device": device},
        **{"quick": quick, "full": full},
        **{"smiles": smiles, "target": target, "labels": labels, "label": label},
        **{"source": source, "destination": destination, "text": text},
        **{"on_error": on_error, "feature_file": feature_file},
    }
    with plain_errors(debug):
        settings = _settings(study, given)
        interrupted = _compare(settings, _folder(study, out), jobs, as_json)
    if interrupted:
        raise typer.Exit(130)


def _compare(
    settings: dict[str, Any], out: Path, jobs: int | None, as_json: bool
) -> bool:
    from graphattn.compare import Study, load_task, run_study
    from graphattn.compare.folder import check_writable
    from graphattn.report import ProgressView, print_outcome, to_json, write_report

    study = Study(**_terms(settings))
    check_writable(out)
    about_files = {name: settings.get(name) for name in _ABOUT_FILES}
    tasks = [load_task(name, about_files) for name in settings["data"]]
    _describe(out, settings, tasks)
    errors = console(stderr=True)
    with ProgressView(errors, study, tasks) as view:
        outcome = run_study(study, tasks, view, jobs=_jobs(jobs, study), folder=out)
    files = write_report(outcome, out)
    if as_json:
        print(json.dumps(to_json(outcome), allow_nan=False))
    else:
        print_outcome(outcome, files, console())
    if outcome.interrupted:
        errors.print("Stopped; what was finished is written and shown.")
    return outcome.interrupted


def _settings(study: Path | None, given: dict[str, Any]) -> dict[str, Any]:
    from graphattn.compare import DEFAULT_DATA
    from graphattn.compare.folder import read_config
    from graphattn.compare.structures import BASELINES

    settings: dict[str, Any] = {"data": list(DEFAULT_DATA), "baselines": BASELINES}
    if study is not None:
        settings |= read_config(study / "study.toml" if study.is_dir() else study)
    return settings | {key: value for key, value in given.items() if value is not None}


def _folder(study: Path | None, out: Path | None) -> Path:
    if out is not None or study is None:
        return _OUT if out is None else out
    folder = study if study.is_dir() else study.parent
    return folder if (folder / "runs").is_dir() else _OUT


def _terms(settings: dict[str, Any]) -> dict[str, Any]:
    others = {"data", "hidden", *_ABOUT_FILES}
    terms = {key: value for key, value in settings.items() if key not in others}
    terms["baselines"] = terms["baselines"].replace("none", "")
    return terms | ({"channels": settings["hidden"]} if "hidden" in settings else {})


def _describe(out: Path, settings: dict[str, Any], tasks: "Sequence[Task]") -> None:
    from graphattn.compare.folder import checksum, write_atomically, write_config
    from graphattn.environment import environment

    paths = [Path(name) for name in settings["data"]]
    data = [str(path.resolve() if path.is_file() else path) for path in paths]
    write_config(out / "study.toml", {**settings, "data": data})
    sums = {
        task.name: {"about": task.about, "sha256": checksum(task)} for task in tasks
    }
    text = json.dumps({**environment(), "compared": sums}, indent=1)
    write_atomically(out / "environment.json", lambda path: path.write_text(text))


def _jobs(asked: int | None, study: "Study") -> int:
    if asked is not None:
        return asked
    # Starting processes takes longer than a quick study; a GPU is one.
    from graphattn.compare import usable_processors

    alone = study.quick or study.device != "cpu"
    return 1 if alone else min(_MOST_JOBS, usable_processors())
