"""The colours of the page, by day and by night."""

from collections.abc import Mapping, Sequence

LIGHT: Mapping[str, str] = {
    "paper": "#fcfcfa",
    "raised": "#ffffff",
    "ink": "#1f2328",
    "quiet": "#5c646d",
    "line": "#e2e2dc",
    "focus": "#0b5cad",
    "s0": "#0a4a94",
    "s1": "#c44e00",
    "s2": "#188062",
    "s3": "#a64d82",
    "s4": "#8a6400",
    "s5": "#5b4fb3",
    "s6": "#50565c",
}
DARK: Mapping[str, str] = {
    "paper": "#14171a",
    "raised": "#1b1f23",
    "ink": "#e6e6e3",
    "quiet": "#a3abb3",
    "line": "#33393f",
    "focus": "#7cc0ff",
    "s0": "#5b96f2",
    "s1": "#f5935a",
    "s2": "#78dca8",
    "s3": "#e69ac8",
    "s4": "#e3b341",
    "s5": "#b3a8ff",
    "s6": "#c3c8cd",
}
# After Okabe and Ito 2008, darker or lighter until they can be read as text.
SERIES = 7
_FIXED = {"edges": 0, "full": 1, "2-hop": 2}


def series(structures: Sequence[str]) -> dict[str, int]:
    """Returns the number of each structure's colour and marker.

    Args:
        structures: The names; the usual three have theirs in every report.
    """
    rest = [name for name in structures if name not in _FIXED]
    others = {name: 3 + k % (SERIES - 3) for k, name in enumerate(rest)}
    return {name: _FIXED.get(name, others.get(name, 0)) for name in structures}


def variables(colours: Mapping[str, str]) -> str:
    """Returns the colours as CSS variables.

    Args:
        colours: `LIGHT` or `DARK`.
    """
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
