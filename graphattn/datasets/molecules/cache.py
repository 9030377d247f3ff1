"""Parsed molecules on disk, so that the second time is only reading.

One npz file per source and choice of options: arrays in the smallest integers that hold
them, strings as bytes with their lengths, and the rest as JSON. Nothing is pickled. The
name of a file is the sum of what it depends on: the bytes of the source, the options,
the versions of this library and of RDKit. A file that is damaged is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from graphattn.datasets.checksum import sha256
from graphattn.datasets.errors import Skipped
from graphattn.datasets.extras import need
from graphattn.datasets.molecules.columns import Columns
from graphattn.datasets.molecules.molecules import Molecules

_FORMAT = 1
_WIDE = {"atoms": np.int16, "edges": np.int32, "bonds": np.int8}
_WIDE |= {"num_atoms": np.int64, "num_edges": np.int64, "rows": np.int64}
_STRINGS = ("smiles", "ids", "parts")


def cache_file(
    folder: Path, sources: Sequence[Path], options: Mapping[str, object]
) -> Path:
    """Returns the path under which the molecules of `sources` are kept.

    Args:
        folder: Of the cache.
        sources: Files that the molecules are read from.
        options: All that decides what is read from them.
    """
    key = {
        "sources": [sha256(source) for source in sources],
        "options": {name: repr(options[name]) for name in sorted(options)},
        "format": _FORMAT,
        "rdkit": need("rdkit", "molecules").__version__,
    }
    text = json.dumps(key, sort_keys=True)
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def save(path: Path, molecules: Molecules) -> None:
    """Writes molecules; whoever reads meanwhile finds the old file or none.

    Args:
        path: From `cache_file`.
        molecules: What to keep.
    """
    arrays = {k: _smallest(v) for k, v in molecules.columns._asdict().items()}
    arrays |= {"targets": molecules.targets, "rows": _smallest(molecules.rows)}
    for name in _STRINGS:
        parts = [
            text.encode("utf-8", "surrogatepass") for text in getattr(molecules, name)
        ]
        arrays[name] = np.frombuffer(b"".join(parts), np.uint8)
        arrays[f"{name}.lengths"] = np.array([len(part) for part in parts], np.int32)
    rest = {
        "target_names": molecules.target_names,
        "class_names": molecules.class_names,
        "task": molecules.task,
        "skipped": molecules.skipped,
    }
    arrays["rest"] = np.frombuffer(json.dumps(rest).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            np.savez(file, allow_pickle=False, **arrays)
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, path)


def load(path: Path) -> Molecules | None:
    """Reads molecules, or returns None where there are none or the file is damaged.

    Args:
        path: From `cache_file`.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return _from_arrays({name: file[name] for name in file.files})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _from_arrays(arrays: Mapping[str, np.ndarray]) -> Molecules:
    wide = {
        name: arrays[name].astype(_WIDE.get(name, arrays[name].dtype))
        for name in (*Columns._fields, "rows")
    }
    strings = {name: _texts(arrays, name) for name in _STRINGS}
    rest = json.loads(arrays["rest"].tobytes())
    return Molecules(
        columns=Columns(*(wide[name] for name in Columns._fields)),
        targets=arrays["targets"],
        rows=wide["rows"],
        target_names=tuple(rest["target_names"]),
        class_names=tuple(rest["class_names"]),
        task=rest["task"],
        skipped=[Skipped(*one) for one in rest["skipped"]],
        **strings,
    )


def _smallest(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "i" or values.size == 0:
        return values
    low, high = int(values.min()), int(values.max())
    for kind in (np.uint8, np.int8, np.uint16, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return values.astype(kind)
    return values


def _texts(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    text, lengths = arrays[name].tobytes(), arrays[f"{name}.lengths"]
    ends = np.cumsum(lengths, dtype=np.int64)
    starts = (ends - lengths).tolist()
    if text.isascii():  # one decoding of all is three times as fast
        whole = text.decode("ascii")
        return [whole[a:b] for a, b in zip(starts, ends.tolist(), strict=True)]
    return [
        text[a:b].decode("utf-8", "surrogatepass")
        for a, b in zip(starts, ends.tolist(), strict=True)
    ]
