import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from structure.cases import SQUARE, alone, batches
from torch.testing import assert_close
from torch_geometric.data import Batch, Data, HeteroData, InMemoryDataset
from torch_geometric.loader import DataLoader
from torch_geometric.transforms import (
    AddLaplacianEigenvectorPE,
    AddRandomWalkPE,
    Compose,
)

from graphattn import structure

ALL = Compose(
    [
        structure.AddLaplacianEigenvectors(3, whole_eigenspaces=True),
        structure.AddReturnProbabilities(4),
        structure.AddDegrees(),
        structure.AddPairs(),
        structure.AddWalkProbabilities(3),
        structure.AddShortestDistances(4),
        structure.AddPathMeans(4),
    ]
)
ADDED = {
    "laplacian_eigenvalues": (1, 3),
    "laplacian_eigenvectors": (7, 3),
    "return_probabilities": (7, 4),
    "in_out_degrees": (7, 2),
    "pair_index": (2, 49),
    "pair_walks": (49, 3),
    "pair_distance": (49,),
    "pair_attr": (49, 2),
}
INVARIANT = [name for name in ADDED if name != "laplacian_eigenvectors"]


def graph(edges, num_nodes):
    number = torch.arange(edges.shape[1]).float()
    attr = torch.stack([number, number.square()], dim=1)
    return Data(edge_index=edges, num_nodes=num_nodes, edge_attr=attr)


def test_write_into_a_copy():
    before = graph(GRAPHS["complete"].edge_index, 7)
    after = ALL(before)
    assert {name: tuple(after[name].shape) for name in ADDED} == ADDED
    assert not set(ADDED) & set(before.keys())


@pytest.mark.parametrize("name", SQUARE)
def test_of_awkward_graphs_have_their_shapes(name):
    num_nodes = GRAPHS[name].num_targets
    after = ALL(graph(GRAPHS[name].edge_index, num_nodes))
    assert after.laplacian_eigenvalues.shape == (1, 3)
    assert after.laplacian_eigenvectors.shape == (num_nodes, 3)
    assert after.pair_distance.shape == (num_nodes**2,)


@settings(max_examples=30, deadline=None)
@given(batches(most_nodes=6))
def test_of_a_batch_are_the_batch_of_transformed_graphs(graphs):
    edges, batch = graphs
    parts = [graph(own, len(nodes)) for nodes, own, _ in alone(edges, batch)]
    parts.append(graph(edges[:, :0], 0))
    together = ALL(Batch.from_data_list(parts))
    apart = Batch.from_data_list([ALL(part) for part in parts])
    for name in INVARIANT:
        assert_close(together[name], apart[name], rtol=1e-4, atol=1e-5)


class Saved(InMemoryDataset):
    """Two graphs, transformed before they are saved."""

    raw_file_names = ()
    processed_file_names = ("graphs.pt",)

    def __init__(self, root, pre_transform):
        super().__init__(root, pre_transform=pre_transform)
        self.load(self.processed_paths[0])

    def process(self):
        names = ("unsorted", "isolated_node")
        graphs = [graph(GRAPHS[n].edge_index, GRAPHS[n].num_targets) for n in names]
        self.save([self.pre_transform(one) for one in graphs], self.processed_paths[0])


@pytest.mark.filterwarnings("ignore")
def test_run_before_a_dataset_is_saved(tmp_path):
    (batch,) = DataLoader(Saved(str(tmp_path), ALL), batch_size=2)
    again = ALL(batch)
    for name in INVARIANT:
        assert_close(batch[name], again[name], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["unsorted", "complete", "hub"])
def test_walks_are_those_of_pyg(name):
    edges, num_nodes, _ = GRAPHS[name]
    edges = edges.unique(dim=1)  # PyG's dense path counts a duplicate edge once
    data = Data(edge_index=edges, num_nodes=num_nodes)
    want = AddRandomWalkPE(6)(data).random_walk_pe
    got = structure.AddReturnProbabilities(6)(data).return_probabilities
    assert_close(got, want, rtol=1e-5, atol=1e-6)


def test_eigenvectors_are_those_of_pyg_up_to_sign():
    path = torch.tensor([[0, 1, 2, 3, 4, 1], [1, 2, 3, 4, 5, 3]])
    data = Data(edge_index=torch.cat([path, path.flip(0)], dim=1), num_nodes=6)
    want = AddLaplacianEigenvectorPE(3, is_undirected=True)(data)
    got = structure.AddLaplacianEigenvectors(3)(data).laplacian_eigenvectors
    want = want.laplacian_eigenvector_pe.to(got.dtype)
    assert_close(got, want * (got * want).sum(0).sign(), rtol=1e-4, atol=1e-5)


def test_weights_of_edges_count():
    edges, num_nodes, _ = GRAPHS["unsorted"]
    data = Data(edge_index=edges, num_nodes=num_nodes)
    data.edge_weight = torch.rand(edges.shape[1])
    for name in ("AddLaplacianEigenvectors", "AddReturnProbabilities"):
        transform = getattr(structure, name)(3)
        weighted, plain = transform(data), data.clone()
        del plain.edge_weight
        key = "return_probabilities" if "Return" in name else "laplacian_eigenvectors"
        assert (weighted[key] - transform(plain)[key]).abs().max() > 0.01


def test_pairs_may_be_hops_or_just_the_edges():
    data = graph(torch.tensor([[0, 1, 2], [1, 2, 3]]), 4)
    data = structure.AddShortestDistances()(structure.AddPairs(2)(data))
    assert data.pair_distance.tolist() == [0, 1, 0, 2, 1, 0, 2, 1, 0]
    data = structure.AddShortestDistances()(graph(data.edge_index, 4))
    assert data.pair_distance.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HeteroData(), "one kind of nodes"),
        (Data(num_nodes=3), "with an edge_index"),
        (
            Data(edge_index=torch.zeros(2, 0).long(), num_nodes=3),
            "must have an edge_attr",
        ),
    ],
)
def test_refuse_what_they_do_not_fit(data, says):
    with pytest.raises(ValueError, match=says):
        structure.AddPathMeans(2)(data)
