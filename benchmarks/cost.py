"""Cost over the length of a sequence: attention, a convolution and a recurrence.

Run it: python benchmarks/cost.py [--picture docs/images/cost.png]   (about two minutes)

One layer of 64 channels, forward and backward: attention of 4 heads over everything,
over a window of 64 to each side, and by BigBird's pattern; a convolution that reaches 3
to each side; and a GRU. Each measurement is a process of its own: milliseconds of the
best of three steps, and the most memory a step takes beyond what was there before.
"Path" is how many layers or steps information needs from one end to the other.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from measure import forget_peak, race, resident_memory, table
from torch import Tensor, nn

from graphattn import GraphAttention, patterns

LENGTHS = (256, 1024, 4096, 16_384)
CHANNELS, REACH, KERNEL = 64, 64, 7


def _attention(length: int, pattern: str) -> Callable[[Tensor], Tensor]:
    layer = GraphAttention(CHANNELS, CHANNELS, heads=4)
    if pattern == "full":
        return layer
    if pattern == "window":
        return partial(layer, edge_index=patterns.window(length, REACH))
    return partial(layer, edge_index=patterns.bigbird(length, REACH, 2, 3, seed=0))


def _convolution(length: int) -> Callable[[Tensor], Tensor]:
    layer = nn.Conv1d(CHANNELS, CHANNELS, KERNEL, padding=KERNEL // 2)
    return lambda rows: layer(rows.T[None])[0].T


def _recurrence(length: int) -> Callable[[Tensor], Tensor]:
    layer = nn.GRU(CHANNELS, CHANNELS)
    return lambda rows: layer(rows)[0]


LAYERS: dict[str, tuple[Callable[[int], Callable[[Tensor], Tensor]], str]] = {
    "attention, full": (partial(_attention, pattern="full"), "1"),
    "attention, window": (partial(_attention, pattern="window"), f"n / {REACH}"),
    "attention, BigBird": (partial(_attention, pattern="bigbird"), "2"),
    "convolution": (_convolution, f"n / {KERNEL // 2}"),
    "GRU": (_recurrence, "n"),
}


def cost(name: str, length: int) -> dict[str, float]:
    """Returns the milliseconds and the megabytes of one step of a layer."""
    torch.manual_seed(0)
    layer = LAYERS[name][0](length)
    rows = torch.randn(length, CHANNELS, requires_grad=True)

    def step() -> None:
        layer(rows).square().mean().backward()

    LAYERS[name][0](32)(torch.randn(32, CHANNELS)).sum().backward()
    before = resident_memory()
    forget_peak()
    seconds = race({name: step}, 3)[name]
    memory = resident_memory(peak=True) - before
    return {"ms": 1e3 * seconds, "MB": memory / 1e6}


def _elsewhere(name: str, length: int, threads: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", name, "--lengths", str(length)]
    command += ["--threads", str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def draw(
    found: dict[str, list[dict[str, float]]], lengths: list[int], path: Path
) -> None:
    """Draws time and memory over the length, both on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, unit, title in zip(
        axes,
        ("ms", "MB"),
        ("time of a step (ms)", "memory of a step (MB)"),
        strict=True,
    ):
        for name, costs in found.items():
            values = [max(one[unit], 0.1) for one in costs]
            axis.plot(lengths, values, marker="o", label=name)
        axis.set(xscale="log", yscale="log", xlabel="length", title=title)
        axis.set_xticks(lengths, [f"{length:,}" for length in lengths], minor=False)
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="*", default=list(LENGTHS))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--one", choices=LAYERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.one:
        print(json.dumps(cost(options.one, options.lengths[0])))
        return
    found = {
        name: [_elsewhere(name, length, options.threads) for length in options.lengths]
        for name in LAYERS
    }
    rows = [
        [name, LAYERS[name][1]]
        + [f"{one['ms']:.1f} ms, {one['MB']:.0f} MB" for one in costs]
        for name, costs in found.items()
    ]
    print(table(["layer", "path", *map(str, options.lengths)], rows))
    if options.picture:
        draw(found, options.lengths, options.picture)


if __name__ == "__main__":
    main()
