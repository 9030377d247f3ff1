import pytest

from graphattn.compare.counted import counted


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 steps"),
        (1, "1 step"),
        (1.0, "1 step"),
        (2, "2 steps"),
        (0.5, "0.5 steps"),
        (1500, "1,500 steps"),
    ],
)
def test_one_is_singular_and_all_else_plural(count, text):
    assert counted(count, "step") == text
