"""What a user asks the models of a study: a table of molecules, or of nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphattn._errors import require
from graphattn.compare import answers
from graphattn.compare.folder import read_config
from graphattn.compare.folder.trained import Trained
from graphattn.compare.task import Task
from graphattn.datasets import from_molecules
from graphattn.datasets.molecules.table import smiles_column
from graphattn.datasets.tables import Table, read_table

PROBLEM = "problem"
_NODE_NAMES = ("node", "nodeid", "id", "name")


@dataclass(frozen=True, eq=False)
class Asked:
    """Rows of a table, in order, and where the answer to each will be.

    Attributes:
        rows: The cells of each row, by column.
        places: Position in `task` of what a row asks about; None where it cannot be
            used.
        problems: Why each row cannot be used; "" where it can.
        task: The molecules that can be predicted, or the network.
    """

    rows: Sequence[Mapping[str, str]]
    places: Sequence[int | None]
    problems: Sequence[str]
    task: Task

    def answered(self, models: Trained) -> list[dict[str, Any]]:
        """Returns every row with its answer; columns of the answer may be empty.

        Args:
            models: Who is asked.

        Raises:
            ValueError: The table has a column that is called like one of the answer.
        """
        found = answers.columns(models, models.predict(self.task))
        nothing = dict.fromkeys(found[0])
        for name in (*nothing, PROBLEM):
            require(
                name not in self.rows[0],
                "predict",
                "the file has a column that is called as one of the answer; rename it",
                {"column": name},
            )
        return [
            {**row, **(nothing if at is None else found[at]), PROBLEM: problem}
            for row, at, problem in zip(
                self.rows, self.places, self.problems, strict=True
            )
        ]


def asked(
    folder: Path, models: Trained, table: Path | None, smiles: str | None = None
) -> Asked:
    """Reads what the models are asked about.

    Args:
        folder: Of the study.
        models: Who will be asked.
        table: A csv or tsv of molecules, or of nodes of the study's network; None asks
            about all of its nodes.
        smiles: Name of the column of SMILES; by default the study's, else it is found.

    Raises:
        ValueError: The table cannot be used, or is missing; or no row of it can.
    """
    is_molecules = models.describes["kind"] == "molecules"
    network = None if is_molecules else answers.network(folder, models)
    if table is None:
        rule = "say which csv of molecules to predict"
        require(network is not None, "predict", rule, {"study": str(folder)})
        assert network is not None
        rows = [{"node": name} for name in network.node_names]
        return Asked(rows, range(len(rows)), [""] * len(rows), network)
    read = read_table(table)
    if network is not None:
        return _nodes(read, network)
    learned = read_config(folder / "study.toml").get("smiles")
    own = learned if learned in read.columns else None
    return _molecules(read, smiles_column(read, smiles or own), models)


def _molecules(table: Table, column: int, models: Trained) -> Asked:
    texts = table.values(column)
    data = from_molecules(texts, [0.0] * len(texts), on_error="skip")
    problems = [""] * len(texts)
    for skipped in data.skipped:
        problems[skipped.row - 1] = skipped.reason
    count = iter(range(len(data)))
    places = [None if problem else next(count) for problem in problems]
    return Asked(_rows(table), places, problems, answers.molecules(data, models))


def _nodes(table: Table, network: Task) -> Asked:
    column = table.guess(_NODE_NAMES)
    rule = "the file needs a column `node` with names of nodes of the network"
    given = {"file": table.file, "columns": list(table.columns)}
    require(column is not None, "predict", rule, given)
    assert column is not None
    where = {name: at for at, name in enumerate(network.node_names)}
    rows = _rows(table)
    places = [where.get(row[column]) for row in rows]
    problems = ["the network has no such node" * (at is None) for at in places]
    return Asked(rows, places, problems, network)


def _rows(table: Table) -> list[dict[str, str]]:
    twice = [name for name in table.columns if table.columns.count(name) > 1]
    rule = "two columns have one name; rename one of them"
    given = {"file": table.file, "column": twice[:1]}
    require(not twice, "predict", rule, given)
    return [dict(zip(table.columns, row.cells, strict=True)) for row in table.rows]
