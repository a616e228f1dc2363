"""The colours of the pages can be read (WCAG 2.2, 1.4.3 and 1.4.11), light and dark."""

import re
from pathlib import Path

import pytest

import searcher.web

STYLE = (Path(searcher.web.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT, DARK = [colours(block) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)]


def luminance(colour: str) -> float:
    """The relative luminance of a colour in hexadecimal, by the formula of WCAG."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("text", "page", 4.5),
        ("text", "raised", 4.5),
        ("quiet", "page", 4.5),
        ("quiet", "raised", 4.5),
        ("link", "page", 4.5),
        ("link", "raised", 4.5),
        ("accent", "page", 4.5),
        ("mark-text", "mark", 4.5),
        ("line", "page", 3),
    ],
)
def test_contrast(theme: dict[str, str], text: str, ground: str, least: float) -> None:
    assert contrast(theme[text], theme[ground]) >= least


def test_both_themes_have_the_same_colours() -> None:
    assert set(LIGHT) == set(DARK)


def test_nothing_is_asked_from_another_machine() -> None:
    folder = Path(searcher.web.__file__).parent
    for file in [*(folder / "static").iterdir(), *(folder / "templates").iterdir()]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(", text), file
