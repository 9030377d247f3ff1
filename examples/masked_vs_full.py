"""One layer, one set of weights, several answers to "who may attend to whom?".

Run it: python examples/masked_vs_full.py
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from graphattn import Adjacency, GraphAttention, datasets, patterns


@torch.no_grad()
def share_on_bonds(
    layer: GraphAttention, x: Tensor, structure: Adjacency, bonds: Adjacency
) -> float:
    """Returns how much of all attention stays on bonds and on the atoms themselves."""
    _, weights = layer(x, structure, return_attention_weights=True)
    near = {tuple(pair) for pair in bonds.edge_index.T.tolist()}
    on_bond = [tuple(pair) in near for pair in structure.edge_index.T.tolist()]
    return float(weights.mean(1)[torch.tensor(on_bond)].sum() / len(x))


def main() -> dict[str, float]:
    """Returns the share of attention on bonds under each structure."""
    torch.manual_seed(0)
    molecules: Any = datasets.load("sodium_channel")
    molecule = molecules[0]
    size, edges = molecule.num_nodes, molecule.edge_index
    x = one_hot(molecule.x[:, 0], 119).float()
    bonds = patterns.with_self_loops(edges, size)
    structures = {
        "bonds": bonds,
        "2 bonds": patterns.k_hop(edges, size, 2),
        "window of 3": patterns.window(size, 3),
        "all pairs": patterns.full(size),
    }
    layer = GraphAttention(119, 32, heads=4).eval()
    shares = {}
    for name, structure in structures.items():
        shares[name] = share_on_bonds(layer, x, structure, bonds)
        print(
            f"{name:<12} {structure.num_edges:>5} pairs, "
            f"{shares[name]:.0%} of the attention on bonds"
        )

    # No list of pairs at all is full attention, and equals the list of all of them.
    torch.testing.assert_close(layer(x), layer(x, structures["all pairs"]))
    return shares


if __name__ == "__main__":
    main()
