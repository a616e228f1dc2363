"""Line charts as SVG, written without a drawing library."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 900, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 20, 60
"""The margins around the plot, in pixels."""

MAX_NAMES = 10
"""The maximum number of names written below the plot."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""The palette of Okabe & Ito, which colour-blind people can tell apart."""


def line_chart(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], unit: str = ""
) -> str:
    """Draw lines over a common axis.

    Args:
        names: of the points on the axis.
        series: each with its name and as many values as there are names.
        unit: what stands after the numbers.

    >>> line_chart(["2021", "2022"], [("普京", [3, 5])]).startswith("<svg ")
    True
    """
    most = max((max(values, default=0) for _, values in series), default=0) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for step in range(5):
        value = most * step / 4
        y = _y(value, most)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>'
        )
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.4g}{unit}</text>'
        )
    every = max(1, -(-len(names) // MAX_NAMES))
    for place in range(0, len(names), every):
        x = _x(place, len(names))
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f"{_text(names[place])}</text>"
        )
    for number, (name, values) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(
            f"{_x(place, len(values)):.1f},{_y(value, most):.1f}"
            for place, value in enumerate(values)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        if len(values) == 1:
            x, y = _x(0, 1), _y(values[0], most)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        x = LEFT + number * (WIDTH - LEFT - RIGHT) / max(1, len(series))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 14}" fill="{colour}">{_text(name)}</text>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _x(place: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + (room * place / (count - 1) if count > 1 else room / 2)


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def _text(text: str) -> str:
    """Text that XML may contain: no control characters, no halves of characters."""
    return escape("".join(char if _is_allowed(char) else "\ufffd" for char in text))


def _is_allowed(char: str) -> bool:
    return char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
