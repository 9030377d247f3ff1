import pytest

from graphattn.datasets import DataError, load

SEVERAL = "smiles,a,b\nCCO,1.5,\nCN,NA,2\nCC,null,n/a\nC,3,4\n"


def message(path, **options):
    with pytest.raises(DataError) as error:
        load(path, **options)
    return str(error.value)


def test_missing_values_of_several_targets_are_nan(write):
    path = write("mine.csv", SEVERAL)
    assert "all targets are missing; fill in one" in message(path, target=["a", "b"])
    data = load(path, target=["a", "b"], on_error="skip")
    assert data.y.nan_to_num(-7).tolist() == [[1.5, -7], [-7, 2], [3, 4]]
    assert [one.row for one in data.skipped] == [3]
    kept = load(path, target=["a", "b"], on_error="keep")
    assert len(kept) == 4
    assert kept.y[2].isnan().all()
    assert kept[2].num_nodes == 2


def test_a_word_that_is_no_number_is_not_missing(write):
    path = write("mine.csv", SEVERAL.replace("NA", "high"))
    assert "value = 'high'" in message(path, target=["a", "b"])


def test_words_are_classes(write):
    path = write("mine.csv", "smiles,y\nCCO,no\nCN,yes\nCC,no\nC,maybe\n")
    data = load(path, target="y", task="classification")
    assert data.class_names == ("maybe", "no", "yes")
    assert data.y.tolist() == [[1], [2], [1], [0]]
    assert data.task == "classification"
    two = load(write("two.csv", "smiles,y\nCCO,no\nCN,yes\nCC,no\n"), target="y")
    assert two.class_names == ("no", "yes")


def test_numbers_are_classes_where_it_is_asked_for_and_no_classes_likewise(write):
    path = write("mine.csv", "smiles,y\nCCO,10\nCN,9\nCC,10\n")
    data = load(path, target="y", task="classification")
    assert data.class_names == ("9", "10")
    assert data.y.tolist() == [[1], [0], [1]]
    binary = write("binary.csv", "smiles,y\nCCO,1\nCN,0\n")
    assert load(binary, task="regression").task == "regression"


def test_a_list_is_as_many_targets_as_it_has_entries(write):
    text = 'smiles,labels\nCCO,"[0, 1, 0]"\nCN,"[1, 1, 0]"\n'
    data = load(write("mine.csv", text), target="labels")
    assert data.target_names == ("labels[0]", "labels[1]", "labels[2]")
    assert data.y.tolist() == [[0, 1, 0], [1, 1, 0]]
    path = write("mine.csv", text + 'C,"[1, 0]"\n')
    assert "the target is not a list of 3 numbers" in message(path, target="labels")


def test_a_star_is_every_other_column_and_an_empty_list_is_none(write):
    path = write("mine.csv", "name,smiles,a,b\nx,CCO,1.5,2\n")
    assert load(path, target="*").target_names == ("a", "b")
    assert load(path, target=[]).y.shape == (1, 0)
    assert load(path, target="a").ids == ["x"]


def test_parts_are_read_from_a_column(write):
    text = "smiles,y,set\nCCO,1,Train\nCN,2,valid\nCC,3,TEST\nC,4,\n"
    data = load(write("mine.csv", text), target="y", split="set")
    assert data.parts == ["train", "val", "test", ""]
    assert data[1:].parts == ["val", "test", ""]
    path = write("mine.csv", text.replace("TEST", "holdout"))
    assert "a part must be one of" in message(path, target="y", split="set")


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ("num,smiles,p_np", "p_np"),  # BBBP's
        ("row,smiles,expt,calc", "expt"),  # FreeSolv's
        ("weight,smiles,measured log solubility,MW", "measured log solubility"),
    ],
)
def test_the_target_is_found_among_numbers(write, columns, target):
    rows = [f"{k},{'C' * k},{k / 2},{k * 3}" for k in (1, 2, 3, 4)]
    width = columns.count(",") + 1
    rows = [",".join(row.split(",")[:width]) for row in rows]
    data = load(write("mine.csv", "\n".join([columns, *rows])))
    assert data.target_names == (target,)


def test_few_texts_in_the_only_other_column_are_classes(write):
    rows = [f"{'C' * k},{'active' if k % 2 else 'inactive'}" for k in range(1, 6)]
    data = load(write("mine.csv", "\n".join(["smiles,what", *rows])))
    assert data.class_names == ("active", "inactive")
    assert data.y.view(-1).tolist() == [0, 1, 0, 1, 0]
