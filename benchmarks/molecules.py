"""Molecules a second: from SMILES to graphs, beside PyG, and from the cache.

PyG's values come first: no time is printed unless both give the same graphs. One
process and one thread. Run: python benchmarks/molecules.py [FILE] [--molecules 3000]
FILE has one SMILES a line, plain or gz; without it RDKit's NCI molecules are taken.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from measure import race, seconds, table
from torch_geometric.utils import from_smiles as pyg_from_smiles

from graphattn.datasets import DataError, from_molecules, from_smiles, load
from graphattn.datasets.molecules.parsing import parse, parse_all
from graphattn.datasets.texts import read_text

_REPEAT = 3


def _smiles(file: Path | None, count: int) -> list[str]:
    if file is None:
        data = load("nci", features="pyg")
        found = [str(one) for one in data.smiles]
    else:
        found = [
            line.split()[0] for line in read_text(file).split("\n") if line.strip()
        ]
    step = max(1, len(found) // count)
    return [one for one in found[::step][:count] if parse(one)[0] is not None]


def _check_same(smiles: list[str]) -> None:
    ours = from_molecules(smiles)
    for index, one in enumerate(smiles):
        got, want = ours[index], pyg_from_smiles(one)
        for name in ("x", "edge_index", "edge_attr"):
            if not torch.equal(getattr(got, name), getattr(want, name)):
                raise AssertionError(f"{name} of {one} is not PyG's")


def _rows(smiles: list[str]) -> list[tuple[str, str, str]]:
    pyg = "PyG from_smiles"
    times = race(
        {
            pyg: lambda: [pyg_from_smiles(one) for one in smiles],
            "ours, many at once": lambda: from_molecules(smiles, processes=1),
            "ours, one by one": lambda: [from_smiles(one) for one in smiles],
            "ours, one-hot": lambda: from_molecules(
                smiles, processes=1, features="onehot"
            ),
            "RDKit's parsing alone": lambda: parse_all(smiles),
        },
        _REPEAT,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.smi")
        path.write_text("\n".join(smiles))
        load(path, cache=folder)
        again = [seconds(lambda: load(path, cache=folder)) for _ in range(_REPEAT)]
    times["ours, from the cache"] = min(again)
    count, reference = len(smiles), times[pyg]
    return [
        (name, f"{1e6 * took / count:.1f}", f"{reference / took:.1f}")
        for name, took in times.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--molecules", type=int, default=3000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    try:
        smiles = _smiles(asked.file, asked.molecules)
    except DataError as error:
        raise SystemExit(str(error)) from None
    _check_same(smiles)
    print(f"{len(smiles)} molecules, one process")
    print(table(("way", "µs per molecule", "times PyG's speed"), _rows(smiles)))


if __name__ == "__main__":
    main()
