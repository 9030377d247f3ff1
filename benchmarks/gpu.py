"""How fast are the Triton kernels, beside PyG, FlexAttention and the memory's speed?

Run it: python benchmarks/gpu.py         (a CUDA GPU; an H200 for the largest graph)

Every score is first compared, outputs and gradients, with the portable kernels, and
each row's operation with its peer's; then times are medians by CUDA events. `--json
FILE` writes the rows as well. GRAPHATTN_DATA adds the true Cora, RDKit true molecules.
`--rehearse` runs every row once, tiny, on CPU, where the figures mean nothing.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import gpu_flex
import torch
import torch_geometric
import triton
from gpu_meter import Meter, Rehearsal
from gpu_parity import assert_parity
from measure import by_target, forward_and_backward, same, table
from peers import WORKS
from torch import Tensor
from torch.nn import Module
from torch_geometric.data import Batch
from torch_geometric.io import read_planetoid_data
from torch_geometric.nn import GATConv, GATv2Conv, TransformerConv

import graphattn
from graphattn import Adjacency
from graphattn.nn import conv

Row = dict[str, Any]
_LAYERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "dot": (conv.TransformerConv, TransformerConv, {"root_weight": False}),
    "gatv2": (conv.GATv2Conv, GATv2Conv, {"add_self_loops": False}),
    "gat": (conv.GATConv, GATConv, {"add_self_loops": False}),
}


class Sizes(NamedTuple):
    """How large the rows' graphs are."""

    huge: tuple[int, int] = (2_400_000, 124_000_000)
    medium: tuple[int, int] = (100_000, 2_000_000)
    hub: int = 1_000_000
    sets: tuple[int, int] = (128, 512)


TINY = Sizes((31, 211), (31, 211), 101, (3, 7))


def row(work: str, measure: str, value: float | str, bar: str) -> Row:
    value = value if isinstance(value, str) else round(value, 4)
    return {"work": work, "measure": measure, "value": value, "bar": bar}


def power_law(num_nodes: int, num_edges: int) -> Tensor:
    """Returns edges with few, popular sources, drawn on the device."""
    source = (torch.rand(num_edges).pow_(3) * num_nodes).long()
    name = torch.randperm(num_nodes)
    target = torch.randint(num_nodes, (num_edges,))
    return torch.stack([name[source.clamp_(max=num_nodes - 1)], target])


def huge(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """One head of 128 on the largest graph, where PyG's tensors of messages end."""
    nodes, count = sizes.huge
    edges = power_law(nodes, count)
    adjacency = Adjacency.from_edge_index(edges, nodes)
    attend: Any = graphattn.graph_attention
    label, times = f"{nodes} nodes, {count} edges, 1 x 128", {}
    for dtype in (torch.bfloat16, torch.float32):
        leaves = [torch.randn(nodes, 1, 128, dtype=dtype) for _ in range(3)]
        times[dtype] = meter.milliseconds(lambda ls=leaves: attend(*ls, adjacency))
    half, full = times[torch.bfloat16], times[torch.float32]
    yield row(label, "bf16 forward, ms", half, "<= 22")
    yield row(label, "K + V reads, TB/s", count * 512 / half / 1e9, ">= 2.5")
    yield row(label, "fp32 forward, ms", full, "")
    del leaves
    work, grad = WORKS["dot"](nodes, 1, 128), torch.randn(nodes, 1, 128)
    train = forward_and_backward(lambda: work.ours(adjacency), work.leaves, grad)
    both = meter.milliseconds(train)
    yield row(label, "fp32 with backward, ms", both, "")
    yield row(label, "fp32 with backward / forward", both / full, "<= 3.5")
    yield row(label, "peak, GB", meter.peak(train), "< 20")
    pyg = forward_and_backward(lambda: work.pyg(edges), work.leaves, grad)
    try:
        found: float | str = meter.milliseconds(pyg)
    except torch.OutOfMemoryError:
        found = "out of memory"
    yield row(label, "PyG's fp32 with backward, ms", found, "out of memory")


def layers(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """Whole layers of equal weights, projections included."""
    nodes, count = sizes.medium
    edges = by_target(power_law(nodes, count))
    adjacency = Adjacency.from_edge_index(edges, nodes)
    x, grad = torch.randn(nodes, 128), torch.randn(nodes, 128)
    for score, bar in (("dot", 15), ("gatv2", 15), ("gat", 6)):
        make_ours, make_pyg, options = _LAYERS[score]
        ours, pyg = (make(128, 16, 8, **options) for make in (make_ours, make_pyg))
        ours.load_state_dict(pyg.state_dict())
        faster = meter.compiled(pyg)
        calls = {
            "ours": (ours, lambda layer=ours: layer(x, adjacency)),
            "eager": (pyg, lambda layer=pyg: layer(x, edges)),
            "compiled": (pyg, lambda layer=faster: layer(x, edges)),
        }
        runs = {
            name: forward_and_backward(call, _trained(layer), grad)
            for name, (layer, call) in calls.items()
        }
        same([calls["ours"][1]()], [calls["eager"][1]()], 1e-3)
        got, want = (_matrices(runs[name]()) for name in ("ours", "eager"))
        same(got, want, 1e-3)
        took = {name: meter.milliseconds(run) for name, run in runs.items()}
        label = f"layer, {nodes} nodes, {count} edges, 8 x 16, {score}"
        yield row(label, "with backward, ms", took["ours"], "")
        yield row(label, "times PyG", took["eager"] / took["ours"], f">= {bar}")
        yield row(label, "times compiled PyG", took["compiled"] / took["ours"], "> 1")


def _matrices(grads: tuple[Tensor, ...]) -> list[Tensor]:
    """Returns the gradients that are not noise, as that of a key's bias is."""
    return [grad for grad in grads if grad.dim() > 1]


def _trained(layer: Module) -> list[Tensor]:
    """Returns the parameters, but those of the root that nothing is added for."""
    named = layer.named_parameters()
    return [tensor for name, tensor in named if not name.startswith("lin_skip")]


def flex(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """The dot operation on the edges of `layers`, each once, beside FlexAttention."""
    nodes, count = sizes.medium
    source, target = power_law(nodes, count)
    code = (target * nodes + source).unique()
    edges = torch.stack([code % nodes, code // nodes])
    adjacency, work = (
        Adjacency.from_edge_index(edges, nodes),
        WORKS["dot"](nodes, 8, 16),
    )
    mask, grad = gpu_flex.along_edges(edges, nodes), torch.randn(nodes, 8, 16)
    theirs = gpu_flex.attend(work.leaves, mask, meter.compiled)
    yield from _beside_flex(
        f"dot, {nodes} nodes, {edges.shape[1]} edges, 8 x 16",
        meter.step(lambda: work.ours(adjacency), work.leaves, grad),
        meter.step(theirs, work.leaves, grad),
        meter,
        "> 1",
    )


def ragged(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """Full attention within sets beside FlexAttention with a document mask."""
    sets, longest = sizes.sets
    attend: Any = graphattn.full_attention
    batch = torch.arange(sets).repeat_interleave(torch.randint(1, longest, (sets,)))
    for heads, width in ((8, 16), (4, 64)):
        leaves = [torch.randn(len(batch), heads, width) for _ in range(3)]
        for leaf in leaves:
            leaf.requires_grad_()
        grad = torch.randn(len(batch), heads, width)
        theirs = gpu_flex.attend(leaves, gpu_flex.within_sets(batch), meter.compiled)
        yield from _beside_flex(
            f"full attention, {sets} sets, {len(batch)} rows, {heads} x {width}",
            meter.step(lambda ls=leaves: attend(*ls, batch=batch), leaves, grad),
            meter.step(theirs, leaves, grad),
            meter,
            ">= 1",
        )


def _beside_flex(
    label: str, ours: Any, theirs: Any, meter: Meter, bar: str
) -> Iterator[Row]:
    same(ours(), theirs(), 1e-3)
    took = meter.milliseconds(ours)
    yield row(label, "with backward, ms", took, "")
    yield row(label, "times FlexAttention", meter.milliseconds(theirs) / took, bar)


def hubs(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """The same number of edges with one node that has many, and spread evenly."""
    (nodes, count), took = sizes.medium, []
    spread = torch.randint(nodes, (2, count))
    work, grad = WORKS["dot"](nodes, 8, 16), torch.randn(nodes, 8, 16)
    for end in (None, 1, 0):
        edges = spread.clone()
        if end is not None:
            edges[end, : sizes.hub] = 13
        view = Adjacency.from_edge_index(edges, nodes)
        run = forward_and_backward(lambda view=view: work.ours(view), work.leaves, grad)
        took.append(meter.milliseconds(run))
    label = f"a hub of {sizes.hub} edges in {count}"
    yield row(label, "target hub / spread", took[1] / took[0], "<= 1.3")
    yield row(label, "source hub / spread", took[2] / took[0], "<= 1.3")


def small_graphs() -> Iterator[tuple[str, Tensor]]:
    """Cora and a batch of 128 molecules, or graphs of their sizes."""
    folder = os.environ.get("GRAPHATTN_DATA")
    with torch.device("cpu"):
        if folder:
            cora = read_planetoid_data(str(Path(folder) / "planetoid_cora"), "cora")
            yield "Cora", cora["edge_index"]
        else:
            yield "synthetic, Cora's size", torch.randint(2708, (2, 10_556))
        if find_spec("rdkit"):
            molecules: Any = graphattn.datasets.load("nci")
            batch = Batch.from_data_list([molecules.get(i) for i in range(128)])
            yield "128 molecules", batch["edge_index"]
        else:
            one = torch.stack([torch.arange(50) // 2, (torch.arange(50) + 1) // 2])
            many = [one + 26 * place for place in range(128)]
            yield "synthetic, 128 paths of 26", torch.cat(many, 1)


def small(sizes: Sizes, meter: Meter) -> Iterator[Row]:
    """Where launching takes the time."""
    for label, edges in small_graphs():
        nodes = int(edges.max()) + 1
        edges = edges.to(torch.get_default_device())
        view = Adjacency.from_edge_index(edges, nodes)
        for score, make in WORKS.items():
            work, grad = make(nodes, 8, 8), torch.randn(nodes, 8, 8)
            ours, pyg = (
                forward_and_backward(call, work.leaves, grad)
                for call in (
                    lambda w=work, v=view: w.ours(v),
                    lambda w=work, e=edges: w.pyg(e),
                )
            )
            same(ours(), pyg(), 1e-4)
            name = f"{label}, 8 x 8, {score}"
            both = meter.milliseconds(ours)
            yield row(name, "with backward, ms", both, "")
            yield row(name, "times PyG", meter.milliseconds(pyg) / both, "> 1")
            with torch.no_grad():
                spent = meter.launching(lambda w=work, v=view: w.ours(v))
                played = meter.replay(lambda w=work, v=view: w.ours(v))
            yield row(name, "host time of forward, us", spent, "< 60")
            yield row(name, "forward in a CUDA graph, us", 1e3 * played, "")


def check_device() -> None:
    """Ends the script where no GPU runs the kernels."""
    if not torch.cuda.is_available() or graphattn.kernel_for("cuda") != "triton":
        sys.exit(
            "benchmarks/gpu.py needs a CUDA GPU, a CUDA build of PyTorch with triton, "
            f"and GRAPHATTN_KERNEL unset; here PyTorch is {torch.__version__} and "
            f'kernel_for("cuda") is {graphattn.kernel_for("cuda")!r}'
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--rehearse", action="store_true", help="tiny, on CPU")
    parser.add_argument("--skip-huge", action="store_true", help="no 124M edges")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    meter = (Rehearsal if options.rehearse else Meter)(options.repeat)
    if not options.rehearse:
        check_device()
        torch.set_default_device("cuda")
    torch.manual_seed(0)
    assert_parity(tiny=options.rehearse)
    device = "a rehearsal" if options.rehearse else torch.cuda.get_device_name()
    versions = f"torch {torch.__version__}, triton {triton.__version__}"
    versions += f", PyG {torch_geometric.__version__}"
    print(f"{device}, {versions}; results equal the portable kernels'\n", flush=True)
    works = [layers, flex, hubs, small, ragged, *([] if options.skip_huge else [huge])]
    rows = []
    for work in works:
        for found in work(TINY if options.rehearse else Sizes(), meter):
            print(*found.values(), sep="  ", file=sys.stderr, flush=True)
            rows.append(found)
    print(table(list(rows[0]), [list(found.values()) for found in rows]))
    if options.json:
        report = {"device": device, "versions": versions, "rows": rows}
        options.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
