"""Graphs, clocks and tables that the benchmarks share."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor


def power_law_graph(num_nodes: int, num_edges: int, seed: int = 0) -> Tensor:
    """Returns edges whose sources are few and popular, in no order: `[2, num_edges]`.

    Args:
        num_nodes: Number of nodes.
        num_edges: Number of edges; targets are drawn evenly.
        seed: Of the drawing.
    """
    generator = torch.Generator().manual_seed(seed)
    rank = torch.rand(num_edges, generator=generator).pow_(3).mul_(num_nodes).long()
    name = torch.randperm(num_nodes, generator=generator)
    target = torch.randint(num_nodes, (num_edges,), generator=generator)
    return torch.stack([name[rank.clamp_(max=num_nodes - 1)], target])


def by_target(edge_index: Tensor) -> Tensor:
    """Returns the same edges sorted by target, as PyG recommends."""
    return edge_index[:, edge_index[1].argsort(stable=True)].contiguous()


def seconds(run: Callable[[], object]) -> float:
    """Returns how long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def race(
    contenders: Mapping[str, Callable[[], object]], repeat: int
) -> dict[str, float]:
    """Returns each contender's best time; they take turns, so noise meets all alike."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(repeat):
        for name, run in contenders.items():
            best[name] = min(best[name], seconds(run))
    return best


def forward_and_backward(
    call: Callable[[], Tensor], leaves: Sequence[Tensor], grad: Tensor
) -> Callable[[], tuple[Tensor, ...]]:
    """Returns a function that runs `call` and takes the gradients of `leaves`."""
    return lambda: torch.autograd.grad(call(), leaves, grad)


def same(got: Sequence[Tensor], want: Sequence[Tensor], tolerance: float) -> None:
    """Raises `AssertionError` unless tensors agree, relative to each one's largest."""
    for one, other in zip(got, want, strict=True):
        one, other = one.detach(), other.detach()
        top = float(other.abs().max())
        worst = float((one - other).abs().max())
        if not worst <= tolerance * top:
            raise AssertionError(
                f"differs by {worst:.3g} where the largest is {top:.3g}"
            )


def resident_memory(peak: bool = False) -> int:
    """Returns the bytes this process holds, or the most it has held; Linux only.

    Args:
        peak: Since the start, or since `forget_peak`.
    """
    field = "VmHWM:" if peak else "VmRSS:"
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(s.split()[1]) for s in lines if s.startswith(field))


def forget_peak() -> None:
    """Makes the peak of the memory held what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Returns rows as a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
