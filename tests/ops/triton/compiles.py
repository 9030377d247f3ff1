"""Run by test_compiles.py in a process of its own: compiles without a GPU.

What the interpreter accepts, the compiler may not. Every launch that the ops make is
compiled for NVIDIA's compute capability 9.0 instead of run. The ops get CUDA tensors
without data, so whatever would wait for the GPU to tell a number raises, and a call
can be captured in a CUDA graph. `--registers` also assembles the kernels, and prints
what a thread takes.
"""

import importlib
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import nullcontext

import torch
import triton
from parity import SCORES, draw_call
from torch._subclasses.fake_tensor import FakeTensorMode
from triton import JITFunction, knobs
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from graphattn.ops.full import triton as full

POINTERS = {
    torch.float32: "*fp32",
    torch.float64: "*fp64",
    torch.float16: "*fp16",
    torch.bfloat16: "*bf16",
    torch.int32: "*i32",
    torch.int64: "*i64",
    torch.uint8: "*u8",
}
TARGET = GPUTarget("cuda", 90, 32)
SEEN, LAUNCHED = set(), []


def kind(argument: object) -> str:
    """Returns the type of an argument as signatures spell it."""
    if isinstance(argument, torch.Tensor):
        return POINTERS[argument.dtype]
    if isinstance(argument, float):
        return "fp32"
    if isinstance(argument, int):
        return "i64" if argument >= 2**31 else "i32"
    return "constexpr"


def compile_instead(kernel: JITFunction, *given, grid, warmup, **named) -> None:
    LAUNCHED.append(kernel.__name__)
    options = {"num_warps": named.pop("num_warps")}
    arguments = dict(zip(kernel.arg_names, given, strict=False)) | named
    constants = {p.name for p in kernel.params if p.is_constexpr}
    kinds = {
        name: "constexpr" if name in constants else kind(arguments[name])
        for name in kernel.arg_names
    }
    fixed = {n: arguments[n] for n, k in kinds.items() if k == "constexpr"}
    key = (kernel.__name__, *kinds.values(), *map(str, fixed.values()))
    if key in SEEN:
        return
    SEEN.add(key)
    aligned = {
        (place,): [["tt.divisibility", 16]]
        for place, spelled in enumerate(kinds.values())
        if spelled.startswith("*")
    }
    source = ASTSource(kernel, kinds, fixed, aligned)
    done = triton.compile(source, target=TARGET, options=options)
    if "--registers" in sys.argv:
        names = ("SCORE", "H", "C", "D", "F", "R", "E", "P")
        shape = {name: fixed[name] for name in names if name in fixed}
        print(kernel.__name__, shape, options, registers(done.asm), flush=True)


def registers(asm: dict) -> str:
    """Returns what a thread takes, barriers, and how wide the loads are."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(asm["cubin"])
        file.flush()
        command = [knobs.nvidia.cuobjdump.path, "-res-usage", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    used = re.findall(r"(REG:\d+|STACK:\d+|SHARED:\d+)", done.stdout)
    loads = re.findall(r"ld\.global((?:\.\w+)*)", asm["ptx"])
    widths = {width: loads.count(width) for width in sorted(set(loads))}
    return f"{used} barriers {asm['ptx'].count('bar.sync')} {widths}"


def call(
    score: str,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    options: bool,
    num_nodes: int = 61,
) -> list[str]:
    """Runs both passes on a graph of mean degree 21; returns what was launched."""
    kernel = importlib.import_module(f"graphattn.ops.{SCORES[score]}.triton")
    sizes = [num_nodes + 1, 21 * num_nodes, 21 * num_nodes] * 2
    structure = [torch.empty(size, dtype=torch.int32) for size in sizes]
    given, settings, flags = draw_call(score, structure, *shape, dtype, options)
    LAUNCHED.clear()
    out = kernel.forward(*given, *settings)
    kernel.backward(*map(torch.zeros_like, out), *given, *out, *settings, *flags)
    return LAUNCHED.copy()


def call_sets(width: int, dtype: torch.dtype, dropout: float) -> list[str]:
    """Runs both passes of full attention within seven sets."""
    rows, pointers = torch.empty(61, 8, width, dtype=dtype), torch.arange(8)
    tensors = (rows, rows, rows, pointers, pointers)
    settings = (True, 0.5, dropout, torch.tensor([7]))
    LAUNCHED.clear()
    out = full.forward(*tensors, *settings)
    full.backward(*map(torch.zeros_like, out), *tensors, *out, *settings)
    return LAUNCHED.copy()


def main() -> None:
    wide, narrow = (8, 16, 16, 2), (3, 5, 7, 2)
    for score in SCORES:
        call(score, narrow, torch.bfloat16, options=True)
    call("dot", wide, torch.float32, options=False)
    few = call("dot", wide, torch.float32, options=False, num_nodes=23)
    assert few == ["forward_kernel", "targets_kernel", "sources_kernel"], few
    few = call_sets(16, torch.float32, 0.3)
    ranges, *passes = "find_ranges", "forward_sets", "queries_of_sets", "keys_of_sets"
    assert few == [ranges, passes[0], ranges, *passes[1:]], few
    if "--registers" in sys.argv:
        for score in SCORES:
            call(score, wide, torch.float32, options=False)
            call(score, wide, torch.float32, options=True)
        for dtype in (torch.float32, torch.bfloat16):
            call("dot", (1, 128, 128, 2), dtype, options=False)
            for width in (16, 64, 128):
                call_sets(width, dtype, 0.0)
    print("compiled")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    JITFunction.run = compile_instead
    # There is no device to make the current one.
    torch.cuda.device = lambda _: nullcontext()
    with FakeTensorMode(), torch.device("cuda"):
        main()
