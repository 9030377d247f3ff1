"""A network of people: who joined which club, and whom they listened to.

Run it: python examples/social.py
"""

from typing import Any

import torch
from torch.nn.functional import cross_entropy

from graphattn import GraphAttention, datasets
from graphattn.patterns import with_self_loops


def main(steps: int = 60) -> float:
    """Trains on the two leaders alone; returns the share of members that is right."""
    torch.manual_seed(0)
    club: Any = datasets.load("karate")
    ties = with_self_loops(club.edge_index, club.num_nodes)
    first = GraphAttention(club.num_features, 32, heads=4)
    second = GraphAttention(32, len(club.class_names))
    parameters = [*first.parameters(), *second.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=0.01)
    for _ in range(steps):
        sides = second(first(club.x, ties).relu(), ties)
        loss = cross_entropy(sides[club.train_mask], club.y[club.train_mask])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    sides = second(first(club.x, ties).relu(), ties)
    right = (sides.argmax(1) == club.y)[club.test_mask].double().mean()
    print(f"two labels known, {right:.0%} of the other members are told right")

    _, weights = first(club.x, ties, return_attention_weights=True)
    sources, targets = ties.edge_index
    for member in (8, 19, 31):  # they had friends on both sides
        listens = weights.mean(1).where(targets == member, 0.0)
        friend = int(sources[listens.argmax()])
        print(
            f"member {member} ({club.class_names[club.y[member]]}) listens most to "
            f"member {friend} ({club.class_names[club.y[friend]]})"
        )
    return float(right)


if __name__ == "__main__":
    main()
