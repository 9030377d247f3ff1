import colorsys
from itertools import combinations

import pytest

from graphattn.report.palette import DARK, LIGHT, SERIES, series

THEMES = {"light": LIGHT, "dark": DARK}
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
DEFICIENCIES = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(colour: str) -> float:
    return sum(
        w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True)
    )


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_and_series_can_be_read(theme, ground):
    colours = THEMES[theme]
    assert contrast(colours["ink"], colours[ground]) >= 7
    for name in ("quiet", "focus", *(f"s{k}" for k in range(SERIES))):
        assert contrast(colours[name], colours[ground]) >= 4.5, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_the_usual_three_are_told_apart_by_everyone(theme, deficiency):
    def seen(colour: str) -> list[float]:
        rgb = linear(colour)
        if deficiency is not None:
            rows = DEFICIENCIES[deficiency]
            rgb = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in rows]
        return [min(1.0, max(0.0, p)) ** (1 / 2.2) for p in rgb]

    for first, second in combinations(("s0", "s1", "s2"), 2):
        one, two = seen(THEMES[theme][first]), seen(THEMES[theme][second])
        assert sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5 > 0.15


def test_the_usual_structures_keep_their_colours():
    assert series(["full", "edges"]) == {"full": 1, "edges": 0}
    found = series(["edges", "window:5", "causal", "full", "2-hop"])
    assert len(set(found.values())) == 5
    assert max(series([f"{k}-hop" for k in range(3, 40)]).values()) < SERIES


def test_no_series_is_grey_but_the_last():
    for colours in THEMES.values():
        for k in range(SERIES - 1):
            parts = [int(colours[f"s{k}"][i : i + 2], 16) / 255 for i in (1, 3, 5)]
            assert colorsys.rgb_to_hsv(*parts)[1] > 0.2
