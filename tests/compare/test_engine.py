from queue import SimpleQueue
from threading import Event

import networkx as nx
import pytest
import torch

from graphattn.compare import Study, parallel, prepare, run_study
from graphattn.compare.work import Run, threads_for
from graphattn.datasets import from_networkx

TINY = {"epochs": 3, "layers": 2, "channels": 12, "heads": 3, "seeds": 2}


class Silent:
    def __init__(self, stop_after: int | None = None) -> None:
        self.results = []
        self.epochs = 0
        self.stop_after = stop_after

    def epoch(self, run) -> None:
        self.epochs += 1
        if self.epochs == self.stop_after:
            raise KeyboardInterrupt

    def run(self, result) -> None:
        self.results.append(result)


def complete_graph():
    graph = nx.complete_graph(17)
    nx.set_node_attributes(graph, {n: "ab"[n % 2] for n in graph}, "side")
    return prepare(from_networkx(graph, label="side", name="complete"))


def test_on_a_complete_graph_edges_equal_full():
    outcome = run_study(Study(**TINY), [complete_graph()], Silent())
    rows = {row.structure: row for row in outcome.comparisons[0].rows}
    assert rows["edges"].cost.pairs == rows["full"].cost.pairs == 17 * 17
    assert rows["edges"].scores == rows["full"].scores
    losses = {r.structure: r.losses for r in outcome.runs if r.seed == 1}
    assert losses["edges"] == pytest.approx(losses["full"], rel=1e-4)


def test_every_structure_runs_every_seed(karate_task):
    watch = Silent()
    outcome = run_study(Study(**TINY), [karate_task], watch)
    done = [(r.structure, r.seed) for r in watch.results]
    names = ("edges", "2-hop", "full")
    assert done == [(name, seed) for seed in range(2) for name in names]
    assert watch.epochs == 3 * len(done)
    (comparison,) = outcome.comparisons
    assert comparison.seeds == (0, 1)
    assert comparison.rows[0].difference is None
    assert [row.cost.pairs for row in comparison.rows] == [190, 720, 34 * 34]
    assert set(outcome.models) == {
        Run("karate", name, seed) for name in names for seed in range(2)
    }


def test_runs_on_a_given_split_are_seeds_and_not_splits(karate_task):
    study = Study(**TINY, split="given", attention="edges,full")
    outcome = run_study(study, [karate_task], Silent())
    (comparison,) = outcome.comparisons
    assert (comparison.split, comparison.splits) == ("given", 1)
    assert comparison.seeds == (0, 1)
    assert comparison.rows[1].difference.units == 2
    assert [run.split for run in outcome.runs] == [0] * 4


def test_ctrl_c_leaves_the_finished_seeds(karate_task):
    # Seed 0 takes 9 epochs, seed 1 is stopped in its second structure.
    watch = Silent(stop_after=14)
    outcome = run_study(Study(**TINY), [karate_task, complete_graph()], watch)
    assert outcome.interrupted
    assert len(outcome.runs) == 4
    (comparison,) = outcome.comparisons
    assert comparison.seeds == (0,)


def test_ctrl_c_in_the_first_seed_leaves_no_comparison(karate_task):
    outcome = run_study(Study(**TINY), [karate_task], Silent(stop_after=2))
    assert outcome.interrupted
    assert outcome.comparisons == []


def test_a_small_network_gets_one_thread_and_gives_the_others_back(karate_task):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with threads_for(Study(), karate_task) as threads:
            assert threads == torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_runs_side_by_side_give_the_same_numbers(karate_task):
    alone = run_study(Study(**TINY), [karate_task], Silent())
    watch = Silent()
    together = run_study(Study(**TINY), [karate_task], watch, jobs=2)
    assert watch.epochs == 3 * 6
    scores = [[row.scores for row in o.comparisons[0].rows] for o in (alone, together)]
    assert scores[0] == scores[1]
    for run, model in alone.models.items():
        for name, value in model.state_dict().items():
            assert value.equal(together.models[run].state_dict()[name])


def test_a_run_beside_others_ends_when_the_study_is_stopped(monkeypatch):
    one, told, stop = Run("karate", "edges", 0), SimpleQueue(), Event()
    monkeypatch.setattr(parallel, "_worker", {"epochs": told, "stop": stop})
    parallel._tell(one)
    assert told.get() == one
    stop.set()
    with pytest.raises(InterruptedError, match="karate"):
        parallel._tell(one)


def test_two_data_sets_need_two_names(karate_task):
    with pytest.raises(ValueError, match="a name of its own"):
        run_study(Study(**TINY), [karate_task, karate_task], Silent())
