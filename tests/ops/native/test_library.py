"""Loading the library, choosing the instruction set, packing its records."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from graphattn.ops import native
from graphattn.ops.native import binding

HEADER = Path(native.__file__).parent / "src" / "args.h"
SHOW = "from graphattn.ops import native; print(native.isa(), native.lanes())"


def run(isa):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SHOW],
        env={**os.environ, "GRAPHATTN_ISA": isa},
        capture_output=True,
        text=True,
    )


def test_fields_are_in_the_order_of_the_header():
    body = HEADER.read_text().split("struct Args {")[1].split("};")[0]
    body = re.sub(r"//.*", "", body)
    fields = []
    for declaration in body.split(";"):
        names = re.sub(
            r"^\s*(const )?(int64_t|int32_t|uint8_t|double|void)", "", declaration
        )
        fields += re.findall(r"\w+", names)
    assert tuple(fields) == binding._FIELDS


def test_the_best_instruction_set_runs_by_default():
    assert native.isa() == next(filter(native.choose_isa, native.NAMES))


def test_lanes_are_those_of_float32(isa):
    assert native.lanes() == {"avx512": 16, "avx2": 8, "baseline": 4}[isa]


def test_an_instruction_set_can_be_forced():
    assert run("baseline").stdout == "baseline 4\n"


def test_an_unknown_instruction_set_is_refused():
    result = run("mmx")
    assert result.returncode != 0
    assert "must be one of avx512, avx2, baseline, or unset" in result.stderr


def test_a_record_of_another_size_is_refused():
    packed = b"\0" * (binding._RECORD.size - 8)
    status = native.library.library().graphattn_attention(packed, len(packed))
    with pytest.raises(AssertionError):
        binding.check(status)
