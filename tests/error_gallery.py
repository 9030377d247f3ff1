"""Writes docs/errors.md: what the library says of data that it cannot use.

Run it: python tests/error_gallery.py > docs/errors.md
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch

from graphattn.compare import load_task
from graphattn.datasets import GraphDataset, links, load, splits, to_rdkit

HEAD = """# What errors look like

A message says who complains and which rule is broken, with what to do; then, each on a
line of its own, where it went wrong and what stood there. Those about data are
`graphattn.datasets.DataError`, a `ValueError`; a package that is missing is an
`ImportError` that names the extra. The command line prints the same text after
`graphattn: error:`, with its options in place of arguments, and ends with code 2;
`--debug` shows the traceback.

`python tests/error_gallery.py > docs/errors.md` writes this page, and a test compares.
"""


class Case(NamedTuple):
    """Something that goes wrong.

    Attributes:
        what: In words.
        call: As the user writes it.
        files: Their content, by name.
        run: Does it in a folder.
    """

    what: str
    call: str
    files: Mapping[str, str | bytes]
    run: Callable[[Path], Any]


def loads(
    what: str, name: str, content: str | bytes, beside: Any = None, **options: Any
) -> Case:
    given = "".join(f", {key}={value!r}" for key, value in options.items())
    files = {name: content, **(beside or {})}
    return Case(
        what, f"load({name!r}{given})", files, lambda at: load(at / name, **options)
    )


TIES = "from,to\nann,bob\nbob,cid\n"
MOLECULES = "smiles,pIC50\nCCO,5.1\n{},4.0\n"
WORD = "1\tdog\tdog\tNOUN\t_\t_\t{}\troot\t_\t_\n"
GALLERY: dict[str, list[Case]] = {
    "Names and files": [
        Case("A name that is not known", 'load("karte")', {}, lambda _: load("karte")),
        Case(
            "A file that is not there",
            'load("tise.csv")',
            {"ties.csv": TIES},
            lambda at: load(at / "tise.csv"),
        ),
        Case(
            "An option that is not known",
            'load("karate", feature="degree")',
            {},
            lambda _: load("karate", feature="degree"),
        ),
        loads("A table that may be either", "t.csv", "compound,value\nfoo,1\nbar,2\n"),
        loads("Another encoding", "t.csv", "from,to\nJosé,Ann\n".encode("latin-1")),
        loads("No text", "t.csv", b"from,to\n\0\0\n"),
        loads("A damaged archive", "t.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3"),
    ],
    "Networks": [
        loads("A line too long", "ties.csv", TIES + "cid,ann,2\n"),
        loads("No such column", "ties.csv", TIES, source="form", destination="to"),
        loads(
            "Ends that cannot be told",
            "ties.csv",
            "who,what,whom\na,x,b\nb,y,c\n",
            directed=True,
            header=True,
        ),
        loads(
            "A weight that is none", "ties.csv", "from,to,weight\na,b,1\nb,c,heavy\n"
        ),
        loads(
            "A time that is none",
            "ties.csv",
            "from,to,at\na,b,1\nb,c,noon\n",
            time="at",
        ),
        loads("A tie twice", "ties.csv", TIES + "ann,bob\n", duplicates="raise"),
        loads("A tie to oneself", "ties.csv", TIES + "bob,bob\n", self_loops="raise"),
        loads(
            "An id that the table lacks",
            "ties.csv",
            TIES,
            {"who.csv": "id,label\nann,x\nbob,y\nCid,x\n"},
            labels="who.csv",
        ),
        loads(
            "An id twice",
            "ties.csv",
            TIES,
            {"who.csv": "id,label\nann,x\nbob,y\nann,x\n"},
            labels="who.csv",
        ),
        loads(
            "A label that cannot be told",
            "ties.csv",
            TIES,
            {"who.csv": "id,age,size\nann,1,2\nbob,2,3\ncid,3,4\n"},
            labels="who.csv",
        ),
        loads(
            "An attribute that is no number",
            "ties.csv",
            TIES,
            {"who.csv": "id,age\nann,31\nbob,inf\ncid,3\n"},
            nodes="who.csv",
        ),
        loads(
            "Features of others",
            "ties.csv",
            TIES,
            {"f.json": '{"7": [3, 17]}'},
            feature_file="f.json",
        ),
        loads("A damaged graph file", "net.graphml", "<graphml><graph>"),
        loads("Entities", "net.gexf", '<!DOCTYPE x [<!ENTITY a "ha">]><gexf/>'),
        loads(
            "An attribute that no node has",
            "net.gml",
            'graph [ node [ id 1 label "a" party "red" ] ]',
            label="prty",
        ),
        loads("No matrix", "net.npz", b"PK\3\4"),
        loads(
            "A json that is none",
            "graphs.json",
            '{"7": [[0, 1]]',
            {"l.csv": "7,a\n"},
            labels="l.csv",
        ),
        loads(
            "A tie of three",
            "graphs.json",
            '{"7": [[0, 1], [0, 1, 2]]}',
            {"l.csv": "7,a\n"},
            labels="l.csv",
        ),
    ],
    "Molecules": [
        loads("No SMILES", "mine.csv", MOLECULES.format("C1CC")),
        loads("An impossible valence", "mine.csv", MOLECULES.format("C(C)(C)(C)(C)C")),
        loads(
            "A target that is no number", "mine.csv", "smiles,y\nCCO,1\nCC,high\nC,2\n"
        ),
        loads("No such column", "mine.csv", MOLECULES.format("CC"), target="pIC5"),
        loads(
            "A target that cannot be told",
            "mine.csv",
            "smiles,weight,logp\nCC,1,2\nCCO,5,3\n",
        ),
        loads(
            "SMILES that cannot be told",
            "mine.csv",
            "a,b\nCCO,CCN\nc1ccccc1,CCC\n",
            target="b",
        ),
        loads(
            "A part that is none",
            "mine.csv",
            "smiles,y,set\nCC,1,train\nC,2,holdout\n",
            split="set",
        ),
        loads("A cell that cuts a row", "mine.csv", 'smiles,y\n"CCO,1\n'),
        loads("A damaged block", "mine.sdf", "x\n\n\n  1  0\nM  END\n$$$$\n"),
        Case(
            "A graph that is no molecule",
            "to_rdkit(load('karate'))",
            {},
            lambda _: to_rdkit(load("karate")),
        ),
    ],
    "Texts, images, recordings": [
        loads("A head that is no word", "t.conllu", WORD.format("x")),
        loads("A word out of order", "t.conllu", WORD.format(0) * 2),
        loads(
            "Columns that cannot be told",
            "s.tsv",
            "a good one\tx\ty\tz\nbad\tp\tq\tr\n",
            text=0,
        ),
        loads(
            "A label that is missing",
            "s.tsv",
            "a good film\t1\nbad\t\n",
            text=0,
            label=1,
        ),
        loads(
            "An image file cut short",
            "my-images-idx3-ubyte",
            b"\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\2\1\2\3",
            {"my-labels-idx1-ubyte": b"\0\0\x08\1\0\0\0\2\1\0"},
        ),
        Case(
            "A picture that is none",
            'load("pictures")',
            {"pictures/cat/1.png": b"PNG?", "pictures/dog/1.png": b"PNG?"},
            lambda at: load(at / "pictures"),
        ),
        Case(
            "A recording that is none",
            'load("words")',
            {"words/yes/1.wav": b"RIFF?", "words/no/1.wav": b"RIFF?"},
            lambda at: load(at / "words"),
        ),
    ],
    "Splits and comparisons": [
        Case(
            "A class too small",
            "splits.per_class(y, train_per_class=2, ...)",
            {},
            lambda _: splits.per_class(
                torch.tensor([0, 0, 1]), train_per_class=2, val_per_class=0, seed=0
            ),
        ),
        Case(
            "Shares that do not add up",
            "splits.random(9, fractions=(0.8, 0.1, 0.2))",
            {},
            lambda _: splits.random(9, fractions=(0.8, 0.1, 0.2), seed=0),
        ),
        Case(
            "No room for negatives",
            "links(edge_index, 3, seed=0)",
            {},
            lambda _: links(torch.tensor([[0, 0, 1], [1, 2, 2]]), 3, seed=0),
        ),
        Case(
            "A network without labels",
            "graphattn compare --data ties.csv",
            {"ties.csv": TIES},
            lambda at: load_task(str(at / "ties.csv"), {}),
        ),
        Case(
            "Molecules without target",
            "graphattn compare --data mine.smi",
            {"mine.smi": "CCO ethanol\n"},
            lambda at: load_task(str(at / "mine.smi"), {}),
        ),
    ],
}


def message(case: Case, folder: Path) -> str:
    """Returns what is said, with paths relative to the folder."""
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        found = case.run(folder)
    except (ValueError, ImportError) as error:
        return str(error).replace(f"{folder}/", "")
    size = len(found) if isinstance(found, GraphDataset) else found
    raise AssertionError(f"{case.what}: nothing was refused, but {size} read")


def page() -> str:
    """Returns the whole page."""
    parts = [HEAD]
    for title, cases in GALLERY.items():
        parts.append(f"## {title}\n")
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                said = message(case, Path(folder))
            parts.append(f"{case.what}: `{case.call}`\n\n```\n{said}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
