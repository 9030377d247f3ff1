"""The table about learned attention."""

from graphattn.compare.examine import Examined

HEADERS = (
    "attention",
    "nodes attended to",
    "on edges",
    "on itself",
    "agreement of heads",
)
LEGEND = (
    "Means over layers, heads, test items and seeds; in brackets what attention "
    "without any preference would give. Nodes attended to: exponential of the entropy. "
    "Agreement of heads, layer by layer: 1 where they attend alike, 0 where they have "
    "nothing in common."
)


def attended(one: Examined) -> list[str]:
    """Returns the texts of a structure's row, in the order of `HEADERS`.

    Args:
        one: What its models attend to.
    """
    m = one.measured
    nodes, chance = float(m.entropy.mean().exp()), float(m.entropy_by_chance.exp())
    on_edges, by_chance = float(m.on_edges.mean()), float(m.on_edges_by_chance)
    itself, alone = float(m.itself.mean()), float(m.profile_by_chance[0])
    heads = [f"{value:.2f}" for value in m.agreement.tolist() if value == value]
    return [
        one.structure,
        f"{nodes:.1f} ({chance:.1f})",
        f"{on_edges:.0%} ({by_chance:.0%})",
        f"{itself:.0%} ({alone:.0%})",
        " ".join(heads) or "one head",
    ]
