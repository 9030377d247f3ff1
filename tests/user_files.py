"""One small file of every kind that a user may have, and what it should become."""

import gzip
import json
import struct
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import scipy.sparse
from PIL import Image
from rdkit import Chem

SIZE = 17
PARTIES = ["red" if k % 2 else "blue" for k in range(SIZE)]
SMILES = ["C" * (k + 1) + "O" * (k % 3 > 0) for k in range(SIZE)]
VALUES = [k / 7 for k in range(SIZE)]
WORDS = ["a good film", "so bad a film", "very good indeed", "bad , bad , bad"] * 5


class Kind(NamedTuple):
    """A file: who writes it, the options it needs, and the task it makes.

    Attributes:
        write: Writes it into a folder, and returns what the user would name.
        options: Of the command.
        task: kind, whether nodes are predicted, and the number of outputs.
    """

    write: Callable[[Path], Path]
    options: dict[str, str]
    task: tuple[str, bool, int]


def network(**kinds: object) -> nx.Graph:
    graph = nx.cycle_graph(SIZE)
    nx.set_node_attributes(graph, dict(enumerate(PARTIES)), "party")
    return graph


def rows(separator: str, header: str = "") -> str:
    lines = [separator.join(map(str, tie)) for tie in network().edges]
    return "\n".join([header] * bool(header) + lines) + "\n"


def ties(name: str, text: str, labels: str = "ties_labels.csv") -> Callable:
    def write(folder: Path) -> Path:
        raw = text.encode()
        if name.endswith(".gz"):
            raw = gzip.compress(raw)
        if name.endswith(".zst"):
            from backports import zstd

            raw = zstd.compress(raw)
        if name.endswith(".zip"):
            with zipfile.ZipFile(folder / name, "w") as archive:
                archive.writestr("inner.csv", text)
        else:
            (folder / name).write_bytes(raw)
        people = "".join(f"{k},{k % 5},{p}\n" for k, p in enumerate(PARTIES))
        (folder / labels).write_text(f"id,age,party\n{people}")
        return folder / name

    return write


def graph_file(name: str, write: Callable, labels: bool = False) -> Callable:
    def written(folder: Path) -> Path:
        write(network(), folder / name)
        if labels:
            text = "".join(f"{k} {p}\n" for k, p in enumerate(PARTIES))
            (folder / "net-labels.txt").write_text(text)
        return folder / name

    return written


def npz(folder: Path) -> Path:
    matrix = scipy.sparse.csr_matrix(nx.to_numpy_array(network()))
    scipy.sparse.save_npz(folder / "net.npz", matrix)
    text = "".join(f"{k}\t{p}\n" for k, p in enumerate(PARTIES))
    (folder / "net_labels.tsv").write_text(text)
    return folder / "net.npz"


def musae(folder: Path) -> Path:
    ties("mine_edges.csv", rows(",", "id_1,id_2"), "mine_target.csv")(folder)
    features = {str(k): [k % 3, 3] for k in range(SIZE)}
    (folder / "mine_features.json").write_text(json.dumps(features))
    return folder / "mine_edges.csv"


def egos(folder: Path) -> Path:
    graphs = {str(k): [[0, 1], [1, 2], [2, k % 3 + 3]] for k in range(SIZE)}
    (folder / "mine_edges.json").write_text(json.dumps(graphs))
    lines = "".join(f"{k},{k % 2}\n" for k in range(SIZE))
    (folder / "mine_target.csv").write_text(f"id,target\n{lines}")
    return folder / "mine_edges.json"


def text_file(name: str, text: str) -> Callable:
    def write(folder: Path) -> Path:
        raw = text.encode()
        raw = gzip.compress(raw) if name.endswith(".gz") else raw
        (folder / name).write_bytes(raw)
        return folder / name

    return write


def molecules(separator: str, columns: str, *of: list) -> str:
    lines = [separator.join(map(str, row)) for row in zip(*of, strict=True)]
    return "\n".join([columns.replace(",", separator), *lines]) + "\n"


def parquet(folder: Path) -> Path:
    import polars

    table = polars.DataFrame({"smiles": SMILES, "y": VALUES})
    table.write_parquet(folder / "m.parquet")
    return folder / "m.parquet"


def sdf() -> str:
    blocks = [Chem.MolToMolBlock(Chem.MolFromSmiles(one)) for one in SMILES]
    pairs = zip(blocks, VALUES, strict=True)
    return "".join(f"{block}>  <logP>\n{y}\n\n$$$$\n" for block, y in pairs)


def per_class(folder: Path) -> Path:
    (folder / "films").mkdir()
    (folder / "films" / "good.txt").write_text("\n".join(WORDS[::2]))
    (folder / "films" / "bad.txt").write_text("\n".join(WORDS[1::2]))
    return folder / "films"


def images(folder: Path) -> Path:
    draw = np.random.default_rng(5)
    for number in range(SIZE + 3):
        inner = folder / "pictures" / ("cat" if number % 2 else "dog")
        inner.mkdir(parents=True, exist_ok=True)
        pixels = draw.integers(0, 255, (11 + number, 13), dtype=np.uint8)
        Image.fromarray(pixels).save(inner / f"{number}.png")
    return folder / "pictures"


def idx(folder: Path) -> Path:
    draw = np.random.default_rng(5)
    pixels = draw.integers(0, 255, (SIZE + 3, 6, 4), dtype=np.uint8)
    head = struct.pack(">BBBBIII", 0, 0, 8, 3, *pixels.shape)
    (folder / "my-images-idx3-ubyte").write_bytes(head + pixels.tobytes())
    head = struct.pack(">BBBBI", 0, 0, 8, 1, len(pixels))
    labels = bytes(k % 2 for k in range(len(pixels)))
    (folder / "my-labels-idx1-ubyte").write_bytes(head + labels)
    return folder / "my-images-idx3-ubyte"


def sounds(folder: Path) -> Path:
    draw = np.random.default_rng(5)
    for number in range(SIZE):
        inner = folder / "words" / ("yes" if number % 2 else "no")
        inner.mkdir(parents=True, exist_ok=True)
        with wave.open(str(inner / f"{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            samples = draw.integers(-999, 999, 400 + 80 * number, dtype=np.int16)
            file.writeframes(samples.tobytes())
    return folder / "words"


TREEBANK = "".join(
    f"1\t{noun}\t_\tNOUN\t_\t_\t2\tnsubj\t_\t_\n2\truns\t_\tVERB\t_\t_\t0\troot\t_\t_\n"
    f"3\tfast\t_\t{'_' if k % 3 else 'ADV'}\t_\t_\t2\tadvmod\t_\t_\n\n"
    for k, noun in enumerate(["dog", "cat", "man"] * 4)
)
INCHI = [Chem.MolToInchi(Chem.MolFromSmiles(one)) for one in SMILES]
ACTIVE = ["active" if k % 2 else "inactive" for k in range(SIZE)]
NODES, NETS = ("social", True, 2), ("social", False, 2)
MOLECULES, SENTENCES = ("molecules", False, 1), ("sequence", False, 2)
QUOTED = [f'"{one}"' for one in WORDS]
STARS = [1 + 4 * (k % 2 == 0) for k in range(len(WORDS))]

KINDS = {
    "csv": Kind(ties("ties.csv", rows(",", "from,to")), {}, NODES),
    "tsv": Kind(
        ties("ties.tsv", rows("\tx\t", "giver\twhat\ttaker")),
        {"source": "giver", "destination": "taker"},
        NODES,
    ),
    "csv.gz": Kind(ties("ties.csv.gz", rows(";")), {"label": "party"}, NODES),
    "csv.zip": Kind(ties("ties.zip", rows(",")), {}, NODES),
    "csv.zst": Kind(ties("ties.csv.zst", rows(",")), {}, NODES),
    "snap": Kind(ties("ties.txt", "# From To\n" + rows("\t")), {}, NODES),
    "node table": Kind(
        ties("ties.csv", rows(","), "people.csv"),
        {"labels": "people.csv", "label": "party"},
        NODES,
    ),
    "musae": Kind(musae, {}, NODES),
    "graphml": Kind(graph_file("net.graphml", nx.write_graphml), {}, NODES),
    "gexf": Kind(graph_file("net.gexf", nx.write_gexf), {"label": "party"}, NODES),
    "gml": Kind(graph_file("net.gml", nx.write_gml), {}, NODES),
    "pajek": Kind(graph_file("net.net", nx.write_pajek), {}, NODES),
    "adjlist": Kind(graph_file("net.adjlist", nx.write_adjlist, True), {}, NODES),
    "npz": Kind(npz, {}, NODES),
    "egos": Kind(egos, {}, NETS),
    "smiles csv": Kind(
        text_file("m.csv", molecules(",", "smiles,y", SMILES, VALUES)), {}, MOLECULES
    ),
    "smiles tsv": Kind(
        text_file("m.tsv", molecules("\t", "a,b,c", SMILES, VALUES, VALUES[::-1])),
        {"smiles": "a", "target": "c"},
        MOLECULES,
    ),
    "two targets": Kind(
        text_file("m.csv", molecules(",", "smiles,b,c", SMILES, VALUES, VALUES)),
        {"target": "b,c"},
        ("molecules", False, 2),
    ),
    "active": Kind(
        text_file("m.csv", molecules(",", "smiles,what", SMILES, ACTIVE)),
        {},
        ("molecules", False, 2),
    ),
    "numbered": Kind(
        text_file("m.csv", molecules(",", "num,smiles,p", range(SIZE), SMILES, VALUES)),
        {},
        MOLECULES,
    ),
    "smiles parquet": Kind(parquet, {}, MOLECULES),
    "inchi": Kind(
        text_file("m.tsv", molecules("\t", "inchi,y", INCHI, VALUES)), {}, MOLECULES
    ),
    "sdf": Kind(text_file("m.sdf", sdf()), {}, MOLECULES),
    "sdf.gz": Kind(text_file("m.sdf.gz", sdf()), {"target": "logP"}, MOLECULES),
    "sentences tsv": Kind(
        text_file("s.tsv", molecules("\t", "sentence,label", WORDS, STARS)),
        {},
        SENTENCES,
    ),
    "sentences csv": Kind(
        text_file("s.csv", molecules(",", "n,said,stars", STARS[::-1], QUOTED, STARS)),
        {"text": "said", "label": "stars"},
        SENTENCES,
    ),
    "file per class": Kind(per_class, {}, SENTENCES),
    "treebank": Kind(text_file("t.conllu", TREEBANK), {}, ("sequence", True, 3)),
    "image folder": Kind(images, {}, ("image", False, 2)),
    "idx": Kind(idx, {}, ("image", False, 2)),
    "sounds": Kind(sounds, {}, SENTENCES),
}
REFUSED = {
    "smi": (text_file("m.smi", "\n".join(SMILES)), "names no target.*write a csv"),
    "inchi lines": (text_file("m.inchi", "\n".join(INCHI)), "names no target"),
    "unlabelled": (text_file("t.csv", rows(",")), "give a file of them with --labels"),
    "no label": (graph_file("net.npz", nx.write_gml), "is no sparse matrix"),
    "lines": (text_file("a.en", "a good film\nbad\n"), "cannot tell whether"),
}
