"""Pictures of counts as SVG: one form for the pages, and for files that are kept.

Lengths across are in per cent, so that a picture fits any window without its letters shrinking.
Colours are attributes, for files; the style sheet of the pages overrides them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from searcher.web.marking import harmless, shortened

WIDTH = 800
"""Pixels of a file across; on a page a picture is as wide as there is room."""
PLOT, GAP, AXIS = 96, 26, 22
"""Pixels: the height of the bars of one series, of the line above it, and of the axis."""
ROW = 24
"""Pixels of a row of :func:`rows`."""
MAX_LABELS = 6
"""Names written below a plot."""
MAX_LABEL = 10
"""Characters of a name in a picture."""
LABEL_WIDTH, BAR_WIDTH = 38.0, 48.0
"""Per cent of the width, in :func:`rows`."""

COLOURS = ("#1a4f9c", "#b04a00", "#00795a", "#9c3f7a", "#7a5c00", "#3a6f8f")
"""Of series; each has a contrast of 3 or more with white and can be told from its neighbours."""


class Series(NamedTuple):
    """A name and as many values as there are periods."""

    name: str
    values: Sequence[float]


def columns(
    periods: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    heading: bool = False,
    plot: int = PLOT,
    link: Callable[[str], str] | None = None,
    describe: Callable[[str, str], str] = lambda period, value: f"{period}: {value}",
) -> Markup:
    """Bars over time, the series below one another with one scale.

    Args:
        periods: their names, in order.
        series: what is counted in each of them.
        unit: what stands after numbers.
        heading: whether the name of each series stands above it.
        plot: the height of the bars, in pixels.
        link: gives the address that a bar leads to; None for no links.
        describe: gives the text of a bar from the period and the number.

    >>> columns(["2021", "2022"], [Series("普京", [3, 5])]).count('class="bar')
    2
    """
    most = max((max(one.values, default=0) for one in series), default=0) or 1
    top = GAP if heading else 16
    parts = []
    room = 100 / max(1, len(periods))
    width = min(room * 0.86, 6.0)
    for number, one in enumerate(series):
        base = (number + 1) * (top + plot)
        colour = COLOURS[number % len(COLOURS)]
        if heading:
            parts.append(_text(one.name, "0", base - plot - 8, colour, kind="name"))
        if number == 0:
            # What the full height stands for.
            x, anchor = ("100%", "end") if heading else ("0", "start")
            parts.append(_text(f"{_number(most)}{unit}", x, base - plot - 4, "#5c5b57", anchor))
        parts.append(
            f'<line class="rule" x1="0" x2="100%" y1="{base}" y2="{base}" stroke="#8a8883"/>'
        )
        for place, (period, value) in enumerate(zip(periods, one.values, strict=True)):
            height = plot * value / most
            left = place * room + (room - width) / 2
            said = escape(harmless(describe(period, f"{_number(value)}{unit}")))
            bar = (
                f'<rect class="bar s{number % len(COLOURS)}" fill="{colour}" x="{left:.2f}%" '
                f'y="{base - height:.1f}" width="{width:.2f}%" height="{height:.1f}"/>'
            )
            if link is None:
                parts.append(f"<g><title>{said}</title>{bar}</g>")
            else:
                # The whole height can be pointed at.
                place_of_it = (
                    f'<rect class="room" x="{place * room:.2f}%" y="{base - plot}" '
                    f'width="{room:.2f}%" height="{plot}" fill="none"/>'
                )
                parts.append(
                    f'<a href="{escape(link(period))}" data-period="{escape(period)}" '
                    f'aria-label="{said}"><title>{said}</title>{place_of_it}{bar}</a>'
                )
    height = len(series) * (top + plot) + AXIS
    for place in labelled(periods):
        centre = (place + 0.5) * room
        anchor = "start" if centre < 4 else "end" if centre > 96 else "middle"
        name = periods[place][:4] if _is_january(periods, place) else periods[place]
        at = f"{0 if anchor == 'start' else 100 if anchor == 'end' else centre:.2f}%"
        parts.append(_text(name, at, height - 5, "#5c5b57", anchor))
    return _svg("chart", str(WIDTH), height, parts)


def labelled(periods: Sequence[str]) -> list[int]:
    """The places of the periods whose names are written: Januaries where there are several.

    >>> labelled(["2020-12", "2021-01", "2021-02", "2022-01"])
    [1, 3]
    >>> labelled(["2020", "2021"])
    [0, 1]
    """
    januaries = [place for place in range(len(periods)) if _is_january(periods, place)]
    chosen = januaries if len(januaries) > 1 else [*range(len(periods))]
    return chosen[:: max(1, -(-len(chosen) // MAX_LABELS))]


def rows(counts: Iterable[tuple[str, float]], link: Callable[[str], str] | None = None) -> Markup:
    """Names with bars beside them.

    >>> rows([("总统", 408), ("俄方", 192)]).count("<text")
    4
    """
    counts = [*counts]
    most = max((value for _, value in counts), default=0) or 1
    parts = []
    for place, (name, value) in enumerate(counts):
        y = place * ROW
        width = BAR_WIDTH * value / most
        label = _text(_short(name), f"{LABEL_WIDTH}%", y + 17, "#1d1d1b", "end")
        if link is not None:
            label = f'<a href="{escape(link(name))}">{label}</a>'
        bar = (
            f'<rect class="bar s0" x="{LABEL_WIDTH + 2}%" y="{y + 4}" width="{width:.2f}%" '
            f'height="{ROW - 8}" fill="{COLOURS[0]}"/>'
        )
        end = f"{LABEL_WIDTH + 3 + width:.2f}%"
        parts.append(label + bar + _text(_number(value), end, y + 17, "#5c5b57"))
    return _svg("rows", "560", max(1, len(counts)) * ROW, parts)


def network(
    pairs: Sequence[tuple[str, str, int]],
    kinds: Mapping[str, str],
    link: Callable[[str], str] | None = None,
) -> Markup:
    """Names on a circle, with a line between two that are named together: the thicker, the oftener.

    Args:
        pairs: two names and how many articles have both.
        kinds: of each name one of "people", "places" and "organisations", which is its colour.
        link: gives the address that a name leads to.

    >>> network([("普京", "拜登", 3)], {"普京": "people"}).count("<circle")
    2
    """
    names = [*dict.fromkeys(name for first, second, _ in pairs for name in (first, second))]
    # Names of a kind stand beside one another.
    names.sort(key=lambda name: _KINDS.get(kinds.get(name, ""), len(_KINDS)))
    most = max((articles for *_, articles in pairs), default=1)
    across, down, radius = 760, 540, 205
    places = {}
    for number, name in enumerate(names):
        angle = 2 * math.pi * number / len(names) - math.pi / 2
        places[name] = (
            across / 2 + radius * math.cos(angle),
            down / 2 + radius * math.sin(angle),
            math.cos(angle),
            math.sin(angle),
        )
    parts = []
    for first, second, articles in reversed(pairs):
        (x, y, *_), (to_x, to_y, *_) = places[first], places[second]
        said = escape(harmless(f"{first} – {second}: {articles:,}"))
        # Bent towards the middle, but not through it.
        bent = f"{(x + to_x) / 6 + across / 3:.1f} {(y + to_y) / 6 + down / 3:.1f}"
        parts.append(
            f'<path class="tie" d="M{x:.1f} {y:.1f}Q{bent} {to_x:.1f} {to_y:.1f}" '
            f'fill="none" stroke="#5c5b57" stroke-opacity="{0.15 + 0.5 * articles / most:.2f}" '
            f'stroke-width="{0.5 + 5 * (articles / most) ** 2:.1f}"><title>{said}</title></path>'
        )
    for name, (x, y, cos, sin) in places.items():
        number = _KINDS.get(kinds.get(name, ""), 0)
        anchor = "middle" if abs(cos) < 0.2 else "start" if cos > 0 else "end"
        shift = 6 + (14 if sin > 0.9 else -10 if sin < -0.9 else 0)
        label = _text(
            _short(name), f"{x + 14 * cos:.1f}", y + 14 * sin + shift, "#1d1d1b", anchor, size=18
        )
        if link is not None:
            label = f'<a href="{escape(link(name))}">{label}</a>'
        parts.append(
            f'<circle class="s{number}" cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{COLOURS[number]}"/>'
            f"{label}"
        )
    return _svg("network", str(across), down, parts, scaled=True)


_KINDS = {"people": 0, "places": 1, "organisations": 2}


def _svg(
    kind: str, width: str, height: float, parts: Iterable[str], scaled: bool = False
) -> Markup:
    box = f' viewBox="0 0 {width} {height}"' if scaled else ""
    # Every text of the parts is escaped.
    return Markup(  # noqa: S704 - each is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" width="{width}" '
        f'height="{height}"{box} role="group" font-family="sans-serif" font-size="13">\n'
        '<rect class="ground" width="100%" height="100%" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _text(
    text: str,
    x: str,
    y: float,
    colour: str,
    anchor: str = "start",
    *,
    kind: str = "label",
    size: int = 0,
) -> str:
    sized = f' font-size="{size}"' if size else ""
    written = escape(harmless(text).translate(_NOT_XML))
    return (
        f'<text class="{kind}" x="{x}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{sized}>'
        f"{written}</text>"
    )


_NOT_XML = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD, 0x0C: 0xFFFD}


def _short(name: str) -> str:
    return shortened(name, (), MAX_LABEL)[0]


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"


def _is_january(periods: Sequence[str], place: int) -> bool:
    return len(periods[place]) == 7 and periods[place].endswith("-01")
