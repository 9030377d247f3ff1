import pytest
import torch

from graphattn._errors import describe, require


def test_names_caller_rule_and_every_value():
    with pytest.raises(ValueError, match="width must be even") as caught:
        require(
            False,
            "rotary",
            "width must be even",
            {"query": torch.zeros(7, 2, 5), "width": 5},
        )
    assert str(caught.value) == (
        "rotary: width must be even. Got:\n  query = float32[7,2,5] on cpu\n  width = 5"
    )


def test_says_nothing_where_the_rule_holds():
    require(True, "rotary", "width must be even", {})


@pytest.mark.parametrize(
    ("value", "text"),
    [(torch.int32, "int32"), ("a", "'a'"), (None, "None"), ((2, 3), "(2, 3)")],
)
def test_describes_values(value, text):
    assert describe(value) == text
