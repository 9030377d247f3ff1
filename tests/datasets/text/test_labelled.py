import contextlib

import pytest
from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets import DataError, load
from graphattn.datasets.text import by_class, labelled

TABLE = 'a "good" film\t1\nbad\t0\nso so\t10\n'


def test_sentences_between_tabs_keep_their_quotes(write):
    data = labelled.read(write("a.tsv", TABLE))
    assert data.class_names == ("0", "1", "10")
    assert data.y.view(-1).tolist() == [1, 0, 2]
    assert [data.vocabulary[i] for i in data[0].x.view(-1)] == ["a", '"good"', "film"]
    assert data[0].num_edges == 4


def test_columns_can_be_named(write):
    path = write("a.csv", 'id,review,stars\n7,"good, very",5\n8,bad,1\n')
    data = load(path, text="review", label="stars", delimiter=",", tokens="words")
    assert data.class_names == ("1", "5")
    assert [data.vocabulary[i] for i in data[0].x.view(-1)] == ["good", ",", "very"]
    path = write("b.tsv", "stars\treview\n5\tgood\n")
    assert load(path, text="review", label="stars").class_names == ("5",)


FILMS = [("good, very good", 5), ("a bad one", 1), ("not bad at all", 5), ("no", 1)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.csv",
            "id,review,stars\n"
            + "".join(f'{n},"{t}",{s}\n' for n, (t, s) in enumerate(FILMS)),
        ),
        ("a.tsv", "".join(f"{s}\t{t}\n" for t, s in FILMS)),
        ("a.txt", "".join(f"{n}\t{t}\t{s}\n" for n, (t, s) in enumerate(FILMS))),
        ("a.csv", "what;label\n" + "".join(f"{t};{s}\n" for t, s in FILMS)),
    ],
)
def test_sentences_and_labels_are_found(write, name, content):
    data = load(write(name, content))
    assert data.class_names == ("1", "5")
    assert data.y.view(-1).tolist() == [1, 0, 1, 0]
    assert [data.vocabulary[i] for i in data[1].x.view(-1)] == ["a", "bad", "one"]


def test_a_folder_has_a_class_per_file_or_per_subfolder(tmp_path):
    (tmp_path / "README.md").write_text("about")
    for label, text in {"neg": "bad\nso bad\n", "pos": "good\n"}.items():
        (tmp_path / f"film.{label}").write_text(text)
        for number, line in enumerate(text.splitlines()):
            (tmp_path / "docs" / label).mkdir(parents=True, exist_ok=True)
            (tmp_path / "docs" / label / f"{number}.txt").write_text(f"{line}\nfilm\n")
    data = load(tmp_path / "docs")
    assert (data.class_names, data.y.view(-1).tolist()) == (("neg", "pos"), [0, 0, 1])
    assert [data.vocabulary[i] for i in data[1].x.view(-1)] == ["so", "bad", "film"]
    data = load(tmp_path)
    assert (data.class_names, data.y.view(-1).tolist()) == (("neg", "pos"), [0, 0, 1])
    (tmp_path / "docs" / "more.txt").write_text("fair")
    with pytest.raises(DataError, match="one way or the other"):
        by_class.read(tmp_path / "docs")


def test_one_file_per_class(write):
    classes = {"no": write("no.txt", "bad\n\nso bad\n"), "ja": write("ja.txt", "gut\n")}
    data = by_class.read(classes, name="polarity")
    assert data.class_names == ("ja", "no")
    assert data.y.view(-1).tolist() == [0, 1, 1]
    with pytest.raises(DataError, match="at least two classes"):
        by_class.read({"no": classes["no"]}, name="polarity")


BAD = {
    "no label": ("good\t1\nbad\t\n", {}, "line = 2"),
    "no tab": ("good 1\n", {}, "cannot tell which columns"),
    "no such column": (TABLE, {"text": "t", "label": "l"}, "no such column"),
    "name and place": (TABLE, {"text": "t", "label": 1}, "both names of columns"),
    "before the first": (TABLE, {"text": -1}, "counts from 0"),
    "blank": (" \n", {}, "empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_malformed_table_is_one_clear_message(case, write):
    content, options, words = BAD[case]
    with pytest.raises(DataError, match=words):
        labelled.read(write("a.tsv", content), **options)


@fuzz
@given(raw=mutated(TABLE.encode()))
def test_mutated_tables_are_read_or_refused(raw, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "mutated.tsv"
    path.write_bytes(raw)
    for delimiter in ("\t", ","):
        with contextlib.suppress(DataError):
            labelled.read(path, delimiter=delimiter)
