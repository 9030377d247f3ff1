import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError
from graphattn.datasets.coding import HASHED
from graphattn.datasets.columns import Columns, fit

TABLE = {
    "age": [31, None, 29.5, 40, 22],
    "city": ["Bonn", "Ulm", None, "Bonn", "Jena"],
    "place": [[1, 2], [3, 4], [5, 6], [7, 8], None],
    "team": [3, 4, 3, None, 5],
    "about": ["likes cats", "likes dogs", "", None, "cats cats"],
}
CODINGS = {"team": "codes", "about": "hashed"}


def test_each_type_becomes_its_features():
    columns = fit(TABLE, codings=CODINGS)
    x = columns.encode(TABLE)
    assert columns.names[:9] == (
        *("age", "age is missing", "city=Bonn", "city=Jena", "city=Ulm"),
        *("place[0]", "place[1]", "place is missing", "team"),
    )
    assert x.shape == (5, 9 + HASHED)
    assert x[:, 8].tolist() == [0, 1, 0, -1, 2]
    assert x[:, 9:].sum(1).tolist() == [2, 2, 0, 0, 2]


def test_features_can_be_turned_back():
    columns = fit(TABLE, codings=CODINGS)
    back = columns.decode(columns.encode(TABLE))
    assert set(back) == set(TABLE) - {"about"}
    assert back["city"] == TABLE["city"]
    assert back["team"] == ["3", "4", "3", None, "5"]
    assert back["age"][1] is None
    assert back["age"][2] == pytest.approx(29.5, rel=1e-6)
    assert back["place"][3] == pytest.approx([7, 8], rel=1e-6)
    assert back["place"][4] is None


def test_new_rows_are_encoded_as_the_fitted_ones():
    columns = fit(TABLE, codings=CODINGS)
    x = columns.encode({key: values[3:] for key, values in TABLE.items()})
    torch.testing.assert_close(x, columns.encode(TABLE)[3:])
    new = {**{key: [None] for key in TABLE}, "city": ["Kiel"], "age": [31]}
    assert columns.encode(new)[0, 2:5].tolist() == [0, 0, 0]
    with pytest.raises(DataError, match="lacks a column that was fitted"):
        columns.encode({"age": [1]})


def test_means_can_be_learnt_from_the_training_part_alone():
    table = {"age": [1.0, 3.0, 100.0, None], "city": ["a", "b", "c", "a"]}
    columns = fit(table, rows=[0, 1])
    x = columns.encode(table)
    assert columns.names == ("age", "age is missing", "city=a", "city=b")
    assert x[:2, 0].tolist() == [-1, 1]
    assert x[2, 2:].tolist() == [0, 0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.integers(-999, 999), min_size=3, max_size=13), st.data())
def test_refitting_equals_fitting_on_those_rows(values, data):
    rows = data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1))
    if all(values[row] is None for row in rows):
        return
    everywhere = fit({"a": values})
    there, x = everywhere.refit(everywhere.encode({"a": values}), torch.tensor([*rows]))
    kept = [values[row] for row in rows if values[row] is not None]
    want = np.array([np.nan if v is None else v for v in values]) - np.mean(kept)
    want = np.nan_to_num(want / (np.std(kept) if len({*kept}) > 1 else 1))
    np.testing.assert_allclose(x[:, 0], want, rtol=1e-3, atol=0.1)
    assert there.names == everywhere.names


def test_an_encoder_can_be_written_down():
    columns = fit(TABLE, codings={**CODINGS, "age": "ignore"})
    again = Columns.from_json(columns.to_json())
    assert again == columns
    assert again.ignored == {"age": "it is not asked for"}
    for text in ("", "[]", "{}", '{"columns": [{}]}', '{"columns": 3, "ignored": {}}'):
        with pytest.raises(DataError, match="no encoder that to_json wrote"):
            Columns.from_json(text)


def test_what_does_not_suit_is_refused():
    with pytest.raises(DataError, match=r"no such column.*\n.*\n  nearest = \['age'\]"):
        fit(TABLE, codings={"agee": "codes"})
    with pytest.raises(DataError, match="no such coding"):
        fit({"a": [1]}, codings={"a": "hot"})
    with pytest.raises(DataError, match="must be a finite number"):
        fit({"a": [1, math.inf]})
    with pytest.raises(DataError, match="one column per feature name"):
        fit({"a": [1, 2]}).decode(torch.zeros(3, 2))
