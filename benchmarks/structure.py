"""Times structure encodings against PyG's transforms, DGL's functions and SciPy.

Run it: python benchmarks/structure.py [--dgl PYTHON] [--part molecules|cora|facebook]

Networks are their largest components. Molecules (ESOL) are timed as one batch and one
by one, as a `pre_transform` meets them; the peers take graphs one by one. Only
connected molecules of more than `K` atoms are taken, because the peers fail on, or give
another meaning to, the rest. Every result is compared: eigenvectors by what they span.
DGL asks its eigenvalue solver for two digits, so its disagreements there are counted.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from measure import race, table
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, shortest_path
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.transforms import (
    AddLaplacianEigenvectorPE,
    AddRandomWalkPE,
    LargestConnectedComponents,
)

from graphattn import datasets, structure

K, STEPS = 8, 16
OURS = {
    "eigenvectors": structure.AddLaplacianEigenvectors(K),
    "walks": structure.AddReturnProbabilities(STEPS),
    "distances": structure.AddShortestDistances(),
}
WRITTEN = {
    "eigenvectors": "laplacian_eigenvectors",
    "walks": "return_probabilities",
    "distances": "pair_distance",
}
PYG = {
    "eigenvectors": AddLaplacianEigenvectorPE(K, "found", is_undirected=True),
    "walks": AddRandomWalkPE(STEPS, "found"),
}
ROWS = {
    "eigenvectors": f"{K} Laplacian eigenvectors",
    "walks": f"return probabilities, {STEPS} steps",
    "distances": "shortest distances, all pairs",
}


def matrix(data: Any) -> csr_matrix:
    source, target = data.edge_index.numpy()
    shape = (data.num_nodes, data.num_nodes)
    return csr_matrix((torch.ones(len(source)).numpy(), (source, target)), shape)


def molecules() -> list[Data]:
    dataset: Any = datasets.load("esol")
    graphs: list[Any] = [
        Data(edge_index=data.edge_index, num_nodes=data.num_nodes) for data in dataset
    ]
    return [
        data
        for data in graphs
        if data.num_nodes > K + 1 and connected_components(matrix(data))[0] == 1
    ]


def network(name: str) -> Data:
    data = datasets.load(name)
    data = Data(edge_index=data.edge_index, num_nodes=data.num_nodes)
    return LargestConnectedComponents()(data)


def scipy_distances(data: Data) -> Tensor:
    """Returns [target, source], -1 where no path leads."""
    found = torch.from_numpy(shortest_path(matrix(data), unweighted=True)).T
    return found.masked_fill(found.isinf(), -1).long()


def agree(task: str, data: Data, want: Tensor) -> None:
    """Raises `AssertionError` unless our result on one graph is the peer's."""
    done = OURS[task](data)
    got = done[WRITTEN[task]]
    if task == "distances":
        got = got.view(data.num_nodes, data.num_nodes)
        assert torch.equal(got, want.long()) or torch.equal(got.T, want.long())
    elif task == "walks":
        torch.testing.assert_close(got, want.to(got.dtype), rtol=1e-3, atol=1e-5)
    else:
        spans_agree(got, want, done.laplacian_eigenvalues[0])


def agrees(task: str, data: Data, want: Tensor) -> bool:
    try:
        agree(task, data, want)
    except AssertionError:
        return False
    return True


def spans_agree(got: Tensor, want: Tensor, values: Tensor) -> None:
    """Compares eigenspaces, but not the last: it may be cut, in any way."""
    want = want.to(got.dtype)
    whole = (values - values[-1]).abs() > 1e-4
    for value in values[whole]:
        same = (values - value).abs() < 1e-4
        one, other = got[:, same], torch.linalg.qr(want[:, same])[0]
        torch.testing.assert_close(other @ (other.T @ one), one, rtol=1e-2, atol=1e-4)


def each(transform: Callable[[Data], Data], graphs: list[Data]) -> Callable[[], object]:
    return lambda: [transform(data) for data in graphs]


def of_dgl(
    python: str, tasks: dict[str, list[Data]], repeat: int
) -> dict[str, tuple[float, list[Tensor]]]:
    """Returns DGL's seconds and results, found in a process of its own."""
    number = {"eigenvectors": K, "walks": STEPS, "distances": 0}
    work = [
        (task, number[task], [(d.edge_index, d.num_nodes) for d in graphs])
        for task, graphs in tasks.items()
    ]
    script = Path(__file__).with_name("dgl_structure.py")
    with tempfile.TemporaryDirectory() as folder:
        given, found = f"{folder}/graphs.pt", f"{folder}/results.pt"
        torch.save(work, given)
        terms = [given, found, str(torch.get_num_threads()), str(repeat)]
        subprocess.run([python, str(script), *terms], check=True)
        return dict(zip(tasks, torch.load(found, weights_only=True), strict=True))


def compare(
    name: str, tasks: dict[str, list[Data]], pyg: set[str], python: str, repeat: int
) -> list[list[object]]:
    """Returns rows of a table, after each result was compared with every peer's."""
    dgl = of_dgl(python, tasks, repeat) if python else {}
    rows = []
    for task, graphs in tasks.items():
        ours = OURS[task]
        runs = {"one by one": each(ours, graphs)}
        if len(graphs) > 1:
            batch = Batch.from_data_list([*graphs])
            runs["batch"] = lambda ours=ours, batch=batch: ours(batch)
        if task in pyg:
            runs["PyG"] = each(PYG[task], graphs)
            for data in graphs:
                agree(task, data, PYG[task](data).found)
        if task == "distances":
            runs["SciPy"] = lambda graphs=graphs: [scipy_distances(d) for d in graphs]
            for data in graphs:
                agree(task, data, scipy_distances(data))
        seconds = race(runs, repeat)
        if task in dgl:
            seconds["DGL"], results = dgl[task]
            far = sum(
                not agrees(task, *both) for both in zip(graphs, results, strict=True)
            )
            print(f"{name}, {task}: DGL differs on {far} of {len(graphs)} graphs")
            assert far == 0 or task == "eigenvectors"
        names = ("batch", "one by one", "PyG", "DGL", "SciPy")
        cells = [f"{seconds[n]:.3g}" if n in seconds else "" for n in names]
        rows.append([name, ROWS[task], *cells])
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dgl", default="", help="Python that has DGL")
    parser.add_argument("--part", default="molecules,cora,facebook")
    parser.add_argument("--repeat", type=int, default=3)
    terms = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    both = {"eigenvectors", "walks"}
    if "molecules" in terms.part:
        graphs = molecules()
        paired = [structure.AddPairs()(data) for data in graphs]
        tasks = {"eigenvectors": graphs, "walks": graphs, "distances": paired}
        name = f"{len(graphs)} molecules"
        rows += compare(name, tasks, both, terms.dgl, terms.repeat)
    if "cora" in terms.part:
        cora = network("cora")
        pairs = structure.AddPairs()(cora)
        tasks = {"eigenvectors": [cora], "walks": [cora], "distances": [pairs]}
        rows += compare("Cora, largest component", tasks, both, terms.dgl, 1)
    if "facebook" in terms.part:
        pages = network("facebook_pages")
        rows += compare("Facebook pages", {"eigenvectors": [pages]}, both, terms.dgl, 1)
    head = ["graphs", "what", "batch", "one by one", "PyG", "DGL", "SciPy"]
    print(f"seconds, {torch.get_num_threads()} thread\n")
    print(table(head, rows))


if __name__ == "__main__":
    main()
