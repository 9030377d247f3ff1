"""Social networks: which two people know each other, and were not said to.

Run it: python examples/systems/links.py (LastFM Asia in GRAPHATTN_DATA)
"""

from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from graphattn import datasets
from graphattn.models import Columns, ColumnSum, LinkPredictor
from graphattn.nn import Encoder, GraphTransformerBlock
from graphattn.patterns import with_self_loops


def build(people: int, channels: int = 32, layers: int = 2) -> LinkPredictor:
    """Returns a predictor that knows people by name alone."""
    blocks = (GraphTransformerBlock(channels, 4, dropout=0.2) for _ in range(layers))
    return LinkPredictor(ColumnSum(Columns(1, (people,)), channels), Encoder(blocks))


def others(num_nodes: int, count: int) -> Tensor:
    """Returns pairs drawn at random: nearly all are no tie."""
    return torch.randint(num_nodes, (2, count))


def main(name: str = "lastfm_asia", steps: int = 100, seed: int = 0) -> float:
    """Returns how often a tie held out is told from a pair without one (AUC).

    Args:
        name: Of a network.
        steps: Of training, on the whole network.
        seed: Of split, parameters and draws.
    """
    torch.manual_seed(seed)
    network: Any = datasets.load(name)
    people = network.num_nodes
    split = datasets.links(network.edge_index, people, seed=seed)
    who = torch.arange(people).unsqueeze(1)
    model = build(people)
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    for _ in range(steps):
        # A tie that is asked for is hidden: the model must not read it off.
        hidden = torch.rand(split.train.shape[1]) < 0.3
        asked = split.train[:, hidden]
        shown = split.train[:, ~hidden]
        ties = with_self_loops(torch.cat([shown, shown.flip(0)], 1), people)
        pairs = torch.cat([asked, others(people, asked.shape[1])], 1)
        y = torch.zeros(pairs.shape[1]).index_fill(0, torch.arange(asked.shape[1]), 1.0)
        loss = binary_cross_entropy_with_logits(model(who, ties, pairs), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    pairs = torch.cat([split.test, split.test_negative], 1)
    y = torch.arange(pairs.shape[1]) < split.test.shape[1]
    with torch.no_grad():
        scores = model(who, with_self_loops(split.edge_index, people), pairs)
    found = float(roc_auc_score(y.numpy(), scores.numpy()))
    print(f"{name}: AUC {found:.4f} on ties held out")
    return found


if __name__ == "__main__":
    main()
