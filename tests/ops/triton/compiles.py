"""Run by test_compiles.py in a process of its own: compiles without a GPU.

What the interpreter accepts, the compiler may not. Every launch that the ops make is
compiled for NVIDIA's compute capability 9.0 instead of run. `--registers` also
assembles it, and prints what a thread takes.
"""

import importlib
import re
import subprocess
import sys
import tempfile
import warnings

import torch
import triton
from graphs import random_graph
from parity import SCORES, draw_call
from triton import JITFunction, knobs
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

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
SEEN = set()


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
        names = ("SCORE", "H", "C", "D", "F", "R", "E")
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


def call(score: str, shape: tuple[int, ...], dtype: torch.dtype, options: bool) -> None:
    kernel = importlib.import_module(f"graphattn.ops.{SCORES[score]}.triton")
    graph = random_graph(1301, 61, 61)
    given, settings, flags = draw_call(score, graph, *shape, dtype, options)
    out = kernel.forward(*given, *settings)
    kernel.backward(*map(torch.zeros_like, out), *given, *out, *settings, *flags)


def main() -> None:
    warnings.simplefilter("ignore")
    JITFunction.run = compile_instead
    wide, narrow = (8, 16, 16, 2), (3, 5, 7, 2)
    for score in SCORES:
        call(score, narrow, torch.bfloat16, options=True)
    call("dot", wide, torch.float32, options=False)
    if "--registers" in sys.argv:
        for score in SCORES:
            call(score, wide, torch.float32, options=False)
            call(score, wide, torch.float32, options=True)
        for dtype in (torch.float32, torch.bfloat16):
            call("dot", (1, 128, 128, 2), dtype, options=False)
    print("compiled")


if __name__ == "__main__":
    main()
