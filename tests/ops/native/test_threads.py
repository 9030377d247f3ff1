"""The same bits for any number of threads, and no harm from threads or forks."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from cases import SCORES
from graphs import Graph, random_graph
from torch.utils.data import DataLoader

from graphattn.ops.compress import native as compress_native


@pytest.fixture
def hubs() -> Graph:
    """Enough edges to be worth several threads; a hub on either side."""
    edges = random_graph(20011, 307, 211).edge_index
    edges[1, :9001] = 5
    edges[0, 9001:15013] = 7
    return Graph(edges, 307, 211)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("options", [False, True], ids=["plain", "options"])
def test_any_number_of_threads_gives_the_same_bits(score, options, hubs, make_call):
    call = make_call(score, hubs, 8, 16, 16, options=options)
    seen = []
    for threads in (1, 2, 3, 7):
        torch.set_num_threads(threads)
        outputs = call.forward()
        torch.manual_seed(0)
        grads = [torch.randn_like(tensor) for tensor in outputs]
        seen.append((*outputs, *call.backward(grads, outputs)))
    for other in seen[1:]:
        for one, two in zip(seen[0], other, strict=True):
            assert torch.equal(one, two)


def test_sorting_is_the_same_for_any_number_of_threads():
    edges = random_graph(300007, 5003, 4001).edge_index
    torch.set_num_threads(1)
    one = compress_native.compress(edges, 5003, 4001)
    torch.set_num_threads(3)
    assert all(map(torch.equal, one, compress_native.compress(edges, 5003, 4001)))


def test_python_threads_can_call_at_once(hubs, make_call):
    torch.set_num_threads(2)
    call = make_call("dot", hubs, 8, 16, 16)
    alone = call.forward()[0]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: call.forward()[0], range(8)))
    assert all(torch.equal(out, alone) for out in found)


class Attended(torch.utils.data.Dataset):
    """Each item is computed where it is asked for."""

    def __init__(self, call):
        self.call = call

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return self.call.forward()[0]


def test_a_forked_loader_worker_computes_the_same(hubs, make_call):
    torch.set_num_threads(2)
    call = make_call("dot", hubs, 8, 16, 16)
    here = call.forward()[0]
    loader = DataLoader(
        Attended(call), batch_size=None, num_workers=1, multiprocessing_context="fork"
    )
    assert all(torch.equal(out, here) for out in loader)


def _attend(call, results):
    results.put(float(call.forward()[0].double().sum()))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_bare_fork_falls_back_to_one_thread(hubs, make_call):
    """The pool's threads do not exist in the child; waiting for them would hang."""
    torch.set_num_threads(2)
    call = make_call("dot", hubs, 8, 16, 16)
    here = float(call.forward()[0].double().sum())
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    child = fork.Process(target=_attend, args=(call, results))
    child.start()
    assert results.get(timeout=20) == here
    child.join()
