import pytest

from graphattn.compare.folder.records import (
    CorruptedError,
    read_record,
    write_record,
)

CONTENT = {"score": 0.1 + 0.2, "losses": [1.0, 2 / 3], "name": "δ", "weights": None}


@pytest.fixture
def file(tmp_path):
    write_record(tmp_path / "run.json", CONTENT)
    return tmp_path / "run.json"


def test_what_is_written_comes_back_to_the_last_digit(file):
    assert read_record(file) == CONTENT


def test_every_cut_is_noticed(file):
    whole = file.read_bytes()
    for end in range(0, len(whole) - 1, 7):
        file.write_bytes(whole[:end])
        with pytest.raises(CorruptedError, match=r"run\.json"):
            read_record(file)


@pytest.mark.parametrize(
    ("old", "new"), [("0.30000000000000004", "0.3"), ('"content"', '"contents"')]
)
def test_a_change_is_noticed(file, old, new):
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CorruptedError, match=r"run\.json"):
        read_record(file)


@pytest.mark.parametrize("text", ["[]", "7", '{"sha256": 1, "content": 2}', "\0\0"])
def test_json_of_another_kind_is_refused(file, text):
    file.write_text(text)
    with pytest.raises(CorruptedError):
        read_record(file)
