"""What the shapes in the signature of `forward` would catch first in tests."""

import pytest
import torch

from graphattn.nn.inputs import Inputs, check_inputs, check_width


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        (torch.randn(7), torch.randn(13, 5), r"in_channels\] \(source rows\)"),
        (torch.randn(13, 7), torch.randn(13, 7), r"in_channels\] \(target rows\)"),
        (
            torch.randint(3, (13, 7)),
            torch.randn(11, 5),
            r"convert them with .float\(\)",
        ),
        (torch.randn(13, 7), None, "targets attend by their features"),
    ],
)
def test_refuses_features_of_nodes_that_do_not_fit(source, target, says):
    with pytest.raises(ValueError, match=says):
        check_width((7, 5), source, target)


def test_says_how_one_number_for_each_edge_becomes_a_column():
    edges, attr = torch.zeros(2, 61).long(), torch.randn(61)
    given = Inputs(edges, attr, None, None, None, False)
    with pytest.raises(ValueError, match=r"edge_attr.unsqueeze\(1\)"):
        check_inputs(1, False, given, None, torch.randn(13, 7))
