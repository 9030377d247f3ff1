import pytest

from graphattn.datasets import DataError
from graphattn.datasets.sniff import reader_for


@pytest.mark.parametrize(
    ("content", "options", "reader"),
    [
        ("SMILES,y\nx,1\n", [], "molecules.table"),
        ("compound,y\nCC(=O)O,1\nc1ccccc1,2\n", [], "molecules.table"),
        ("a,b\nc,d\n", ["smiles"], "molecules.table"),
        ("source,target\nc,d\n", [], "social.edge_list"),
        ("source,target,smiles\nc,d,CC\n", ["source"], "social.edge_list"),
        ("1,2\n2,3\n", [], "social.edge_list"),
        ("# a comment\n1\t2\n2\t3\n", [], "social.edge_list"),
        ("ann bob\nbob cid\n", [], "social.edge_list"),
        ("who,whom\n1,2\n", ["labels"], "social.edge_list"),
    ],
)
def test_options_then_names_then_cells_tell_the_reader(write, content, options, reader):
    assert reader_for(write("some.csv", content), options) == reader


def test_a_table_that_may_be_either_is_refused(write):
    path = write("some.csv", "compound,value\nfoo,1\nbar,2\n")
    with pytest.raises(DataError) as error:
        reader_for(path, [])
    assert str(error.value) == (
        "datasets.load: cannot tell whether this is a table of molecules or an edge "
        "list; name the column of SMILES with smiles=, the two ends with source= and "
        "destination=, or the column of sentences with text=. Got:\n"
        "  file = 'some.csv'\n"
        "  columns = ['compound', 'value']"
    )
