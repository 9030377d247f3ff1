"""`graphattn predict` and `graphattn explain`: the models that a study has left."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from graphattn.cli.console import Debug, Json, console, plain_errors

if TYPE_CHECKING:
    from graphattn.compare.folder.trained import Trained

Study = Annotated[Path, typer.Argument(help="The folder of a study.")]
Structure = Annotated[
    str | None, typer.Option(help="Whose models. Default: edges, where there are.")
]
OfData = Annotated[
    str | None, typer.Option("--data", help="Of which data, if there are several.")
]
Out = Annotated[Path | None, typer.Option(help="A csv to write. Default: stdout.")]


def predict(
    study: Study,
    table: Annotated[
        Path | None,
        typer.Argument(
            help="A csv of molecules. A network has no other nodes: leave it out, and "
            "all of its nodes are predicted."
        ),
    ] = None,
    structure: Structure = None,
    data: OfData = None,
    smiles: Annotated[str, typer.Option(help="Column of SMILES.")] = "smiles",
    out: Out = None,
    debug: Debug = False,
) -> None:
    """Predict with all models of a structure: their mean, and how far they disagree.

    Every column of the csv is kept. For numbers come the mean and the standard
    deviation over the models; for classes the likeliest, its chance, and the deviation
    of that chance over the models.
    """
    with plain_errors(debug):
        from graphattn._errors import require
        from graphattn.compare import answers
        from graphattn.compare.folder.trained import trained

        models = trained(study, structure, data)
        rows: list[dict[str, Any]]
        if models.describes["kind"] == "molecules":
            rule = "say which csv of molecules to predict"
            require(table is not None, "predict", rule, {"study": str(study)})
            assert table is not None
            rows = _read(table)
            task = answers.molecules(answers.smiles_of(rows, smiles, table))
        else:
            task = answers.network(study, models)
            rows = [{"node": name} for name in task.node_names]
        found = answers.columns(models, models.predict(task))
        _give([row | new for row, new in zip(rows, found, strict=True)], out)


def explain(
    study: Study,
    smiles: Annotated[str | None, typer.Option(help="A molecule.")] = None,
    node: Annotated[str | None, typer.Option(help="A node of the network.")] = None,
    structure: Structure = None,
    data: OfData = None,
    top: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 12,
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

        models = trained(study, structure, data)
        pairs = _explained(study, models, smiles, node)
        if as_json:
            print(json.dumps(pairs))
        elif out is not None:
            _give(pairs, out)
        else:
            _show(pairs[:top], models)


def _explained(
    study: Path, models: "Trained", smiles: str | None, node: str | None
) -> list[dict[str, Any]]:
    from graphattn._errors import require
    from graphattn.compare import answers

    is_molecule = models.describes["kind"] == "molecules"
    wanted = smiles if is_molecule else node
    rule = f"say what to explain with --{'smiles' if is_molecule else 'node'}"
    require(wanted is not None, "explain", rule, {"study": str(study)})
    assert wanted is not None
    if is_molecule:
        task = answers.molecules([wanted])
        return answers.attended(models, task, answers.atoms(wanted))
    task = answers.network(study, models)
    rows = answers.position(task.node_names, wanted)
    return answers.attended(models, task, task.node_names, rows)


def _read(file: Path) -> list[dict[str, Any]]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


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


def _show(pairs: Sequence[dict[str, Any]], models: "Trained") -> None:
    title = f"{models.structure}: mean of {len(models.members)} models"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("node", "attends to", "weight", "± over models"):
        table.add_column(name, justify="left" if name in pairs[0] else "right")
    for pair in pairs:
        spread = "" if pair["std"] != pair["std"] else f"{pair['std']:.3f}"
        weight = f"{pair['weight']:.3f}"
        table.add_row(pair["node"], pair["attends to"], weight, spread)
    console().print(table)
