"""Axes, and what lies between them, in pixels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH = 440.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 14.0, 12.0, 46.0


@dataclass(frozen=True)
class Axis:
    """A scale.

    Attributes:
        label: What it measures, with the unit.
        low: Its lower end.
        high: Its upper end.
        ticks: Values with their texts.
        logarithmic: Whether equal steps are equal factors.
    """

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Returns where a value lies: 0 at the lower end, 1 at the upper.

        Args:
            value: On the axis.
        """
        if self.logarithmic:
            value, low, high = (math.log(v) for v in (value, self.low, self.high))
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)


@dataclass(frozen=True)
class Path:
    """A line or an area: its corners, its CSS class and its tooltip."""

    corners: tuple[tuple[float, float], ...]
    css: str
    title: str = ""
    closed: bool = False

    @property
    def d(self) -> str:
        """The corners as SVG path data."""
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in self.corners)
        return f"M{line}{'Z' if self.closed else ''}"


@dataclass(frozen=True)
class Dot:
    """A marker: its place, the number of its series, its CSS class, its tooltip."""

    x: float
    y: float
    series: int
    css: str = "dot"
    title: str = ""


@dataclass(frozen=True)
class Label:
    """A text in the chart."""

    x: float
    y: float
    text: str
    css: str = ""


@dataclass
class Chart:
    """A chart whose marks are given in the units of its axes.

    Attributes:
        title: Above the chart.
        alt: What it shows, for those who do not see it.
        x: The axis below.
        y: The axis at the left.
        legend: Names of lines with the number of their series and a CSS class.
        height: In pixels; the width is the same for all.
        left: Room for the texts at the left axis.
        paths: Lines and areas, in pixels.
        dots: Markers, in pixels.
        labels: Texts, in pixels.
    """

    title: str
    alt: str
    x: Axis
    y: Axis
    legend: Sequence[tuple[str, int, str]] = ()
    height: float = 280.0
    left: float = _LEFT
    paths: list[Path] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    width: float = WIDTH

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the area between the axes."""
        return self.left, _TOP, self.width - _RIGHT, self.height - _BOTTOM

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Returns the pixels of a point.

        Args:
            x: On the axis below.
            y: On the axis at the left.
        """
        left, top, right, bottom = self.box
        across, up = self.x.share(x), self.y.share(y)
        return left + across * (right - left), bottom - up * (bottom - top)

    def line(
        self,
        points: Iterable[tuple[float, float]],
        css: str,
        title: str = "",
        *,
        closed: bool = False,
    ) -> None:
        """Adds a line through points, or the area that they surround.

        Args:
            points: Where it goes.
            css: Its class.
            title: Its tooltip.
            closed: Whether it is an area.
        """
        corners = tuple(self.at(*point) for point in points)
        self.paths.append(Path(corners, css, title, closed))

    def dot(
        self, x: float, y: float, series: int, css: str = "dot", title: str = ""
    ) -> None:
        """Adds a marker.

        Args:
            x: On the axis below.
            y: On the axis at the left.
            series: Number of its colour and shape.
            css: Its class.
            title: Its tooltip.
        """
        self.dots.append(Dot(*self.at(x, y), series, css, title))

    def label(
        self, x: float, y: float, text: str, css: str = "", *, up: float = 0
    ) -> None:
        """Adds a text.

        Args:
            x: On the axis below.
            y: On the axis at the left.
            text: What it says.
            css: Its class.
            up: Pixels to move it upwards.
        """
        left, top = self.at(x, y)
        self.labels.append(Label(left, top - up, text, css))


def linear(label: str, values: Iterable[float], *, pad: float = 0.06) -> Axis:
    """Returns an axis with round ticks that holds all values.

    Args:
        label: What it measures.
        values: NaN is left out.
        pad: Room at both ends, as a share of the range.
    """
    found = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(found), max(found)
    room = pad * (high - low) or 0.5 * abs(high) or 1.0
    low, high = low - room, high + room
    step = _round((high - low) / 5)
    first, last = math.ceil(low / step), math.floor(high / step)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))  # steps are 1, 2 or 5 units
    ticks = tuple(
        (k * step, f"{k * step:,.{digits}f}".replace("-", "\N{MINUS SIGN}"))
        for k in range(first, last + 1)
    )
    return Axis(label, low, high, ticks)


def logarithmic(label: str, values: Sequence[float]) -> Axis:
    """Returns an axis of powers of ten that holds all values.

    Args:
        label: What it measures.
        values: All positive.
    """
    low, high = min(values) / 1.7, max(values) * 1.7
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1,) if high / low > 300 else (1, 3) if high / low > 30 else (1, 2, 5)
    found = [f * 10.0**p for p in powers for f in factors]
    ticks = tuple((v, f"{v:,.6g}") for v in found if low <= v <= high)
    return Axis(label, low, high, ticks, logarithmic=True)


def _round(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= step * 0.999)
