import os
import subprocess
import sys

import pytest
import torch

from graphattn.training.share import Share, own_share, weighted

# The same run by one process, and by two under torchrun. Dropout is drawn by each
# process on its own, so it is left out.
SCRIPT = """
import os, sys, torch
from dataclasses import replace
from graphattn.compare import Study, load_task
from graphattn.compare import study as terms
from graphattn.compare.run import run, scoring_batches
from graphattn.compare.structures import structure

for level, budget in terms.BUDGETS.items():
    terms.BUDGETS[level] = replace(budget, dropout=0.0, batch_size=14)
torch.set_num_threads(1)
task = load_task(sys.argv[1], {"target": "y", "smiles": "smiles"})
study = Study(seeds=1, epochs=3, layers=1, channels=12, heads=3, split=sys.argv[3])
pairs = structure("edges").pairs(task.graphs)
result, model = run(task, pairs, study, "edges", 0)
if os.environ.get("RANK", "0") == "0":
    rows = torch.arange(len(task.graphs.y))
    said = [model(batch) for batch in scoring_batches(task, pairs, rows)]
    state = {**model.state_dict(), "said": torch.cat(said).detach()}
    torch.save(state, sys.argv[2])
"""


def spread(processes: int, data: str, out, split: str) -> dict[str, torch.Tensor]:
    script = out.with_suffix(".py")
    script.write_text(SCRIPT)
    alone = [sys.executable, "-W", "ignore"]
    several = [*alone, "-m", "torch.distributed.run", "--standalone"]
    several += [f"--nproc-per-node={processes}"]
    got = subprocess.run(
        [*(alone if processes == 1 else several), str(script), data, str(out), split],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        check=False,
    )
    assert got.returncode == 0, got.stderr
    return torch.load(out, weights_only=True)


@pytest.mark.parametrize("kind", ["network", "molecules"])
def test_two_processes_train_the_model_that_one_does(tmp_path, kind):
    data, split = "karate", "per-class"
    if kind == "molecules":
        smiles = 5 * ["CCO", "CCN", "c1ccccc1C", "CCC", "OCC=O", "CC#N", "CCCl"]
        lines = [f"{s},{k % 7}.5" for k, s in enumerate(smiles)]
        data, split = str(tmp_path / "m.csv"), "random"
        (tmp_path / "m.csv").write_text("\n".join(["smiles,y", *lines]))
    one = spread(1, data, tmp_path / "one.pt", split)
    two = spread(2, data, tmp_path / "two.pt", split)
    for name, value in one.items():
        if name.endswith("key_proj.bias"):
            # Softmax does not see it: its gradient is rounding noise, which AdamW
            # makes as large as any.
            continue
        torch.testing.assert_close(two[name], value, rtol=2e-4, atol=2e-5)


def test_shares_are_all_of_a_batch():
    items = torch.arange(7)
    parts = [Share(rank, 3).of(items).tolist() for rank in range(3)]
    assert parts == [[0, 3, 6], [1, 4], [2, 5]]
    with pytest.raises(ValueError, match="an item for every process"):
        Share(1, 8).of(items)


def test_torchrun_says_which_share(monkeypatch):
    assert own_share() == Share(0, 1)
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "5")
    assert own_share() == Share(2, 5)


def test_alone_a_loss_is_as_it_is():
    loss = torch.tensor(0.7)
    assert weighted(loss, torch.zeros(3)) is loss
