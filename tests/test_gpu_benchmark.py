import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "gpu.py"
BARS = {
    "bf16 forward, ms": "<= 22",
    "K + V reads, TB/s": ">= 2.5",
    "fp32 with backward / forward": "<= 3.5",
    "peak, GB": "< 20",
    "times compiled PyG": "> 1",
    "target hub / spread": "<= 1.3",
    "host time of forward, us": "< 60",
}


@pytest.mark.skipif(
    find_spec("triton") is None, reason="triton is not installed: pip install triton"
)
def test_the_gpu_benchmark_prints_every_row_in_a_rehearsal(tmp_path):
    file = tmp_path / "rows.json"
    environment = {name: v for name, v in os.environ.items() if name[:9] != "GRAPHATTN"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", SCRIPT, "--rehearse", "--json", file],
        capture_output=True,
        text=True,
        env={**environment, "TRITON_INTERPRET": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(file.read_text())
    assert "rehearsal" in report["device"]
    bars = {row["measure"]: row["bar"] for row in report["rows"]}
    assert bars.items() >= BARS.items()
    labels = " ".join(row["work"] for row in report["rows"])
    for name in ("dot", "gatv2", "gat", "Cora's size", "128", "full attention, 3 sets"):
        assert name in labels
    assert sum(line.startswith("| ") for line in done.stdout.splitlines()) > len(BARS)
