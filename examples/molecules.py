"""Atoms attend along bonds, and the bonds have a say: the potency of a molecule.

Run it: python examples/molecules.py
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader
from torch_geometric.nn import global_add_pool

from graphattn import datasets
from graphattn.models import Columns, ColumnSum
from graphattn.nn import GraphTransformerBlock


class Potency(nn.Module):
    """Embeds atoms and bonds, lets atoms attend along bonds, and adds them up."""

    def __init__(self, channels: int = 32) -> None:
        """Builds the layers."""
        super().__init__()
        self.atoms = ColumnSum(Columns(9, datasets.ATOM_SIZES), channels)
        self.bonds = ColumnSum(Columns(3, datasets.BOND_SIZES), channels)
        self.blocks = nn.ModuleList(
            GraphTransformerBlock(channels, heads=4, edge_dim=channels)
            for _ in range(2)
        )
        self.head = nn.Linear(channels, 1)

    def forward(self, batch: Any) -> Tensor:
        """Returns one number per molecule."""
        x, bonds = self.atoms(batch.x), self.bonds(batch.edge_attr)
        for block in self.blocks:
            x = block(x, batch.edge_index, bonds)
        return self.head(global_add_pool(x, batch.batch) / 30)


def main(epochs: int = 8) -> tuple[float, float]:
    """Returns the error on unseen molecules, and that of guessing the mean."""
    torch.manual_seed(0)
    molecules: Any = datasets.load("sodium_channel")
    train, _, test = datasets.splits.random(len(molecules), seed=0)
    mean, std = molecules[train].y.mean(), molecules[train].y.std()
    model = Potency()
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(epochs):
        total = 0.0
        for batch in DataLoader(molecules[train], batch_size=32, shuffle=True):
            loss = mse_loss(model(batch), (batch.y - mean) / std)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * batch.num_graphs / len(train)
        print(f"epoch {epoch + 1}: loss {total:.3f}")
    with torch.no_grad():
        unseen: Any = Batch.from_data_list(list(molecules[test]))
        error = (model(unseen) * std + mean - unseen.y).square().mean().sqrt()
    guess = (mean - unseen.y).square().mean().sqrt()
    print(f"error on unseen molecules {error:.2f} pIC50, guessing the mean {guess:.2f}")
    return float(error), float(guess)


if __name__ == "__main__":
    main()
