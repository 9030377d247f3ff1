import hashlib
import io
import zipfile

import pytest

from graphattn.datasets import DataError
from graphattn.datasets.cards import Card, File
from graphattn.datasets.files import MissingFiles, arguments, locate
from graphattn.datasets.places import named_files, places

TEXT = b"a b\nb c\n"
SUM = hashlib.sha256(TEXT).hexdigest()


def card_of(*files: File) -> Card:
    return Card("ties", "Ties", "About.", "social.edge_list", "CC0", "Doe", files=files)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPHATTN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRAPHATTN_DATA", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def put(folder, name, content=TEXT):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_a_file_is_found_in_the_folder_a_subfolder_the_named_places_and_the_cache(
    root, cache, tmp_path, monkeypatch
):
    ties = card_of(File("ties.txt", sha256=SUM, size=8))
    monkeypatch.setenv("GRAPHATTN_DATA", f"{tmp_path / 'nowhere'}:{tmp_path / 'data'}")
    for folder in (cache / "ties", tmp_path / "data" / "any", root / "a" / "b", root):
        path = put(folder, "ties.txt")
        assert locate(ties, root) == {"path": path}
    assert locate(ties) == {"path": tmp_path / "data" / "any" / "ties.txt"}
    put(root / "a" / "b" / "c" / "d", "deep.txt")
    assert named_files(root, {"deep.txt"}) == {"deep.txt": []}
    put(root / ".git", "hidden.txt")
    assert named_files(root, {"hidden.txt"}) == {"hidden.txt": []}


def test_of_equal_names_the_one_in_the_folder_of_the_dataset_comes_first(root):
    put(root, "train.tsv")
    path = put(root / "ties", "train.tsv")
    assert locate(card_of(File("train.tsv")), root) == {"path": path}


def test_a_file_can_have_other_names(root):
    ties = card_of(File("ties.txt", "edges"), File("TIES.TXT", "edges"))
    path = put(root, "TIES.TXT")
    assert locate(ties, root) == {"edges": path}


def test_other_content_is_passed_over_but_an_error_in_root(root, tmp_path, monkeypatch):
    ties = card_of(File("ties.txt", sha256=SUM))
    put(tmp_path / "data" / "a", "ties.txt", b"other")
    monkeypatch.setenv("GRAPHATTN_DATA", str(tmp_path / "data"))
    with pytest.raises(MissingFiles) as error:
        locate(ties, root)
    other = hashlib.sha256(b"other").hexdigest()
    assert str(error.value) == (
        "datasets.load: files of dataset 'ties' are not here; download them with "
        "`graphattn datasets fetch ties` or load(..., download=True), or put them into "
        f"{root} or a subfolder of it. Missing:\n"
        "  ties.txt\n"
        "Looked in:\n"
        f"  {root}\n  {tmp_path / 'data'}\n  {tmp_path / 'cache'}\n"
        "Passed over, as the content is not that of the card:\n"
        f"  {tmp_path / 'data' / 'a' / 'ties.txt'}: sha256 {other}, not {SUM}"
    )
    path = put(tmp_path / "data" / "b", "ties.txt")
    assert locate(ties, root) == {"path": path}
    own = put(root, "ties.txt", b"other")
    with pytest.raises(DataError, match="not the content that the card describes"):
        locate(ties, root)
    assert locate(ties, root, verify=False) == {"path": own}


def test_a_wrong_size_is_told_without_a_sum(root):
    put(root, "ties.txt")
    with pytest.raises(DataError, match="8 bytes, not 9"):
        locate(card_of(File("ties.txt", size=9)), root)


def test_a_changed_file_is_summed_anew(root):
    ties = card_of(File("ties.txt", sha256=SUM))
    put(root, "ties.txt")
    assert locate(ties, root)
    put(root, "ties.txt", b"other, and longer")
    with pytest.raises(DataError):
        locate(ties, root)


def test_a_missing_optional_file_is_left_out(root):
    ties = card_of(File("ties.txt", "edges"), File("f.csv", "features", optional=True))
    path = put(root, "ties.txt")
    assert locate(ties, root) == {"edges": path}


def test_a_file_in_an_archive_is_unpacked_once(root, cache):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("data/ties.txt", TEXT)
    put(root, "ties.zip", raw.getvalue())
    ties = card_of(File("ties.zip", "edges", member="ties.txt"))
    path = locate(ties, root)["edges"]
    assert path.read_bytes() == TEXT
    assert cache in path.parents
    changed = path.stat().st_mtime_ns
    assert locate(ties, root)["edges"].stat().st_mtime_ns == changed


def test_roles_with_a_dot_are_entries_of_a_mapping(tmp_path):
    paths = {"edges": tmp_path / "a", "text.train": tmp_path / "b"}
    paths |= {"text.test": tmp_path / "c"}
    assert arguments(paths) == {
        "edges": tmp_path / "a",
        "text": {"train": tmp_path / "b", "test": tmp_path / "c"},
    }


def test_the_cache_is_that_of_the_platform_unless_one_is_named(monkeypatch):
    monkeypatch.delenv("GRAPHATTN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert places()[-1].name == "graphattn"
