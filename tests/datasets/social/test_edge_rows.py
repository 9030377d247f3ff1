from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError
from graphattn.datasets.social import edge_rows
from graphattn.datasets.social.edge_columns import edge_layout
from graphattn.datasets.social.edge_rows import EdgeRows, read_rows

NONE = dict.fromkeys(("source", "destination", "weight", "time", "delimiter"))


def rows_of(path: Path, **options) -> EdgeRows:
    given = {**NONE, "attributes": (), "header": None, **options}
    layout = edge_layout(path, comment="#%", encoding=None, **given)
    return read_rows(path, layout, "#%", None)


def as_text(rows: EdgeRows) -> tuple:
    sources = [str(value) for value in rows.sources.to_list()]
    destinations = [str(value) for value in rows.destinations.to_list()]
    weights = None if rows.weights is None else rows.weights.tolist()
    others = {name: column.to_list() for name, column in rows.columns.items()}
    return sources, destinations, weights, others


def outcome(path: Path, **options) -> object:
    try:
        return as_text(rows_of(path, **options))
    except DataError as error:
        return str(error)


def agree(path: Path, monkeypatch_one_by_one, **options) -> None:
    got = outcome(path, **options)
    with monkeypatch_one_by_one() as patch:
        patch.setattr(edge_rows, "_plain", lambda *_: None)
        want = outcome(path, **options)
    assert got == want


FILES = [
    b"1,2\n2,3\n",
    b"1\t2\n2\t3\n\n\n",
    b"1 2\n 2   3 \n3\t4\n",
    b"# c\n#d\n1,2\n  # e\n2,3\n% f\n3,4",
    b"\n\n1;2\r\n2;3\r\n",
    b"01,2\n1,02\n",
    b"+1,2\n1,-0\n",
    b"99999999999999999999,2\n1,2\n",
    b'"a","b"\n"b","c,d"\n',
    b'"a","b\nc"\n# no,"d"\n"e","f"\n',
    b'a,b\n"c""d",e\nab",x\n',
    b"a , b\n c,d \n",
    b"source,target,weight\n1,2,0.5\n2,3,1e3\n",
    b"source,target,weight\n1,2,0.5\n2,3,nan\n",
    b"source,target,weight\n1,2,0.5\n2,3\n",
    b"source,target,weight\n1,2,0.5\n2,3,1,4\n",
    b"source,target,when,why\n1,2,3,x\n2,3,,\n",
    b"source,target,when,why\n1,2,3,x\n2,3,4\n3,4,5,6,7\n",
    b"source,target\n1,2\n,3\n",
    b"source,target\n1,2\n,\n3,4\n",
    b"source,target\n1,2\n \n3,4\n",
    "é,b\nb,\u00a0c\n".encode(),
    "é b\nb\u00a0x c\n".encode(),
    b"a,\x1cb\nb,c\n",
    b"1,2\n3,four\n",
    b"1,2\n3,\xff\n",
    b"1,2\n3,\x00\n",
    b"1,2\r\r\n2,3\r\r\n",
]


@pytest.mark.parametrize("content", FILES)
def test_reading_at_once_equals_reading_row_by_row(write, content):
    agree(write("ties.csv", content), pytest.MonkeyPatch.context)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(FILES),
    st.lists(
        st.tuples(
            st.integers(0, 60), st.integers(0, 3), st.text('1a, \t\n"#0+', max_size=4)
        ),
        max_size=4,
    ),
)
@example(FILES[0], [(0, 0, '"')])
def test_reading_at_once_equals_reading_row_by_row_in_mutated_files(
    tmp_path: Path, content: bytes, edits: list[tuple[int, int, str]]
):
    for at, cut, new in edits:
        at %= len(content) + 1
        content = content[:at] + new.encode() + content[at + cut :]
    (tmp_path / "ties.csv").write_bytes(content)
    agree(tmp_path / "ties.csv", pytest.MonkeyPatch.context)


def test_integers_are_read_as_such_unless_they_are_written_in_another_way(write):
    assert rows_of(write("a.csv", "1,2\n-3,10\n")).sources.to_list() == [1, -3]
    assert rows_of(write("b.csv", "1,2\n01,2\n")).sources.to_list() == ["1", "01"]
    assert rows_of(write("c.csv", "1,2\n1,-0\n")).destinations.to_list() == ["2", "-0"]


def test_a_long_file_is_told_by_its_head_and_read_whole(write):
    lines = [f"{row},{row + 1},0.5" for row in range(40_000)]
    rows = rows_of(write("long.csv", "from,to,weight\n" + "\n".join(lines)))
    assert rows.sources.to_list() == list(range(40_000))
    assert rows.weights is not None
    assert rows.weights.sum() == 20_000
    lines[39_000] = "39000,x,0.5"
    rows = rows_of(write("text.csv", "from,to,weight\n" + "\n".join(lines)))
    assert rows.destinations[39_000] == "x"
    lines[39_001] = "39001,7"
    with pytest.raises(
        DataError, match=r"2 cells where 3 are due.*\n.*\n  line = 39003"
    ):
        rows_of(write("short.csv", "from,to,weight\n" + "\n".join(lines)))


def test_the_line_of_a_row_is_found_again(write):
    rows = rows_of(write("ties.csv", 'a,b\n\n# c\n"c\nd",e\nf,g\n'))
    assert [rows.line(row) for row in (1, 2, 3)] == [1, 4, 6]
    assert rows.comments == 1


def test_ids_of_both_ends_are_text(write):
    assert rows_of(write("ties.csv", "1,2\n2,30\n")).ids() == {"1", "2", "30"}


def test_a_step_of_the_search_for_odd_integers_ends_anywhere(monkeypatch):
    text = b"10,20\n1,2\n3,04\n"
    for step in range(1, 9):
        monkeypatch.setattr(edge_rows, "_STEP", step)
        assert not edge_rows._canonical(text)
        assert edge_rows._canonical(text.replace(b"04", b"40"))


def test_noise_raises_nothing_but_its_own_error(tmp_path):
    for content in (b"\x80" * 9, b'"', b",,,\n", b"#\n%\n", b"a\x00b"):
        (tmp_path / "x.csv").write_bytes(content)
        with suppress(DataError):
            rows_of(tmp_path / "x.csv")
