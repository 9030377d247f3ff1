import networkx as nx
import pytest
import torch

from graphattn.compare.graphs import collate
from graphattn.compare.structures import parse, structure


def pair_set(task, name):
    pairs = structure(name).pairs(task.graphs)
    if pairs is None:
        full = range(len(task.graphs.x))
        return {(i, j) for i in full for j in full}
    return set(zip(*pairs.index.tolist(), strict=True))


def test_edges_two_hop_and_full_are_nested(karate_task):
    edges, two, full = (pair_set(karate_task, n) for n in ("edges", "2-hop", "full"))
    assert edges < two < full


def test_edges_are_the_bonds_and_each_node_itself(karate_task):
    own = {(i, i) for i in range(34)}
    ties = set(zip(*karate_task.graphs.edges.index.tolist(), strict=True))
    assert pair_set(karate_task, "edges") == ties | own


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_k_hop_is_all_pairs_up_to_a_distance(karate_task, hops):
    lengths = nx.all_pairs_shortest_path_length(nx.karate_club_graph(), cutoff=hops)
    want = {(i, j) for i, found in lengths for j in found}
    assert pair_set(karate_task, f"{hops}-hop") == want


@pytest.mark.parametrize("name", ["edges", "2-hop", "window:3", "causal", "full"])
def test_the_count_is_what_a_batch_attends_to(molecule_task, name):
    graphs, one = molecule_task.graphs, structure(name)
    pairs = one.pairs(graphs)
    counts = one.count(graphs, pairs)
    batch = collate(graphs, pairs, torch.tensor([5]))
    if name == "full":
        assert batch.attend is None
        assert int(counts[5]) == len(batch.x) ** 2
    else:
        assert int(counts[5]) == batch.attend.num_edges


def test_causal_looks_back_only(molecule_task):
    sources, targets = structure("causal").pairs(molecule_task.graphs).index
    assert bool((sources <= targets).all())


def test_a_list_is_read_in_its_order():
    names = [one.name for one in parse("full, 3-hop ,window:7,edges")]
    assert names == ["full", "3-hop", "window:7", "edges"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("edgs", "'edges'"),
        ("ful", "'full'"),
        ("0-hop", "'2-hop'"),
        ("window", "'window:5'"),
        ("edges,edges", "once"),
        (" , ", "at least one"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(text, words):
    with pytest.raises(ValueError, match="compare: ") as caught:
        parse(text)
    assert words in str(caught.value)


def test_baselines_are_structures_too(karate_task):
    alone, rewired, mean = (
        pair_set(karate_task, name) for name in ("self", "rewired", "mean")
    )
    own = {(i, i) for i in range(34)}
    assert alone == own
    assert mean == pair_set(karate_task, "edges")
    assert own < rewired
    assert len(rewired) == len(mean)
    assert rewired != mean
