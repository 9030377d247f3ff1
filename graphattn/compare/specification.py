"""What a model is made of: enough to build it again without the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from graphattn.compare.study import Study
from graphattn.compare.task import Level, Task
from graphattn.models import (
    Columns,
    GraphEncoder,
    GraphPredictor,
    NodePredictor,
    Predictor,
)


@dataclass(frozen=True)
class Specification:
    """The arguments of a model. No structure has a say in it.

    Attributes:
        level: Whether graphs or nodes are predicted.
        nodes: Columns of the node features.
        edges: Columns of the edge features; None where there are none.
        outputs: Targets, or classes.
        channels: Width.
        heads: Attention heads.
        layers: Attention blocks.
        score: As in `GraphAttention`.
        dropout: In blocks and head.
        typical_size: Number of nodes of an average graph.
    """

    level: Level
    nodes: Columns
    edges: Columns | None
    outputs: int
    channels: int
    heads: int
    layers: int
    score: str
    dropout: float
    typical_size: float

    @classmethod
    def of(cls, task: Task, study: Study) -> "Specification":
        """Returns that of a study on some data.

        Args:
            task: What is predicted.
            study: The terms.
        """
        budget = study.budget(task.level)
        return cls(
            level="node" if task.graphs.of_nodes else task.level,
            nodes=task.nodes,
            edges=task.edges,
            outputs=task.outputs,
            channels=study.channels,
            heads=study.heads,
            layers=budget.layers,
            score=study.score,
            dropout=budget.dropout,
            typical_size=float(task.graphs.sizes.double().mean()),
        )

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Specification":
        """Returns what `asdict` and JSON have made lists of.

        Args:
            content: By name of the attribute.
        """
        columns = {
            name: None if content[name] is None else _columns(content[name])
            for name in ("nodes", "edges")
        }
        return cls(**{**content, **columns})

    def build(self, seed: int) -> Predictor:
        """Returns the model of a seed.

        Args:
            seed: Of the initialisation.
        """
        torch.manual_seed(seed)
        encoder = GraphEncoder(
            self.nodes,
            self.edges,
            channels=self.channels,
            heads=self.heads,
            layers=self.layers,
            score=self.score,
            dropout=self.dropout,
        )
        if self.level == "node":
            return NodePredictor(encoder, self.outputs)
        return GraphPredictor(
            encoder,
            self.outputs,
            typical_size=self.typical_size,
            dropout=self.dropout,
        )


def _columns(content: list[Any]) -> Columns:
    channels, categories = content
    return Columns(channels, tuple(categories))
