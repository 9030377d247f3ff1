import math

import numpy as np
import pytest
import torch

from graphattn.datasets import DataError
from graphattn.datasets.coding import MAX_CATEGORIES
from graphattn.datasets.social.attributes import encode

NODES = ("ann", "bob", "cid", "dot", "eve")


def features(values, **options):
    return encode({"a": values}, NODES, caller="from_networkx", **options)


def test_numbers_are_standardised():
    found = features([1, 2.0, True, np.float32(4), np.int64(7)])
    assert found.names == ("a",)
    assert found.missing == {}
    torch.testing.assert_close(found.x.mean(), torch.tensor(0.0))
    torch.testing.assert_close(found.x.std(correction=0), torch.tensor(1.0))


def test_a_missing_number_is_the_mean_and_marked():
    found = features([1, None, 3, None, 5])
    assert found.names == ("a", "a is missing")
    assert found.missing == {"a": 2}
    assert found.x[:, 1].tolist() == [0, 1, 0, 1, 0]
    assert found.x[1, 0] == found.x[3, 0] == found.x[2, 0] == 0


def test_a_constant_becomes_zeros():
    assert features([0.1, 0.1, 0.1, 0.1, 0.1]).x.tolist() == [[0.0]] * 5


def test_texts_become_a_column_each():
    found = features(["x", "y", None, "x", "y"])
    assert found.names == ("a=x", "a=y")
    assert found.missing == {"a": 1}
    assert found.x.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]]


def test_vectors_become_a_column_per_number():
    found = features([[1, 2], (3, 4), np.array([5, 6]), torch.tensor([7, 8]), None])
    assert found.names == ("a[0]", "a[1]", "a is missing")
    assert found.x[4].tolist() == [0, 0, 1]


def test_what_is_no_feature_is_reported():
    assert features([None] * 5).ignored == {"a": "no node has it"}
    count = MAX_CATEGORIES + 1
    names = [str(n) for n in range(count)]
    found = encode({"a": names}, names, caller="from_networkx")
    assert found.x.shape == (count, 0)
    assert found.ignored == {"a": f"it has {count} different texts"}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_names_its_node(value):
    with pytest.raises(DataError) as error:
        features([1, 2, value, 4, 5])
    assert str(error.value) == (
        "from_networkx: a feature must be a finite number; correct it, or remove it: a "
        'node without the attribute is filled in (nan="missing" does so for NaN). '
        "Got:\n  attribute = 'a'\n"
        "  node = 'cid'\n"
        f"  value = {value}"
    )


def test_nan_can_mean_missing():
    found = features([1, 2, math.nan, 4, 5], nan="missing")
    assert found.missing == {"a": 1}
    assert found.x[2].tolist() == [0, 1]


@pytest.mark.parametrize("values", [[1, "x", 2, 3, 4], [{}, 1, 2, 3, 4]])
def test_mixed_types_name_the_node(values):
    with pytest.raises(DataError, match="all numbers, all texts, or all vectors"):
        features(values)


def test_vectors_of_two_lengths_are_refused():
    with pytest.raises(
        DataError, match="a vector has 3 numbers where the first one has 2"
    ):
        features([[1, 2], [3, 4], [5, 6, 7], [1, 2], [1, 2]])
