"""Whatever is in a file, only the library's own errors come out of it.

A few hundred inputs each time; GRAPHATTN_FUZZ asks for more.
"""

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdkit import Chem

from graphattn.datasets import DataError, load

EXAMPLES = int(os.environ.get("GRAPHATTN_FUZZ", "60"))
_BLOCK = Chem.MolToMolBlock(Chem.MolFromSmiles("C[C@H](N)C(=O)O"))
_METHANOL = """@<TRIPOS>MOLECULE
methanol
2 1 1
SMALL
NO_CHARGES

@<TRIPOS>ATOM
1 C -0.3 0.1 0.1 C.3 1 A
2 O 0.8 -0.7 0.1 O.3 1 A
@<TRIPOS>BOND
1 1 2 1
"""
SEEDS = {
    "mine.csv": (
        "id,smiles,a,b,part\n1,CCO,1.5,0,train\n2,c1ccccc1,,1,test\n"
        '3,"C[C@H](N)F",2,nan,val\n4,[Na+].[Cl-],3,1,train\n'
    ),
    "mine.tsv": 'smiles\ty\nCCO\t"[0, 1]"\nCN\t"[1, 0]"\n',
    "mine.smi": "SMILES Name\nCCO ethanol\nc1ccccc1 |$a$| benzene\nF/C=C/F\n",
    "mine.inchi": "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3 ethanol\n",
    "mine.sdf": f"{_BLOCK}>  <y>\n1.5\n\n$$$$\n{_BLOCK}>  <y>\n2\n\n$$$$\n",
    "mine.mol2": _METHANOL,
}
OPTIONS = {
    "mine.csv": {"target": ["a", "b"], "split": "part", "smiles": "smiles"},
    "mine.tsv": {"target": "y", "smiles": "smiles"},
}
PIECES = ["\n", "\r", "\t", ",", '"', "[", "]", "(", "%", "\0", "\ufeff", "\x85"]
PIECES += ["$$$$", "M  END", "> <y>", "@<TRIPOS>ATOM", "InChI=", "|", "nan", "1e999"]
PIECES += ["-1", "999", "V3000", "#", ".", "@@", "é", "[Fe+99]", "[" * 300, "C" * 999]
# In seconds of this process: the clock on the wall also counts what others do.
LIMIT = 10


@st.composite
def mutated(draw, text):
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 1, 1, 3, 20]))
        piece = draw(st.sampled_from([*PIECES, "", text[:40]]) | st.text(max_size=4))
        text = text[:start] + piece + text[start + length :]
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8", "latin-1"])), "ignore")


@pytest.mark.parametrize("name", SEEDS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_only_the_librarys_own_errors_come_out(name, write, data):
    path = write(name, data.draw(mutated(SEEDS[name])))
    on_error = data.draw(st.sampled_from(["raise", "skip", "keep"]))
    start = time.process_time()
    try:
        found = load(path, on_error=on_error, cache=False, **OPTIONS.get(name, {}))
    except DataError:
        return
    finally:
        assert time.process_time() - start < LIMIT
    assert len(found) > 0
    for item in found:
        assert item.num_nodes == len(item.x)
        assert item.edge_index.numel() == 0 or item.edge_index.max() < item.num_nodes
