"""The layer in your own GNN: PyG's Sequential, DataLoader and pooling as ever.

Run it: python examples/own_gnn.py
"""

from typing import Any

import torch
from torch import nn
from torch.nn.functional import mse_loss
from torch_geometric.loader import DataLoader
from torch_geometric.nn import Sequential, global_mean_pool

from graphattn import GraphAttention, datasets


def build(in_channels: int, hidden: int = 32) -> Sequential:
    """Returns a GNN in which GraphAttention stands where a GATConv might."""
    return Sequential(
        "x, edge_index, batch",
        [
            (nn.Linear(in_channels, hidden), "x -> x"),
            (GraphAttention(hidden, hidden, heads=4), "x, edge_index -> x"),
            nn.ReLU(inplace=True),
            (GraphAttention(hidden, hidden, heads=4), "x, edge_index -> x"),
            nn.ReLU(inplace=True),
            (global_mean_pool, "x, batch -> x"),
            nn.Linear(hidden, 1),
        ],
    )


def main(epochs: int = 8) -> tuple[float, float]:
    """Learns the polar surface area of molecules; returns the first and last loss."""
    torch.manual_seed(0)
    molecules: Any = datasets.load("nci")
    molecules = molecules[:600]
    model = build(in_channels=molecules.num_features)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for batch in DataLoader(molecules, batch_size=50, shuffle=True):
            area = model(batch.x.float(), batch.edge_index, batch.batch)
            loss = mse_loss(area, batch.y / 100)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * batch.num_graphs
        losses.append(total / len(molecules))
        print(f"epoch {epoch + 1}: mean squared error {losses[-1]:.3f}")
    return losses[0], losses[-1]


if __name__ == "__main__":
    main()
