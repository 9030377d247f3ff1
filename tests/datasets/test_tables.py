import pytest

from graphattn.datasets import DataError
from graphattn.datasets.tables import read_table


@pytest.mark.parametrize(
    "content",
    [
        "smiles,y\nCCO,1\nCN,2\n",
        "smiles,y\r\nCCO,1\r\nCN,2",
        "\ufeffsmiles,y\nCCO,1\n\nCN,2\n\n",
        "smiles\ty\nCCO\t1\nCN\t2\n",
        "smiles;y\nCCO;1\nCN;2\n",
        "smiles | y\nCCO | 1\nCN | 2\n",
        "smiles y\nCCO   1\n CN 2\n",
        '"smiles","y"\n"CCO","1"\n"CN","2"\n',
        "smiles,y\nCCO,1\nCN,2\n".encode("utf-16"),
    ],
)
def test_delimiter_quotes_marks_and_line_ends_are_found_out(write, content):
    table = read_table(write("some.csv", content))
    assert table.columns == ("smiles", "y")
    assert table.values(0) == ["CCO", "CN"]
    assert table.values(1) == ["1", "2"]
    assert [row.row for row in table.rows] == [1, 2]


def test_lines_are_counted_with_comments_empty_lines_and_quoted_line_ends(write):
    content = '# by hand\na,b\n\n1,"two\nlines"\n# more\n3,4\n'
    table = read_table(write("some.csv", content), comment="#")
    assert [(row.row, row.line) for row in table.rows] == [(1, 4), (2, 7)]
    assert table.values(1) == ["two\nlines", "4"]


def test_a_file_without_header_gets_the_names_given(write):
    table = read_table(write("some.csv", "CCO,1\nCN,2\n"), columns=["smiles", "y"])
    assert table.columns == ("smiles", "y")
    assert len(table.rows) == 2


def test_delimiters_within_quotes_do_not_count(write):
    table = read_table(write("some.csv", 'n;s\n1;"a;b"\n2;"c,d,e"\n'))
    assert table.values(1) == ["a;b", "c,d,e"]


def message(path, **options):
    with pytest.raises(DataError) as error:
        read_table(path, **options)
    return str(error.value)


def test_a_row_with_too_many_cells_is_shown(write):
    assert message(write("some.csv", "smiles,y\nCCO,1\nCN,2,3\n")) == (
        "datasets.load: a line has 3 cells where 2 are due; quote cells that contain "
        "the delimiter, or give delimiter=. Got:\n"
        "  file = 'some.csv'\n"
        "  line = 3\n"
        "  value = ['CN', '2', '3']\n"
        "  delimiter = ','\n"
        "  columns = ['smiles', 'y']"
    )


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff", "# only this\n"])
def test_an_empty_file_is_refused(write, content):
    got = message(write("none.csv", content), comment="#")
    assert got == "datasets.load: the file is empty. Got:\n  file = 'none.csv'"


def test_a_header_alone_is_refused(write):
    assert message(write("none.csv", "smiles,y\n")) == (
        "datasets.load: the file has a header but no row. Got:\n"
        "  file = 'none.csv'\n"
        "  columns = ['smiles', 'y']"
    )


def test_a_file_in_another_encoding_is_refused_unless_it_is_named(write):
    path = write("latin.csv", "name,y\nAnne,1\nJosé,2\n".encode("latin-1"))
    assert message(path) == (
        "datasets.load: the file is not utf-8 text; save it as UTF-8, or name its "
        'encoding, such as encoding="latin-1". Got:\n'
        "  file = 'latin.csv'\n"
        "  line = 3\n"
        "  value = b'\\xe9'"
    )
    assert read_table(path, encoding="latin-1").values(0) == ["Anne", "José"]
    assert "there is no such encoding" in message(path, encoding="latin-99")


def test_a_binary_file_is_refused(write):
    assert message(write("some.csv", b"PNG\x03\x04\n\x00\x01,\x02")) == (
        "datasets.load: the file is not text but binary; give a csv, a tsv or an edge "
        "list. Got:\n  file = 'some.csv'\n  line = 2"
    )


def test_a_missing_file_gives_the_nearest_names(write):
    path = write("molecules.csv", "a,b\n")
    missing = str(path.with_name("molecule.csv"))
    assert message(path.with_name("molecule.csv")) == (
        "datasets.load: there is no such file. Got:\n"
        f"  file = {missing!r}\n"
        "  nearest = ['molecules.csv']"
    )


def test_a_folder_is_refused(tmp_path):
    assert "this is a folder; give a file" in message(tmp_path)


def test_a_quote_without_its_pair_is_refused(write):
    path = write("some.csv", 'a,b\n1,"2\n' + "3,4\n" * 40_000)
    assert "look for a quote without its pair" in message(path)


def test_a_column_named_twice_cannot_be_asked_for(write):
    table = read_table(write("some.csv", "a,b,a\n1,2,3\n"))
    assert table.index("b", "target") == 1
    with pytest.raises(DataError, match="two columns have this name"):
        table.index("a", "target")
