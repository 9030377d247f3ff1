"""Molecules: a graph transformer whose atoms hear their bonds and all other atoms.

Run it: python examples/systems/solubility.py (ESOL in GRAPHATTN_DATA)
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.optim.lr_scheduler import OneCycleLR
from torch_geometric.loader import DataLoader

from graphattn import datasets
from graphattn.models import Columns, ColumnSum
from graphattn.nn import Encoder, GraphTransformerBlock, Readout


class Regressor(nn.Module):
    """Atoms and bonds are embedded, then attend; the sum of the atoms is read out."""

    def __init__(self, whole: bool, channels: int = 48) -> None:
        super().__init__()
        self.atoms = ColumnSum(Columns(9, datasets.ATOM_SIZES), channels)
        self.bonds = ColumnSum(Columns(3, datasets.BOND_SIZES), channels)
        self.encoder = Encoder(
            GraphTransformerBlock(
                channels,
                4,
                edge_dim=channels,
                dropout=0.1,
                gated=True,
                beside_full=whole,
                update_edges=True,
            )
            for _ in range(3)
        )
        self.readout = Readout("sum")
        self.head = nn.Linear(channels, 1)

    def forward(self, batch: Any) -> Tensor:
        """Returns one number per molecule."""
        x = self.encoder(
            self.atoms(batch.x),
            batch.edge_index,
            self.bonds(batch.edge_attr),
            batch=batch.batch,
        )
        return self.head(self.readout(x, batch.batch, batch.num_graphs) / 10)


def main(
    name: str = "esol",
    epochs: int = 40,
    seeds: tuple[int, ...] = (0,),
    limit: int | None = None,
) -> dict[str, list[float]]:
    """Returns the error on unseen molecules, along bonds and with all atoms beside.

    Args:
        name: Of a dataset of molecules with one number each.
        epochs: Passes over the training part.
        seeds: Of split and parameters.
        limit: Molecules of the data; None: all.
    """
    data: Any = datasets.load(name)
    data = data[:limit]
    found: dict[str, list[float]] = {"bonds": [], "bonds beside all atoms": []}
    for seed in seeds:
        train, _, test = datasets.splits.random(len(data), seed=seed)
        mean, std = data[train].y.mean(), data[train].y.std()
        for structure, whole in zip(found, (False, True), strict=True):
            torch.manual_seed(seed)
            model = Regressor(whole)
            loader = DataLoader(data[train], batch_size=32, shuffle=True)
            optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
            schedule = OneCycleLR(optimiser, 2e-3, epochs * len(loader))
            for _ in range(epochs):
                for batch in loader:
                    loss = mse_loss(model(batch), (batch.y - mean) / std)
                    optimiser.zero_grad()
                    loss.backward()
                    optimiser.step()
                    schedule.step()
            model.eval()
            with torch.no_grad():
                pairs = [
                    (model(batch) * std + mean, batch.y)
                    for batch in DataLoader(data[test], batch_size=128)
                ]
            guess, y = (torch.cat(side) for side in zip(*pairs, strict=True))
            found[structure].append(float((guess - y).square().mean().sqrt()))
    for structure, errors in found.items():
        print(f"{structure:<23} error {', '.join(f'{error:.3f}' for error in errors)}")
    return found


if __name__ == "__main__":
    main(seeds=(0, 1, 2))
