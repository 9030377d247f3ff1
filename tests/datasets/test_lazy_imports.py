import subprocess
import sys


def test_importing_the_room_loads_no_extra():
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "import sys, torch_geometric; before = set(sys.modules)\n"
        "import graphattn.datasets\n"
        "extras = {'rdkit', 'networkx', 'sklearn', 'scipy', 'polars', 'lightning'}\n"
        "print(sorted(extras & (set(sys.modules) - before)))"
    )
    command = [sys.executable, "-c", code]
    env = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
