import os

import pytest

from graphattn.compare.folder.files import check_writable, write_atomically


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    file = tmp_path / "table.md"
    file.write_text("old")

    def fail(path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, fail)
    assert [f.name for f in tmp_path.iterdir()] == ["table.md"]
    assert file.read_text() == "old"


def test_a_folder_is_made_or_refused_before_any_work(tmp_path):
    check_writable(tmp_path / "new" / "deep")
    assert list((tmp_path / "new" / "deep").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="--out"):
        check_writable(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ValueError, match="Permission denied"):
        check_writable(tmp_path)
