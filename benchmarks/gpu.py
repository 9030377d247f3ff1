"""How fast are the Triton kernels, beside PyG, FlexAttention and the memory's speed?

Run it: python benchmarks/gpu.py            (a CUDA GPU; `--large` needs 30 GB of it)

Each operation is first compared, outputs and gradients, with the portable kernel or
PyG's; then times are medians by CUDA events. `--json FILE` writes the rows as well.
"""

import argparse
import importlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch_geometric
from measure import by_target, forward_and_backward, same, table
from peers import WORKS
from torch import Tensor
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

import graphattn
from graphattn import Adjacency

Row = dict[str, Any]


def milliseconds(run: Callable[[], object], repeat: int) -> float:
    """Returns the median time of a call on the GPU, after three to warm up."""
    for _ in range(3):
        run()
    times = []
    for _ in range(repeat):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def row(work: str, measure: str, value: float, bar: str) -> Row:
    return {"work": work, "measure": measure, "value": round(value, 4), "bar": bar}


def power_law(num_nodes: int, num_edges: int) -> Tensor:
    """Returns edges with few, popular sources, drawn on the device."""
    source = (torch.rand(num_edges).pow_(3) * num_nodes).long()
    name = torch.randperm(num_nodes)
    target = torch.randint(num_nodes, (num_edges,))
    return torch.stack([name[source.clamp_(max=num_nodes - 1)], target])


def assert_parity() -> None:
    """Compares each pass of dot, hubs among the rows, with the portable kernel."""
    edges = torch.cat([power_law(997, 20_011), torch.zeros(2, 1_301).long()], 1)
    structure = Adjacency.from_edge_index(edges, 997).compressed
    kernel: Any = importlib.import_module("graphattn.ops.dot.triton")
    portable: Any = importlib.import_module("graphattn.ops.dot.portable")
    for dtype, bound in ((torch.float32, 1e-5), (torch.bfloat16, 2e-2)):
        nodes = [torch.randn(997, 8, 16).to(dtype) for _ in range(3)]
        edge = [torch.randn(997, 8, 3).to(dtype), torch.randn(21_312, 3).to(dtype)]
        edge += [torch.randn(21_312, 8).to(dtype), torch.rand(21_312, 8) > 0.3]
        rest = (0.25, 0.3, torch.tensor([7_777_777_777]))
        got = kernel.forward(*nodes, *edge, *structure, *rest)
        same(got, portable.forward(*nodes, *edge, *structure, *rest), bound)
        grads = [torch.randn_like(tensor) for tensor in got]
        saved = (*grads, *nodes, *edge, *structure, *got, *rest, True, True)
        same(kernel.backward(*saved), portable.backward(*saved), bound)


def large(options: argparse.Namespace) -> Iterator[Row]:
    """2.4M nodes, 124M edges, one head of 128."""
    nodes, count = 2_400_000, 124_000_000
    adjacency = Adjacency.from_edge_index(power_law(nodes, count), nodes)
    attend: Any = graphattn.graph_attention
    work, times = "2.4M nodes, 124M edges, 1 x 128", {}
    for dtype in (torch.bfloat16, torch.float32):
        leaves = [torch.randn(nodes, 1, 128, dtype=dtype) for _ in range(3)]
        times[dtype] = milliseconds(
            lambda leaves=leaves: attend(*leaves, adjacency),
            options.repeat,
        )
    leaves = [torch.randn(nodes, 1, 128, requires_grad=True) for _ in range(3)]
    grad = torch.randn(nodes, 1, 128)
    train = forward_and_backward(lambda: attend(*leaves, adjacency), leaves, grad)
    half, full = times[torch.bfloat16], times[torch.float32]
    yield row(work, "bf16 forward, ms", half, "<= 22")
    yield row(work, "K + V reads, TB/s", count * 512 / half / 1e9, ">= 2.5")
    torch.cuda.reset_peak_memory_stats()
    both = milliseconds(train, options.repeat)
    yield row(work, "fp32 with backward / forward", both / full, "<= 3.5")
    yield row(work, "peak, GB", torch.cuda.max_memory_allocated() / 1e9, "< 20")


def against_pyg(options: argparse.Namespace) -> Iterator[Row]:
    """100k nodes, 2M edges, 8 x 16: forward + backward beside PyG's."""
    nodes = 100_000
    edges = power_law(nodes, 2_000_000)
    adjacency, ordered = Adjacency.from_edge_index(edges, nodes), by_target(edges)
    grad = torch.randn(nodes, 8, 16)
    for name, bar in (("dot", 15), ("gatv2", 15), ("gat", 6)):
        work = WORKS[name](nodes, 8, 16)
        compiled = torch.compile(work.pyg)
        calls = {
            "ours": lambda work=work: work.ours(adjacency),
            "eager": lambda work=work: work.pyg(ordered),
            "compiled": lambda compiled=compiled: compiled(ordered),
        }
        runs = {
            key: forward_and_backward(call, work.leaves, grad)
            for key, call in calls.items()
        }
        same(runs["ours"](), runs["eager"](), 1e-4)
        took = {key: milliseconds(run, options.repeat) for key, run in runs.items()}
        label = f"100k nodes, 2M edges, 8 x 16, {name}"
        yield row(label, "with backward, ms", took["ours"], "")
        yield row(label, "times PyG", took["eager"] / took["ours"], f">= {bar}")
        yield row(label, "times compiled PyG", took["compiled"] / took["ours"], "> 1")


def hubs(options: argparse.Namespace) -> Iterator[Row]:
    """The same number of edges with one node that has a million, and spread evenly."""
    nodes, took = 100_000, []
    spread = torch.randint(nodes, (2, 2_000_000))
    crowded = spread.clone()
    crowded[1, :1_000_000] = 13
    work, grad = WORKS["dot"](nodes, 8, 16), torch.randn(nodes, 8, 16)
    for edges in (spread, crowded):
        view = Adjacency.from_edge_index(edges, nodes)
        run = forward_and_backward(lambda view=view: work.ours(view), work.leaves, grad)
        took.append(milliseconds(run, options.repeat))
    yield row("a hub of 1M edges in 2M", "hub / spread", took[1] / took[0], "<= 1.3")


def small(options: argparse.Namespace) -> Iterator[Row]:
    """Graphs of the sizes of Cora and of a batch of 128 molecules."""
    for label, nodes, count in (("Cora", 2708, 10_556), ("128 molecules", 3000, 6400)):
        edges = torch.randint(nodes, (2, count))
        view = Adjacency.from_edge_index(edges, nodes)
        work, grad = WORKS["dot"](nodes, 8, 8), torch.randn(nodes, 8, 8)
        ours = forward_and_backward(lambda v=view, w=work: w.ours(v), work.leaves, grad)
        pyg = forward_and_backward(lambda e=edges, w=work: w.pyg(e), work.leaves, grad)
        same(ours(), pyg(), 1e-4)
        took, theirs = (milliseconds(run, 10 * options.repeat) for run in (ours, pyg))
        yield row(f"size of {label}, 8 x 8", "times PyG", theirs / took, "> 1")
        with torch.no_grad():
            alone = milliseconds(lambda v=view, w=work: w.ours(v), 10 * options.repeat)
        yield row(f"size of {label}, 8 x 8", "forward, us", 1e3 * alone, "< 60")


def ragged(options: argparse.Namespace) -> Iterator[Row]:
    """Full attention in 128 sets beside FlexAttention with a document mask."""
    batch = torch.arange(128).repeat_interleave(torch.randint(16, 512, (128,)))
    count = len(batch)
    leaves = [torch.randn(count, 8, 16, requires_grad=True) for _ in range(3)]
    grad = torch.randn(count, 8, 16)
    mask = create_block_mask(
        lambda _b, _h, one, other: batch[one] == batch[other],
        *(None, None, count, count),
        device="cuda",
    )
    flex: Any = torch.compile(flex_attention)
    attend: Any = graphattn.full_attention

    def theirs() -> Tensor:
        query, key, value = (leaf.transpose(0, 1).unsqueeze(0) for leaf in leaves)
        found = flex(query, key, value, block_mask=mask)
        return found.squeeze(0).transpose(0, 1)

    runs = [
        forward_and_backward(call, leaves, grad)
        for call in (lambda: attend(*leaves, batch=batch), theirs)
    ]
    same(runs[0](), runs[1](), 1e-3)
    took = [milliseconds(run, options.repeat) for run in runs]
    yield row("full attention, 128 sets", "times Flex", took[1] / took[0], ">= 1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--large", action="store_true", help="the 124M edges as well")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not torch.cuda.is_available() or graphattn.kernel_for("cuda") != "triton":
        sys.exit(
            "benchmarks/gpu.py needs a CUDA GPU, a CUDA build of PyTorch with triton, "
            f"and GRAPHATTN_KERNEL unset; here PyTorch is {torch.__version__} and "
            f'kernel_for("cuda") is {graphattn.kernel_for("cuda")!r}'
        )
    torch.set_default_device("cuda")
    torch.manual_seed(0)
    assert_parity()
    device = torch.cuda.get_device_name()
    versions = f"torch {torch.__version__}, PyG {torch_geometric.__version__}"
    print(f"{device}, {versions}; results equal the portable kernels'\n", flush=True)
    works = [against_pyg, hubs, small, ragged, *([large] if options.large else [])]
    rows = [found for work in works for found in work(options)]
    print(table(list(rows[0]), [list(found.values()) for found in rows]))
    if options.json:
        report = {"device": device, "versions": versions, "rows": rows}
        options.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
