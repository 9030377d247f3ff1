"""The models that a study has left, ready for data of the user's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.compare.folder.places import TERMS
from graphattn.compare.folder.records import read_record
from graphattn.compare.folder.weights import load_weights
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import model_of, scoring_batches
from graphattn.compare.specification import Specification
from graphattn.compare.structures import structure
from graphattn.compare.task import Task
from graphattn.models import Predictor


@dataclass(frozen=True, eq=False)
class Member:
    """One trained model.

    Attributes:
        seed: Of its run.
        model: In evaluation mode.
        mean: Of the targets over its training part; None for classes.
        std: Their deviation.
    """

    seed: int
    model: Predictor
    mean: Float[Tensor, " targets"] | None
    std: Float[Tensor, " targets"] | None


@dataclass(frozen=True, eq=False)
class Trained:
    """All models of one structure on one data set.

    Attributes:
        structure: Its name.
        terms: Of their training.
        describes: What is predicted: `target`, `class_names`, `kind`, `is_labels`.
        specification: What each model is made of.
        members: One per run.
    """

    structure: str
    terms: dict[str, Any]
    describes: dict[str, Any]
    specification: Specification
    members: tuple[Member, ...]

    @torch.no_grad()
    def predict(self, task: Task) -> Float[Tensor, "members rows outputs"]:
        """Returns what each model says: numbers in the unit of the data, or chances.

        Args:
            task: The data; its targets are not looked at.
        """
        rule = structure(self.structure)
        rows = torch.arange(len(task.graphs.y))
        found = []
        for member in self.members:
            pairs = self.pairs(task, member)
            batches = scoring_batches(task, pairs, rows)
            out = torch.cat([member.model(batch) for batch in batches])
            found.append(self._in_units(out, member))
        require(len(found) > 0, "predict", "no model", {"structure": rule.name})
        return torch.stack(found)

    def pairs(self, task: Task, member: Member) -> Pairs | None:
        """Returns who attends to whom in some data, as the model was trained.

        Args:
            task: The data.
            member: The model.
        """
        return structure(self.structure).pairs(task.graphs, member.seed)

    def _in_units(self, out: Tensor, member: Member) -> Tensor:
        if member.mean is not None and member.std is not None:
            return out * member.std + member.mean
        return out.sigmoid() if self.describes["is_labels"] else out.softmax(1)


def trained(folder: Path, name: str | None, data: str | None) -> Trained:
    """Loads the models of a structure from the folder of a study.

    Args:
        folder: Of the study.
        name: Of the structure; None is the first of edges and whatever else there is.
        data: Name of the data set; None where there is one alone.

    Raises:
        ValueError: There are none; the message says what there is.
        CorruptedError: A file is not what was written.
    """
    place = _place(folder, data)
    record = read_record(place / TERMS)
    # The weights are written before the result: without it a run is not finished.
    weights = place.glob("*/split-*-seed-*.safetensors")
    done = (file for file in weights if file.with_suffix(".json").exists())
    names = sorted({unquote(file.parent.name) for file in done})
    name = name or ("edges" if "edges" in names else next(iter(names), "edges"))
    require(
        name in names,
        "graphattn",
        "the study has no models of this structure",
        {"folder": str(folder), "structure": name, "there are": names},
    )
    specification = Specification.read(record["model"])
    members = tuple(_members(place / quote(name, ""), name, specification))
    return Trained(name, record["terms"], record["describes"], specification, members)


def _members(folder: Path, name: str, specification: Specification) -> Iterator[Member]:
    for file in sorted(folder.glob("split-*-seed-*.json"), key=_seed):
        content = read_record(file)
        model = model_of(specification, _seed(file), structure(name).kind)
        load_weights(file.with_suffix(".safetensors"), model, content["weights"])
        scale = content["scale"] or {}
        mean, std = (
            torch.tensor(scale[key]) if key in scale else None
            for key in ("mean", "std")
        )
        yield Member(_seed(file), model.eval(), mean, std)


def _seed(file: Path) -> int:
    return int(file.stem.rpartition("-")[2])


def _place(folder: Path, data: str | None) -> Path:
    pattern = "*" if data is None else f"{quote(data, '')}-*"
    found = sorted(
        (file.parent for file in (folder / "runs").glob(f"{pattern}/{TERMS}")),
        key=lambda place: (place / TERMS).stat().st_mtime,
    )
    names = sorted({_data_of(place) for place in found})
    require(
        len(names) == 1,
        "graphattn",
        "say of which data the models are, with --data"
        if names
        else "the folder holds no study with such data",
        {"folder": str(folder), "data": data, "there are": names or _all(folder)},
    )
    return found[-1]  # the terms that were used last


def _all(folder: Path) -> Sequence[str]:
    found = (folder / "runs").glob(f"*/{TERMS}")
    return sorted({_data_of(file.parent) for file in found})


def _data_of(place: Path) -> str:
    return unquote(place.name.rpartition("-")[0])
