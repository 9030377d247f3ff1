import pytest

from graphattn.training.schedules import warmed_up


def test_the_rate_rises_in_a_line_and_falls_along_a_cosine():
    rates = [warmed_up(step, 50, 0.1) for step in range(50)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[5] == 1.0
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert warmed_up(50, 50, 0.1) == pytest.approx(0)


def test_a_single_step_has_the_full_rate():
    assert warmed_up(0, 1, 0.1) == 1.0


@pytest.mark.parametrize(("schedule", "end"), [("linear", 0.0), ("constant", 1.0)])
def test_other_schedules_end_where_they_should(schedule, end):
    rates = [warmed_up(step, 21, 0.1, schedule) for step in range(22)]
    assert rates[:2] == [0.5, 1.0]
    assert rates[-1] == pytest.approx(end)
