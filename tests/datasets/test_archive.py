import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from mutations import fuzz, mutated

from graphattn.datasets import DataError, compressed
from graphattn.datasets import archive as archives
from graphattn.datasets.archive import open_archive, unpack_member

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
def test_a_tar_may_be_compressed(ending, write):
    path = write(f"t.tar.{ending}", COMPRESS[ending](tarred({"a/b": TEXT})))
    with open_archive(path) as archive:
        assert archive.names == ("a/b",)
        assert archive.read("a/b") == TEXT


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
    monkeypatch.setattr(archives, "ALWAYS_FINE", 1000)
    monkeypatch.setattr(compressed, "ALWAYS_FINE", 1000)
    zeros = bytes(10_000_000)
    for name, raw in (
        ("t.zip", zipped({"a": zeros})),
        ("t.tar.gz", gzip.compress(tarred({"a": zeros}))),
    ):
        with (
            pytest.raises(DataError, match=r"unpacks to more|claims to hold"),
            open_archive(write(name, raw)),
        ):
            pass


MAKE = {"zip": zipped, "tar": tarred, "tgz": lambda f: gzip.compress(tarred(f))}


@pytest.mark.parametrize("ending", MAKE)
@pytest.mark.parametrize("damage", ["cut", "noise", "empty"])
def test_damage_is_a_clear_error(ending, damage, write):
    raw = MAKE[ending]({"a": TEXT * 99})
    cut = raw[: min(len(raw) // 2, 700)]
    raw = {"cut": cut, "noise": b"noise" * 300, "empty": b""}[damage]
    path = write(f"t.{ending}", raw)
    with pytest.raises(DataError, match="damaged"), open_archive(path) as archive:
        archive.read(archive.names[0])


@fuzz
@given(data=st.data(), ending=st.sampled_from(list(MAKE)))
def test_mutated_archives_are_read_or_refused(data, ending, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / f"mutated.{ending}"
    path.write_bytes(data.draw(mutated(MAKE[ending]({"a/b": TEXT, "c": TEXT * 9}))))
    with contextlib.suppress(DataError), open_archive(path) as archive:
        for name in archive.names:
            archive.read(name)
