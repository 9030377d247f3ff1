"""`graphattn predict` and `graphattn explain`: the models that a study has left."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from graphattn.cli.console import Debug, Json, console, plain_errors

if TYPE_CHECKING:
    from torch import Tensor

    from graphattn.compare.asked import Asked
    from graphattn.compare.folder.trained import Trained
    from graphattn.compare.task import Task

_MOST_PROBLEMS = 10  # that are listed

Study = Annotated[Path, typer.Argument(help="The folder of a study.")]
OfData = Annotated[
    str | None, typer.Option("--data", help="Of which data, if there are several.")
]
Out = Annotated[Path | None, typer.Option(help="A csv to write.")]


def predict(
    study: Study,
    table: Annotated[
        Path | None,
        typer.Argument(
            help="A csv of molecules, or with a column `node` of nodes of the study's "
            "network; without it all of its nodes are predicted."
        ),
    ] = None,
    structure: Annotated[
        str | None, typer.Option(help="Whose models. Default: edges, where there are.")
    ] = None,
    data: OfData = None,
    smiles: Annotated[
        str | None,
        typer.Option(help="Column of SMILES. Default: as in the study, or found."),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Predict with all models of a structure: their mean, and how far they disagree.

    Every row and column of the csv is kept. For numbers come the mean and the standard
    deviation over the models; for classes the likeliest, its chance, the deviation of
    that chance and the share of models that agree; then why a row has no answer.
    """
    with plain_errors(debug):
        from graphattn.compare.asked import asked
        from graphattn.compare.folder.trained import trained

        _check(out)
        models = trained(study, structure, data)
        questions = asked(study, models, table, smiles)
        rows = questions.answered(models)
        if as_json:
            print(json.dumps(rows, allow_nan=False))
        if out is not None or not as_json:
            _give(rows, out)
        _tell(questions)


def explain(
    study: Study,
    smiles: Annotated[str | None, typer.Option(help="A molecule.")] = None,
    node: Annotated[str | None, typer.Option(help="A node of the network.")] = None,
    structure: Annotated[
        str | None,
        typer.Option(
            help="Whose models; several with commas. Default: edges, where there are."
        ),
    ] = None,
    data: OfData = None,
    top: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 12,
    picture: Annotated[
        Path | None, typer.Option(help="A png, svg or pdf to draw.")
    ] = None,
    out: Out = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Show whom the atoms of a molecule, or a node, attend to.

    The weight of a pair is the mean over layers, heads and models; beside it stands the
    standard deviation over the models. `--out` and `--json` have all pairs.
    """
    with plain_errors(debug):
        from graphattn.compare.folder.trained import trained

        _check(out, picture)
        names = structure.split(",") if structure else [None]
        found = [trained(study, name and name.strip(), data) for name in names]
        task, node_names, at = _subject(study, found[0], smiles, node)
        every = _weights(found, task, at)
        pairs = _pairs(every, node_names, at)
        if picture is not None:
            _draw(picture, task, every, at)
        if out is not None:
            _give([pair for own in pairs.values() for pair in own], out)
        if as_json:
            print(json.dumps([pair for own in pairs.values() for pair in own]))
            return
        for models in found:
            _show(pairs[models.structure], top, models)


def _subject(
    study: Path, models: "Trained", smiles: str | None, node: str | None
) -> "tuple[Task, list[str], int | None]":
    from graphattn._errors import require
    from graphattn.compare import answers
    from graphattn.datasets import from_molecules

    is_molecule = models.describes["kind"] == "molecules"
    wanted = smiles if is_molecule else node
    rule = f"say what to explain with --{'smiles' if is_molecule else 'node'}"
    require(wanted is not None, "explain", rule, {"study": str(study)})
    assert wanted is not None
    if is_molecule:
        task = answers.molecules(from_molecules([wanted], [0.0]), models)
        return task, answers.atoms(task), None
    task = answers.network(study, models)
    return task, list(task.node_names), answers.position(task.node_names, wanted)


def _weights(
    found: "Sequence[Trained]", task: "Task", at: int | None
) -> "dict[str, Tensor]":
    from graphattn.compare import answers

    return {one.structure: answers.weights(one, task, at) for one in found}


def _pairs(
    every: "dict[str, Tensor]", names: Sequence[str], at: int | None
) -> dict[str, list[dict[str, Any]]]:
    from graphattn.compare import answers

    return {
        name: [{"structure": name, **pair} for pair in answers.attended(own, names, at)]
        for name, own in every.items()
    }


def _draw(
    picture: Path, task: "Task", every: "dict[str, Tensor]", at: int | None
) -> None:
    from graphattn.report.explained import draw_explained, write_picture

    means = {name: own.mean(0) for name, own in every.items()}
    write_picture(picture, draw_explained(task, means, at))


def _check(out: Path | None, picture: Path | None = None) -> None:
    from graphattn._errors import require

    for name, file in {"out": out, "picture": picture}.items():
        there = file is None or (file.parent.is_dir() and not file.is_dir())
        rule = "there is no folder for this file"
        require(there, "graphattn", rule, {name: str(file)})
    if picture is not None:
        from graphattn.report.explained import check_picture

        check_picture(picture)


def _give(rows: Sequence[dict[str, Any]], out: Path | None) -> None:
    from graphattn.compare.folder import write_atomically

    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    if out is None:
        print(text.getvalue(), end="")
    else:
        write_atomically(out, lambda path: path.write_text(text.getvalue(), "utf-8"))


def _tell(questions: "Asked") -> None:
    from graphattn.compare.counted import counted

    bad = [(row, why) for row, why in enumerate(questions.problems, 1) if why]
    if not bad:
        return
    lines = [f"{len(bad)} of {counted(len(questions.rows), 'row')} without an answer:"]
    lines += [f"  row {row}: {why}" for row, why in bad[:_MOST_PROBLEMS]]
    if len(bad) > _MOST_PROBLEMS:
        lines.append(f"  and {len(bad) - _MOST_PROBLEMS} more")
    console(stderr=True).print("\n".join(lines), markup=False)


def _show(pairs: Sequence[dict[str, Any]], top: int, models: "Trained") -> None:
    from graphattn.compare.counted import counted

    title = f"{models.structure}: mean of {counted(len(models.members), 'model')}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("node", "attends to", "weight", "± over models"):
        table.add_column(name, justify="left" if name in pairs[0] else "right")
    for pair in pairs[:top]:
        spread = "" if pair["std"] is None else f"{pair['std']:.3f}"
        who, whom = escape(pair["node"]), escape(pair["attends to"])
        table.add_row(who, whom, f"{pair['weight']:.3f}", spread)
    console().print(table)
