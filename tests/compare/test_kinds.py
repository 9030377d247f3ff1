import pytest
from user_files import KINDS, REFUSED

from graphattn.compare import Study, load_task
from graphattn.compare.run import run
from graphattn.compare.structures import structure

TINY = {"epochs": 1, "layers": 1, "channels": 6, "heads": 2, "seeds": 1}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_becomes_a_task_and_trains(tmp_path, name):
    kind = KINDS[name]
    task = load_task(str(kind.write(tmp_path)), kind.options)
    of_nodes = task.level == "node" or task.graphs.of_nodes
    assert (task.kind, of_nodes, task.outputs) == kind.task
    pairs = structure("edges").pairs(task.graphs)
    by_scaffold = task.kind == "molecules" and task.is_regression
    split = "random" if by_scaffold else None
    result, _ = run(task, pairs, Study(split=split, **TINY), "edges", seed=0)
    assert len(result.losses) == 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_compared_says_what_to_do(tmp_path, name):
    write, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        load_task(str(write(tmp_path)), {})
