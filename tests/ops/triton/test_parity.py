"""The Triton kernels, under the interpreter and through the compiler, without a GPU.

Triton decides when it is imported whether it interprets, and reads the source of what
the import hook of the tests would wrap: so each runs in a process of its own.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

pytestmark = pytest.mark.skipif(
    find_spec("triton") is None, reason="triton is not installed: pip install triton"
)


def answer(*command: str, **variables: str) -> str:
    """Runs Python, and returns what it printed last."""
    paths = os.pathsep.join(map(str, (ROOT, HERE.parents[1], HERE)))
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, **variables},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("part", ["graphs", "types", "shapes", "hubs", "sets"])
def test_outputs_and_gradients_equal_the_portable_ones(part):
    script = str(HERE / "parity.py")
    assert answer(script, part, TRITON_INTERPRET="1") == "equal"


def test_every_launch_compiles_for_a_gpu(tmp_path):
    found = answer(
        str(HERE / "compiles.py"), TRITON_INTERPRET="0", TRITON_CACHE_DIR=str(tmp_path)
    )
    assert found == "compiled"


REGISTERED = """
import sys, torch
torch.version.cuda = "12.8"
import graphattn
assert "graphattn.ops.dot.triton" not in sys.modules
has = torch._C._dispatch_has_kernel_for_dispatch_key
for op in ("dot", "additive", "gat", "full"):
    for name in (op, f"{op}_backward"):
        assert has(f"graphattn::{name}", "CUDA") == (sys.argv[1] == "triton"), name
print(graphattn.kernel_for("cuda:0"))
"""


@pytest.mark.parametrize("forced", ["", "portable"])
def test_a_cuda_build_runs_triton_unless_portable_is_forced(forced):
    want = forced or "triton"
    assert answer("-c", REGISTERED, want, GRAPHATTN_KERNEL=forced) == want


CALLED = """
import torch
torch.version.cuda = "12.8"
import graphattn
from graphattn.ops.dot import triton as kernel
class Ran(Exception): pass
def ran(*_): raise Ran
kernel.forward = ran
rows = torch.empty(3, 2, 5, device="meta")
try:
    ints = {"dtype": torch.int32, "device": "meta"}
    graph = [torch.empty(n, **ints) for n in (4, 7, 7, 4, 7, 7)]
    key = torch._C.DispatchKeySet(torch._C.DispatchKey.CUDA)
    op = torch.ops.graphattn.dot.default
    op.redispatch(key, rows, rows, rows, *[None] * 4, *graph, 1.0, 0.0, None)
except Ran:
    print("ran")
"""


def test_the_registered_kernel_is_the_one_of_the_triton_module():
    assert answer("-c", CALLED, TRITON_INTERPRET="1") == "ran"
