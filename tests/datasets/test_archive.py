import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from backports import zstd

from graphattn.datasets import DataError
from graphattn.datasets import archive as archives
from graphattn.datasets.archive import open_archive, read_bytes, unpack_member

TEXT = b"a b\nb c\n"
COMPRESS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def zipped(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def tarred(files: dict[str, bytes], **special: object) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in special.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return raw.getvalue()


@pytest.mark.parametrize("ending", COMPRESS)
def test_compressed_files_are_read_by_their_ending(ending, write):
    path = write(f"ties.txt.{ending}", COMPRESS[ending](TEXT))
    assert read_bytes(path) == TEXT
    path = write(f"t.tar.{ending}", COMPRESS[ending](tarred({"a/b": TEXT})))
    with open_archive(path) as archive:
        assert archive.names == ("a/b",)
        assert archive.read("a/b") == TEXT


def test_a_file_without_such_an_ending_is_read_as_it_is(write):
    assert read_bytes(write("ties.txt", TEXT)) == TEXT


def test_the_files_of_a_zip_are_read_by_name(write):
    path = write("t.zip", zipped({"a/b.txt": TEXT, "c": b"", "d/": b""}))
    with open_archive(path) as archive:
        assert archive.names == ("a/b.txt", "c")
        assert archive.read("a/b.txt") == TEXT


def test_one_file_is_unpacked_under_its_own_name(write, tmp_path):
    path = write("t.zip", zipped({"a/b.txt": TEXT, "a/ab.txt": b"", "c": b""}))
    assert unpack_member(path, "b.txt", tmp_path / "x").read_bytes() == TEXT
    with pytest.raises(DataError, match="exactly one file of this name"):
        unpack_member(path, "d.txt", tmp_path / "x")
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["b.txt"]


UNSAFE = ["../x", "a/../../x", "/etc/x", "C:\\x", "..\\x", "\\x"]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_name_outside_of_the_folder_is_refused(name, make, write):
    path = write(f"t.{'zip' if make is zipped else 'tar'}", make({name: TEXT}))
    with (
        pytest.raises(DataError, match="outside of its own folder"),
        open_archive(path),
    ):
        pass


def test_links_and_devices_are_refused(write):
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        path = write("t.tar", tarred({"a": b""}, type=kind, linkname="/etc/passwd"))
        with pytest.raises(DataError, match="has a link"), open_archive(path):
            pass
    info = zipfile.ZipInfo("a")
    info.external_attr = 0o120777 << 16
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with (
        pytest.raises(DataError, match="has a link"),
        open_archive(write("t.zip", raw.getvalue())),
    ):
        pass


def test_bombs_are_refused(write, monkeypatch):
    monkeypatch.setattr(archives, "_FREE", 1000)
    zeros = bytes(10_000_000)
    for name, raw in (
        ("t.gz", gzip.compress(zeros)),
        ("t.zst", zstd.compress(zeros)),
        ("t.xz", lzma.compress(zeros)),
    ):
        with pytest.raises(DataError, match="beyond all bounds"):
            read_bytes(write(name, raw))
    for name, raw in (
        ("t.zip", zipped({"a": zeros})),
        ("t.tar.gz", gzip.compress(tarred({"a": zeros}))),
    ):
        with (
            pytest.raises(DataError, match=r"beyond all bounds|claims to hold"),
            open_archive(write(name, raw)),
        ):
            pass


@pytest.mark.parametrize("ending", [*COMPRESS, "zip", "tar", "tar.gz", "tgz"])
@pytest.mark.parametrize("damage", ["cut", "noise", "empty"])
def test_damage_is_a_clear_error(ending, damage, write):
    raw = {
        "zip": zipped({"a": TEXT}),
        "tar": tarred({"a": TEXT * 99}),
        "tar.gz": gzip.compress(tarred({"a": TEXT})),
        "tgz": gzip.compress(tarred({"a": TEXT})),
    }.get(ending) or COMPRESS[ending](TEXT * 99)
    raw = {
        "cut": raw[: min(len(raw) // 2, 700)],
        "noise": b"noise" * 300,
        "empty": b"",
    }[damage]
    path = write(f"t.{ending}", raw)
    if ending in COMPRESS:
        if damage == "empty" and ending == "gz":
            assert read_bytes(path) == b""  # what the format says
            return
        with pytest.raises(DataError, match=r"damaged.*\n.*t\."):
            read_bytes(path)
        return
    with pytest.raises(DataError), open_archive(path) as archive:
        archive.read(archive.names[0])
