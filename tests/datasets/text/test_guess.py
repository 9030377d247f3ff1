from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets.text.guess import delimiter_of, sentences

TABLE = b"n,review,stars\n1,a very good film,5\n2,so bad a film,1\n3,not so good,5\n"


@fuzz
@given(mutated(TABLE))
def test_any_text_has_columns_of_sentences_or_none(raw):
    text = raw.decode("latin-1")
    found = sentences(text, delimiter_of(text), sure=True)
    assert found is None or found.text != found.label


def test_one_column_is_never_both_the_sentences_and_their_labels():
    ragged = "w,stars\n1,a very good film,5\n2,so bad a f\nilm,1\n3,not so good,5\n"
    assert sentences(ragged, ",", sure=True) is None
    assert sentences("text,text\nso good a film,1\nso bad a one,2\n", ",") is None
    found = sentences("label,body\nso good a film,1\nbad,2\n", ",", text="label")
    assert found is not None
    assert (found.text, found.label) == ("label", "body")


def test_a_table_of_ties_or_molecules_has_no_sentences():
    for text in ("a,b\nann lee,bob lee\n", "smiles,y\nCCO,1\nCCN,2\n", "1 2\n2 3\n"):
        assert sentences(text, delimiter_of(text), sure=True) is None
