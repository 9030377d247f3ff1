from dataclasses import replace

import torch
from torch.testing import assert_close

from graphattn.models import NodePredictor
from tests.models.cases import make_batch, make_encoder


def test_only_the_chosen_nodes_are_predicted():
    batch = make_batch()
    model = NodePredictor(make_encoder(), 3).eval()
    rows = torch.tensor([11, 0, 5])
    assert model(batch).shape == (13, 3)
    assert_close(model(replace(batch, rows=rows)), model(batch)[rows])
