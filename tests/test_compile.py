import subprocess
import sys
from pathlib import Path


def test_everything_compiles_without_graph_breaks_and_with_dynamic_shapes():
    script = Path(__file__).with_name("compiled.py")
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert answer.stdout.strip() == "compiled"
