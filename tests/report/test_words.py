from dataclasses import replace
from math import nan

from graphattn.compare.statistics import Difference
from graphattn.report import limits, markdown, question, sentences
from graphattn.report.words import answer


def test_every_structure_gets_a_plain_sentence(comparison):
    alike, worse = sentences(comparison)
    assert alike == (
        "2-hop against edges: no significant difference; RMSE +0.012 "
        "(95% interval \N{MINUS SIGN}0.031 to +0.055, p = 0.400)."
    )
    assert worse == (
        "full against edges: significantly worse; RMSE +0.250 "
        "(95% interval +0.110 to +0.390, p < 0.001)."
    )


def test_one_seed_is_no_conclusion(comparison):
    lone = Difference(-0.2, nan, nan, nan, nan)
    rows = (comparison.rows[0], replace(comparison.rows[1], difference=lone))
    single = replace(comparison, rows=rows, seeds=(0,))
    assert "no conclusion" in sentences(single)[0]
    assert "1 seed;" in limits(single)
    assert "interval" not in limits(single).lower()


def test_runs_on_one_split_tell_about_it_alone(comparison):
    alike = Difference(0.012, -0.031, 0.055, 0.4, 0.4, effect=0.3, units=3, needed=91)
    rows = (comparison.rows[0], replace(comparison.rows[1], difference=alike))
    given = replace(comparison, rows=rows, split="given", splits=1)
    assert "on 1 given split, the same for every structure" in limits(given)
    assert "over seeds" in limits(given)
    assert "that split alone" in limits(given)
    assert "overlap" not in limits(given)
    assert "88 more seeds would be needed" in sentences(given)[0]
    drawn = replace(given, split="random", splits=3)
    assert "overlap" in limits(drawn)
    assert "88 more splits would be needed" in sentences(drawn)[0]
    assert "its own given split" not in limits(replace(given, seeds=(0,)))


def test_question_and_limits_name_what_the_numbers_rest_on(comparison):
    assert "pIC50" in question(comparison)
    assert "lower is better" in question(comparison)
    for words in ("3 seeds", "scaffold split", "1,234 parameters", "5 epochs"):
        assert words in limits(comparison)


def test_one_of_anything_is_singular(comparison):
    single = replace(comparison, seeds=(0,), epochs=1, trials=1)
    text = limits(single)
    for words in ("1 seed;", ", 1 epoch.", "the best of 1 trial for"):
        assert words in text
    assert "1 run)" in answer(single)
    assert "made_up, scaffold split, 1 seed\n" in markdown(single)
