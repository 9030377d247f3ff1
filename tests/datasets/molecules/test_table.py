import pytest

from graphattn.datasets import DataError, Skipped, load

GOOD = ("CCO", "CCN", "CCC", "CCCl", "CCBr", "c1ccccc1")


def message(path, **options):
    with pytest.raises(DataError) as error:
        load(path, **options)
    return str(error.value)


def seven(write, last):
    rows = [f"{smiles},{n}.5" for n, smiles in enumerate(GOOD)]
    return write("mine.csv", "\n".join(["smiles,pIC50", *rows, last]) + "\n")


def test_a_smiles_that_does_not_parse_in_row_7(write):
    assert message(seven(write, "C1CC,7")) == (
        "datasets.load: the SMILES does not parse: it is not SMILES syntax; correct "
        'it, or pass on_error="skip" to leave such rows out. Got:\n'
        "  file = 'mine.csv'\n"
        "  row = 7\n"
        "  line = 8\n"
        "  column = 'smiles'\n"
        "  value = 'C1CC'"
    )


@pytest.mark.parametrize("value", ["high", "", "nan", "inf", ">5"])
def test_a_target_that_is_not_a_number(write, value):
    assert message(seven(write, f"CCO,{value}")) == (
        "datasets.load: the target is not a number; correct it, or pass "
        'on_error="skip" to leave such rows out. Got:\n'
        "  file = 'mine.csv'\n"
        "  row = 7\n"
        "  line = 8\n"
        "  column = 'pIC50'\n"
        f"  value = {value!r}"
    )


def test_bad_rows_can_be_left_out_and_are_listed(write):
    path = write("mine.csv", "smiles,y\nCCO,1.5\nC1CC,2\nCN,high\nCC,3\n")
    data = load(path, on_error="skip")
    assert data.smiles == ["CCO", "CC"]
    assert data.y.tolist() == [[1.5], [3.0]]
    assert sorted(data.skipped) == [
        Skipped(2, "C1CC", "the SMILES does not parse: it is not SMILES syntax"),
        Skipped(3, "high", "the target is not a number"),
    ]


def test_a_file_of_bad_rows_alone_is_refused(write):
    path = write("mine.csv", "smiles,y\nC1CC,2\n")
    assert "the file has no usable row" in message(path, on_error="skip")


def test_a_column_that_is_not_there_gives_the_nearest_name(write):
    path = seven(write, "CC,7")
    assert message(path, target="pIC5") == (
        "datasets.load: the file has no such column; set target= to one of `columns`. "
        "Got:\n"
        "  file = 'mine.csv'\n"
        "  target = 'pIC5'\n"
        "  nearest = ['pIC50']\n"
        "  columns = ['smiles', 'pIC50']"
    )
    assert "set smiles= to one of" in message(path, smiles="Smile")


def test_several_numbers_without_a_telling_name_are_refused(write):
    path = write("mine.csv", "smiles,weight,logp\nCCO,46,0.1\nCC,30,1.1\n")
    assert message(path) == (
        "datasets.load: cannot tell which column holds the target; name it, or "
        "several, with target=. Got:\n"
        "  file = 'mine.csv'\n"
        "  columns = ['smiles', 'weight', 'logp']"
    )
    data = load(path, target=["logp", "weight"])
    assert data.target_names == ("logp", "weight")
    assert data[1].y.tolist() == [[pytest.approx(1.1), 30.0]]


def test_no_column_of_smiles_is_refused(write):
    path = write("mine.csv", "name,y\nfoo,1\nbar,2\n")
    assert message(path, target="y") == (
        "datasets.load: cannot tell which column holds the SMILES; name it with "
        "smiles=. Got:\n"
        "  file = 'mine.csv'\n"
        "  columns = ['name', 'y']\n"
        "  columns that parse as SMILES = []"
    )


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("SMILES,activity,weight\nCCO,1.5,46\nCC,2.5,30\n", "activity"),
        ("id,smiles,logp\n1,CCO,1.5\n2,CC,2.5\n", "logp"),
        (",Canonical SMILES,logp\n0,CCO,1.5\n1,CC,2.5\n", "logp"),
        ("what,name,logp\nCC(=O)O,acid,1.5\nc1ccccc1,benzene,2.5\n", "logp"),
    ],
)
def test_columns_are_guessed(write, content, target):
    data = load(write("mine.csv", content))
    assert data.target_names == (target,)
    assert data.y.tolist() == [[1.5], [2.5]]
    assert data.task == "regression"


def test_zeros_and_ones_are_classes(write):
    data = load(write("mine.tsv", "smiles\tactive\nCCO\t1\nCC\t0\n"))
    assert data.task == "classification"
    assert data.class_names == ("0", "1")
    assert data.y.tolist() == [[1], [0]]


def test_the_strings_can_be_the_input(write):
    data = load(seven(write, "CC,7"), representation="characters")
    assert data.kind == "sequence"
    assert data[0].x.shape == (3, 1)
    assert data.smiles[5] == "c1ccccc1"
