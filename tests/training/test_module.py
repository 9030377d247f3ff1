import pytest

from graphattn.training.module import warm_up_cosine


def test_the_rate_rises_in_a_line_and_falls_along_a_cosine():
    rates = [warm_up_cosine(step, 50, 0.1) for step in range(50)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[5] == 1.0
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert warm_up_cosine(50, 50, 0.1) == pytest.approx(0)


def test_a_single_step_has_the_full_rate():
    assert warm_up_cosine(0, 1, 0.1) == 1.0
