import bz2
import gzip
import io
import lzma
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError, compressed, load
from graphattn.datasets.compressed import plain_stem, plain_suffix, read_bytes

TIES = b"ann,bob\nbob,cid\n"


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


PACKED = {
    "ties.csv.gz": gzip.compress(TIES),
    "ties.csv.bz2": bz2.compress(TIES),
    "ties.csv.xz": lzma.compress(TIES),
    "ties.csv.zst": zstd.compress(TIES),
    "ties.csv.zip": zipped({"folder/": b"", "ties.csv": TIES, "__MACOSX/x": b"no"}),
    "ties.csv": TIES,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_is_read_as_it_is(write, name):
    path = write(name, PACKED[name])
    assert read_bytes(path) == TIES
    assert plain_suffix(path) == ".csv"
    assert plain_stem(path) == "ties"
    assert load(path).node_names == ["ann", "bob", "cid"]


def test_what_was_packed_is_told_by_its_first_bytes(write):
    assert read_bytes(write("ties.csv", gzip.compress(TIES))) == TIES


@pytest.mark.parametrize("name", sorted(set(PACKED) - {"ties.csv"}))
def test_a_file_cut_short_is_damaged(write, name):
    with pytest.raises(DataError, match=r"the file is damaged: .*\n  file = 'ties"):
        read_bytes(write(name, PACKED[name][:-9]))


def test_a_zip_of_several_files_is_refused(write):
    path = write("two.zip", zipped({"a.csv": TIES, "b.csv": TIES}))
    with pytest.raises(DataError) as error:
        read_bytes(path)
    assert str(error.value) == (
        "datasets.load: a zip must hold one file; unpack it, and give the file that "
        "is meant. Got:\n  file = 'two.zip'\n  files in it = ['a.csv', 'b.csv']"
    )


def test_a_bomb_is_not_unpacked_to_the_end(write, monkeypatch):
    monkeypatch.setattr(compressed, "ALWAYS_FINE", 1000)
    path = write("bomb.gz", gzip.compress(b"0" * 10**7))
    with pytest.raises(DataError, match="unpacks to more than a file of this size"):
        read_bytes(path)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(sorted(PACKED)), st.integers(0, 300), st.binary(max_size=5))
def test_only_its_own_error_comes_out_of_damaged_files(
    tmp_path: Path, name: str, at: int, noise: bytes
):
    raw = PACKED[name]
    at %= len(raw)
    path = tmp_path / name
    path.write_bytes(raw[:at] + noise + raw[at + len(noise) :])
    with suppress(DataError):
        assert isinstance(read_bytes(path), bytes)
