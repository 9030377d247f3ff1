"""Mini-batches: a graph is learned a few hundred nodes at a time, by two workers.

Run it: python examples/minibatch.py     (benchmarks/minibatch.py: on MUSAE Facebook)
"""

from typing import Any

import torch
from torch.nn.functional import cross_entropy, dropout, one_hot
from torch_geometric.data import Data

from graphattn import GraphAttention
from graphattn.sampling import neighbor_loader


class Net(torch.nn.Module):
    """Two layers, so two hops; a node also keeps what it knew itself."""

    def __init__(self, channels: int, classes: int, hidden: int = 64) -> None:
        super().__init__()
        self.first = GraphAttention(channels, hidden, heads=8)
        self.own = torch.nn.Linear(channels, hidden)
        self.second = GraphAttention(hidden, classes)
        self.own_scores = torch.nn.Linear(hidden, classes)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        """Returns a score for each node and class."""
        x = (self.first(x, edge_index) + self.own(x)).relu()
        x = dropout(x, 0.5, self.training)
        return self.second(x, edge_index) + self.own_scores(x)


def train(data: Any, epochs: int, workers: int = 2, full: bool = False) -> float:
    """Learns from mini-batches, or from the whole graph; returns the test accuracy."""
    model = Net(data.num_features, int(data.y.max()) + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=5e-3)
    loader = neighbor_loader(
        data,
        num_neighbors=[10, 10],
        input_nodes=data.train_mask,
        batch_size=256,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    for _ in range(epochs):
        for batch in [data] if full else loader:
            seeds = data.train_mask if full else slice(batch.batch_size)
            scores = model(batch.x, batch.edge_index)[seeds]
            optimiser.zero_grad()
            cross_entropy(scores, batch.y[seeds]).backward()
            optimiser.step()
    with torch.no_grad():
        right = model.eval()(data.x, data.edge_index).argmax(1) == data.y
    return float(right[data.test_mask].double().mean())


def communities(num_nodes: int = 2000, classes: int = 3) -> Data:
    """Draws a graph whose nodes mostly know their own kind, and noisy features."""
    kind = torch.arange(num_nodes) % classes
    source, target = torch.randint(num_nodes, (2, 20 * num_nodes))
    kept = (kind[source] == kind[target]) | (torch.rand(len(source)) < 0.1)
    test_mask = torch.rand(num_nodes) < 0.5
    return Data(
        x=one_hot(kind, 8).float() + 1.5 * torch.randn(num_nodes, 8),
        edge_index=torch.stack([source, target])[:, kept],
        y=kind,
        train_mask=~test_mask,
        test_mask=test_mask,
    )


def main(epochs: int = 10, workers: int = 2) -> tuple[float, float]:
    """Returns the share of nodes told right by mini-batches, and by the whole graph."""
    torch.manual_seed(0)
    data = communities()
    sampled = train(data, epochs, workers)
    whole = train(data, 4 * epochs, full=True)
    print(
        f"{sampled:.1%} are told right by mini-batches, {whole:.1%} by the whole graph"
    )
    return sampled, whole


if __name__ == "__main__":
    main()
