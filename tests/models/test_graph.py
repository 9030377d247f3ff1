import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.models import GraphBatch, GraphPredictor
from tests.models.cases import attending, make_batch, make_encoder


def make_model() -> GraphPredictor:
    return GraphPredictor(make_encoder(), 2, typical_size=5.0).eval()


def alone(batch: GraphBatch, graph: int) -> GraphBatch:
    nodes = (batch.batch == graph).nonzero().view(-1)
    edges = batch.batch[batch.edge_index[1]] == graph
    edge_index = batch.edge_index[:, edges] - nodes[0]
    return GraphBatch(
        x=batch.x[nodes],
        edge_index=edge_index,
        edge_attr=batch.edge_attr[edges],
        batch=torch.zeros(len(nodes), dtype=torch.long),
        num_graphs=1,
        attend=patterns.with_self_loops(edge_index, len(nodes)),
        y=batch.y[graph : graph + 1],
    )


def test_a_batch_equals_each_graph_alone():
    batch, model = make_batch(), make_model()
    want = torch.cat([model(alone(batch, graph)) for graph in range(3)])
    assert_close(model(batch), want)
    want = torch.cat([model(attending(alone(batch, k), None)) for k in range(3)])
    assert_close(model(attending(batch, None)), want)


def test_the_order_of_the_nodes_does_not_matter():
    batch, model = make_batch((7,)), make_model()
    order = torch.randperm(7)
    place = order.argsort()
    edge_index = place[batch.edge_index]
    moved = GraphBatch(
        x=batch.x[order],
        edge_index=edge_index,
        edge_attr=batch.edge_attr,
        batch=batch.batch,
        num_graphs=1,
        attend=patterns.with_self_loops(edge_index, 7),
        y=batch.y,
    )
    assert_close(model(moved), model(batch))
