import pytest

from graphattn.compare.folder.config import read_config, write_config

SETTINGS = {
    "data": ["karate", 'a "b"\\c'],
    "attention": "edges,full",
    "seeds": 3,
    "quick": True,
    "target": "pIC50 µM",
}


def test_settings_come_back(tmp_path):
    write_config(tmp_path / "study.toml", {**SETTINGS, "epochs": None})
    assert read_config(tmp_path / "study.toml") == SETTINGS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sedes = 3", ["sedes", "'seeds'"]),
        ("[files]\na = 1", ["files"]),
        ("seeds = '3'", ["seeds must be int"]),
        ("seeds = true", ["seeds must be int"]),
        ("quick = 1", ["quick must be bool"]),
        ("full = 1", ["full must be bool"]),
        ("seeds = ]", ["cannot be read", "line 1"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, words):
    file = tmp_path / "my.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"my\.toml") as caught:
        read_config(file)
    for word in words:
        assert word in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="No such file"):
        read_config(tmp_path / "study.toml")


def test_data_beside_the_config_are_found_from_anywhere(tmp_path):
    (tmp_path / "mols.csv").write_text("")
    (tmp_path / "study.toml").write_text('data = "mols.csv"')
    found = read_config(tmp_path / "study.toml")
    assert found == {"data": [str((tmp_path / "mols.csv").resolve())]}
