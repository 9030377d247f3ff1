"""Draws the neighbourhoods of a batch of nodes, hop by hop."""

from collections.abc import Sequence

from graphattn.ops.kernels import NATIVE
from graphattn.ops.sample import native, portable
from graphattn.ops.sample.records import Relation, Rules, Sample, Starts


def sample(
    relations: Sequence[Relation],
    num_nodes: list[int],
    starts: Starts,
    rules: Rules,
    seed: int,
) -> Sample:
    """Draws a sample: the same one for the same seed, on every machine.

    Both implementations return the same tensors. The nodes drawn in one hop are those
    whose neighbours are drawn in the next. A node is listed once (once for each start,
    where disjoint), except that starts are listed as they are given.

    Args:
        relations: What is drawn in each hop, in this order.
        num_nodes: How many nodes of each type there are.
        starts: Where to start.
        rules: How to draw.
        seed: Of the drawing, 64 bits.

    Raises:
        ValueError: A start is no node.
        MemoryError: The sample does not fit into memory.
    """
    draw = native.sample if NATIVE else portable.sample
    return draw(relations, num_nodes, starts, rules, seed)
