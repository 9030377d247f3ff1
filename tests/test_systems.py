"""Every system runs on a little real data, and learns from it."""

import math
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
SYSTEMS = ROOT / "examples" / "systems"


def main_of(name: str):
    return runpy.run_path(str(SYSTEMS / f"{name}.py"))["main"]


def test_words_are_tagged_along_every_structure(data_folder):
    treebank = Path(data_folder) / "ud_english_ewt" / "en_ewt-ud-dev.conllu.gz"
    found = main_of("tagging")(treebank, epochs=1, limit=200)
    assert set(found) == {"full", "window", "causal", "tree"}
    assert min(found.values()) > 0.1  # of 17 tags


def test_sentences_are_judged(data_folder):
    file = Path(data_folder) / "sst2" / "dev.tsv"
    found = main_of("sentiment")(file, epochs=1, limit=150)
    assert set(found) == {"cls", "mean", "attention"}
    assert min(found.values()) > 0.4


def test_sentences_are_translated_greedily_and_by_beams(data_folder):
    found = main_of("translation")(train_pairs=64, test_pairs=3, epochs=1)
    assert set(found) == {"greedy", "4 beams"}
    assert all(0 <= score <= 100 for score in found.values())


def test_letters_are_learned_and_written():
    text = ROOT / "docs" / "kernels.md"
    bits, written = main_of("characters")(text, steps=8)
    letters = set(text.read_text("utf-8"))
    assert bits < math.log2(len(letters))
    assert len(written) == 201
    assert set(written) <= letters


def test_letters_of_a_named_dataset_are_written(data_folder):
    bits, written = main_of("characters")(steps=2, most=300)
    assert 0 < bits < 12
    assert len(written) == 201


def test_digits_are_told_by_patches_and_by_pixels():
    found = main_of("vision")("digits", epochs=1, pixels=64)
    assert found["patches"] > 0.1
    assert 0 <= found["pixels"] <= 1


def test_spoken_digits_are_understood_within_reach(data_folder):
    found = main_of("speech")(reaches=(3,), epochs=1, limit=100)
    assert 0 <= found["30 ms each side"] <= 1


def test_digits_are_made_with_attention_and_without():
    found = main_of("gan")(steps=12)
    assert found["two halves of the real"] < min(
        found["convolutions"], found["with attention"]
    )


def test_scenes_are_searched():
    assert 0 <= main_of("objects")(steps=8, scenes=20) <= 1


def test_images_meet_captions():
    assert main_of("matching")(steps=25) > 0.1


def test_a_long_text_is_read_with_memory_and_without():
    found = main_of("memory")(("this", "keyword"), keeps=(0, 32), epochs=1)
    assert all(0 < bits < 8 for bits in found.values())


def test_atoms_hear_bonds_and_all_others():
    found = main_of("solubility")("sodium_channel", epochs=1, limit=60)
    assert all(error < 5 for errors in found.values() for error in errors)


def test_ties_held_out_are_found():
    assert main_of("links")("les_miserables", steps=40) > 0.7


def test_every_system_is_tested_and_short():
    tested = Path(__file__).read_text("utf-8")
    for file in SYSTEMS.glob("*.py"):
        assert f'"{file.stem}"' in tested
        assert len(file.read_text("utf-8").splitlines()) <= 120
