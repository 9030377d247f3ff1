"""A graph transformer on molecules: what structure encodings add to full attention.

Run it: python examples/graph_transformer.py --data esol --seeds 5 --epochs 60

Every atom attends to every other, so the model sees a bag of atoms until encodings tell
it the molecule: how far two atoms are and which bonds lie between them (biases of
attention), when a random walk is back, and the Laplacian's eigenvectors (features of
atoms). All variants have the same split, and the epoch is chosen by validation.
"""

import argparse
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import mse_loss
from torch_geometric.loader import DataLoader
from torch_geometric.transforms import Compose

from graphattn import datasets, nn, structure
from graphattn.datasets import splits
from graphattn.models.inputs import Columns, ColumnSum

CHANNELS, HEADS, STEPS, K, FAR = 48, 4, 12, 6, 8
VARIANTS = {
    "none": (),
    "eigenvectors": ("eigenvectors",),
    "walks": ("walks",),
    "distances": ("distances",),
    "distances, bonds": ("distances", "bonds"),
    "all": ("eigenvectors", "walks", "distances", "bonds"),
}
PREPARE = Compose(
    [
        structure.AddLaplacianEigenvectors(K, whole_eigenspaces=True),
        structure.AddReturnProbabilities(STEPS),
        structure.AddPairs(),
        structure.AddShortestDistances(),
        structure.AddPathMeans(FAR),
    ]
)


class GraphTransformer(torch.nn.Module):
    """Three blocks over all pairs of a molecule's atoms, then the mean of the atoms."""

    def __init__(self, atoms: Columns, bond_columns: int, uses: tuple[str, ...]):
        super().__init__()
        self.atoms = ColumnSum(atoms, CHANNELS)
        makers = {
            "eigenvectors": lambda: nn.SpectralEncoder(CHANNELS),
            "walks": lambda: nn.WalkEncoder(STEPS, CHANNELS),
            "distances": lambda: nn.DistanceBias(FAR, HEADS),
            "bonds": lambda: torch.nn.Linear(bond_columns, HEADS, bias=False),
        }
        self.uses = torch.nn.ModuleDict({name: makers[name]() for name in uses})
        self.encoder = nn.Encoder(
            nn.GraphTransformerBlock(CHANNELS, HEADS, dropout=0.1) for _ in range(3)
        )
        self.readout = nn.Readout("mean")
        self.head = torch.nn.Linear(CHANNELS, 1)

    def forward(self, batch: Any) -> Tensor:
        """Returns one number for each molecule."""
        x, graph = self.atoms(batch.x), batch.batch
        bias = x.new_zeros(batch.pair_index.shape[1], HEADS)
        if "eigenvectors" in self.uses:
            vectors, values = batch.laplacian_eigenvectors, batch.laplacian_eigenvalues
            x = x + self.uses["eigenvectors"](vectors, values, graph)
        if "walks" in self.uses:
            x = x + self.uses["walks"](batch.return_probabilities)
        if "distances" in self.uses:
            bias = bias + self.uses["distances"](batch.pair_distance)
        if "bonds" in self.uses:
            bias = bias + self.uses["bonds"](batch.pair_attr)
        x = self.encoder(x, batch.pair_index, edge_bias=bias)
        return self.head(self.readout(x, graph, batch.num_graphs)).squeeze(1)


def fit(graphs: list[Any], uses: tuple[str, ...], seed: int, epochs: int) -> float:
    """Returns the root mean square error on the test part."""
    torch.manual_seed(seed)
    parts = splits.random(len(graphs), seed=seed)
    train, val, test = ([graphs[i] for i in part.tolist()] for part in parts)
    mean, std = _moments(torch.cat([graph.y for graph in train]))
    columns = Columns.of(torch.cat([graph.x for graph in graphs]))
    model = GraphTransformer(columns, graphs[0].edge_attr.shape[1], uses)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loader = DataLoader(train, batch_size=64, shuffle=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 2e-3, total_steps=epochs * len(loader)
    )
    best, chosen = float("inf"), float("nan")
    for _ in range(epochs):
        model.train()
        for batch in loader:
            optimiser.zero_grad()
            mse_loss(model(batch), (batch.y.view(-1) - mean) / std).backward()
            optimiser.step()
            schedule.step()
        error = std * _error(model, val, mean, std)
        if error < best:
            best, chosen = error, std * _error(model, test, mean, std)
    return chosen


def _moments(y: Tensor) -> tuple[float, float]:
    return float(y.mean()), float(y.std())


@torch.no_grad()
def _error(
    model: GraphTransformer, graphs: list[Any], mean: float, std: float
) -> float:
    model.eval()
    loader = DataLoader(graphs, batch_size=256)
    off = [model(batch) - (batch.y.view(-1) - mean) / std for batch in loader]
    return float(torch.cat(off).square().mean().sqrt())


def main(
    data: str = "sodium_channel",
    seeds: int = 1,
    epochs: int = 30,
    variants: tuple[str, ...] = tuple(VARIANTS),
    most: int | None = None,
) -> dict[str, float]:
    """Prints the errors of variants; returns their means over the seeds.

    Args:
        data: Molecules with one number to predict.
        seeds: How many splits and models.
        epochs: How long each is trained.
        variants: Some of `VARIANTS`.
        most: How many molecules, at most.
    """
    loaded: Any = datasets.load(data)
    graphs = [PREPARE(graph) for graph in loaded[:most]]
    means = {}
    for name in variants:
        errors = [fit(graphs, VARIANTS[name], seed, epochs) for seed in range(seeds)]
        means[name] = fmean(errors)
        spread = stdev(errors) if seeds > 1 else float("nan")
        print(f"{name:<18} RMSE {means[name]:.3f} ± {spread:.3f}", flush=True)
    return means


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="sodium_channel")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=30)
    main(**vars(parser.parse_args()))
