"""Where everything of a study lies."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import torch

from graphattn import __version__
from graphattn.compare.folder.checksums import checksum
from graphattn.compare.splitting import kinds
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.compare.work import Run

CONFIG, ENVIRONMENT, TERMS = "study.toml", "environment.json", "terms.json"


@dataclass(frozen=True)
class Places:
    """The paths of a study. Runs under other terms have other paths.

    Attributes:
        root: The folder of the study.
        folders: For each data set, the folder of its runs under the present terms.
        splits: For each data set, how many splits there are.
    """

    root: Path
    folders: dict[str, Path]
    splits: dict[str, int]

    @classmethod
    def of(cls, root: Path, study: Study, tasks: Iterable[Task]) -> "Places":
        """Finds the paths of a study.

        Args:
            root: The folder of the study.
            study: The terms.
            tasks: The data sets.
        """
        folders, splits = {}, {}
        for task in tasks:
            text = json.dumps(terms(study, task), sort_keys=True)
            name = f"{quote(task.name, '')}-{hashlib.sha256(text.encode()).hexdigest()}"
            folders[task.name] = root / "runs" / name[: len(name) - 56]
            splits[task.name] = study.num_splits(task.level)
        return cls(root, folders, splits)

    def run(self, run: Run, suffix: str) -> Path:
        """Returns a file of a run.

        Args:
            run: The run.
            suffix: ".json" is the result, ".safetensors" the weights, ".csv" the
                metrics epoch by epoch, ".lock" who is at it.
        """
        split = run.seed % self.splits[run.data]
        folder = self.folders[run.data] / quote(run.structure, "")
        return folder / f"split-{split}-seed-{run.seed}{suffix}"


def terms(study: Study, task: Task) -> dict[str, Any]:
    """Returns all that the numbers of a run depend on, but structure, split and seed.

    Args:
        study: The terms.
        task: The data set.
    """
    budget = asdict(study.budget(task.level))
    del budget["seeds"]
    return {
        "data": task.name,
        "checksum": checksum(task),
        "split": study.split or kinds(task)[0],
        "metric": task.judged_by(study.metric),
        "budget": budget,
        "channels": study.channels,
        "heads": study.heads,
        "score": study.score,
        "device": study.device,
        "training": {**study.training, "pairs": study.pairs, "tune": study.tune},
        "graphattn": __version__,
        "torch": torch.__version__,
    }
