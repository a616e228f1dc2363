import io
import os
import re
import sys
import unicodedata
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.cli import render
from searcher.cli.hyperlinks import file_uri, knows_links, linked, without_links
from searcher.cli.render import Page, safe
from searcher.cli.widths import _JOINING, clusters, columns, first_columns, last_columns, wrap
from searcher.results import Hit, Match, Snippet

CLOSING = "、，。．！？：；）」』】〉》〕］｝”’"
OPENING = "（「『【〈《〔［｛“‘"

news_text = st.text(
    st.one_of(
        st.sampled_from("拜登普京视频通话乌克兰局势" + CLOSING + OPENING),
        st.sampled_from("abc F-35 17.5 \u3000"),
        st.sampled_from("e\u0301👩\u200d🔬ｆ５ﾊﾟ한"),
    ),
    max_size=120,
)


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]


def hit(**changes: object) -> Hit:
    values: dict[str, object] = {
        "rank": 1,
        "id": "k3x9q2mfaa",
        "path": "2021/call.md",
        "title": "拜登与普京视频通话",
        "date": datetime(2021, 12, 5, tzinfo=timezone.utc),
        "author": "某人",
        "source": "远方通讯社",
        "categories": (),
        "url": "",
        "score": 4.3,
        "snippets": (
            Snippet("title", "拜登与普京视频通话", ((0, 2), (3, 5))),
            Snippet("body", "俄罗斯总统普京说。", ((5, 7),)),
        ),
    }
    return Hit(**(values | changes))  # type: ignore[arg-type]  # any field


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    return Page("never")


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    return Page("always")


# safe


@given(st.text())
def test_safe_text_has_no_control_characters_and_keeps_its_length(text: str) -> None:
    shown = safe(text)
    assert len(shown) == len(text)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)
    shown.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_safe_leaves_ordinary_text_alone(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\x9b31m", "�31m"),
        ("a\tb\nc\r", "a b c "),
        ("\u202egpj.exe", "�gpj.exe"),
        ("\x7f\x07", "�␇"),
        ("[red]", "[red]"),
        ("\udcff", "�"),
        ("a\u2028b", "a b"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


# columns and wrap


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("拜登", 4),
        ("５Ｇ", 4),
        ("ﾊﾟ", 2),
        ("e\u0301", 1),
        ("“…”", 3),
        ("👍", 2),
    ],
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@given(news_text, st.integers(10, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    wrapped = lines(text, width)
    assert all(columns(line) <= width for line in wrapped)
    assert "".join("".join(wrapped).split()) == "".join(text.split())
    assert all(line == line.rstrip() for line in wrapped)


@given(st.text(st.sampled_from("拜登普京视频，。（）“”《》a "), max_size=120), st.integers(20, 60))
def test_punctuation_stays_with_its_words(text: str, width: int) -> None:
    # With so much punctuation in a row that it fills a line, something has to give way.
    while any(mark * 2 in text for mark in CLOSING + OPENING):
        for mark in CLOSING + OPENING:
            text = text.replace(mark * 2, mark)
    wrapped = lines(text, width)
    if any(len(piece) > 6 for piece in _marks_in_a_row(text)):
        return
    assert not any(line[:1] in CLOSING for line in wrapped[1:] if line)
    assert not any(line[-1:] in OPENING for line in wrapped[:-1] if line)


def _marks_in_a_row(text: str) -> list[str]:
    spaced = "".join(char if char in CLOSING + OPENING + "a" else " " for char in text)
    return spaced.split()


def test_latin_words_stay_whole() -> None:
    assert lines("美国的F-35战斗机 Lockheed Martin", 12) == [
        "美国的F-35战",
        "斗机",
        "Lockheed",
        "Martin",
    ]


def test_a_number_keeps_what_it_counts() -> None:
    assert lines("人数达到17.5万人", 12) == ["人数达到", "17.5万人"]
    assert lines("将在12月7日通话", 10) == ["将在12月", "7日通话"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert lines("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_closing_punctuation_takes_its_word_along() -> None:
    assert lines("视频通话。", 8) == ["视频通", "话。"]
    assert lines("视频通 。话", 6) == ["视频", "通 。", "话"]
    assert lines("他说“好”吗", 6) == ["他说", "“好”吗"]


def test_wrapping_takes_linear_time() -> None:
    assert len(lines("视频通话，" * 20_000, 80)) > 2_000
    assert len(lines("x" * 100_000, 80)) == 1_250
    assert lines("\u0301" * 100_000, 80) == ["\u0301" * 100_000]


# Page


def test_plain_text_is_not_wrapped(plain: Page) -> None:
    assert plain.width is None
    assert [*plain.paragraph("很长" * 200, [(0, 2)])] == ["很长" * 200]


def test_marks_follow_the_line_breaks(coloured: Page) -> None:
    text = "一二三四五六七八九十" * 4
    first, second = coloured.paragraph(text, [(18, 22)])
    assert first == f"{text[:18]}\x1b[1;31m{text[18:20]}\x1b[0m"
    assert second == f"\x1b[1;31m{text[20:22]}\x1b[0m{text[22:]}"


def test_a_hit_in_colour(coloured: Page) -> None:
    title, details, more, body, empty = coloured.hit(hit())
    assert (
        title
        == "1. \x1b[1;31m拜登\x1b[0m\x1b[1m与\x1b[0m\x1b[1;31m普京\x1b[0m\x1b[1m视频通话\x1b[0m"
    )
    assert details == "   \x1b[2m2021-12-05 · 远方通讯社\x1b[0m"
    assert more == "   \x1b[2m2021/call.md · k3x9q2mfaa\x1b[0m"
    assert body == "   俄罗斯总统\x1b[1;31m普京\x1b[0m说。"
    assert empty == ""


def test_a_hit_without_colour(plain: Page) -> None:
    assert [*plain.hit(hit())] == [
        "1. 拜登与普京视频通话",
        "   2021-12-05 · 远方通讯社 · 2021/call.md · k3x9q2mfaa",
        "   俄罗斯总统普京说。",
        "",
    ]


def test_a_hit_of_which_little_is_known(plain: Page) -> None:
    bare = hit(date=None, source="", snippets=())
    assert [*plain.hit(bare)][1] == "   2021/call.md · k3x9q2mfaa"


def test_a_hostile_hit(coloured: Page) -> None:
    bad = "\x1b]0;pwned\x07[bold red]"
    hostile = hit(title=bad, path=bad, source=bad, snippets=(Snippet("body", bad, ((0, 3),)),))
    shown = "\n".join(coloured.hit(hostile))
    for style in (render.BOLD, render.DIM, render.MATCH, render.OFF):
        shown = shown.replace(style, "")
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert shown.count("[bold red]") == 4


def test_a_title_snippet_that_is_only_a_part(coloured: Page) -> None:
    part = hit(snippets=(Snippet("title", "普京视频", ((0, 2),)),))
    assert next(coloured.hit(part)).startswith(
        "1. \x1b[1m拜登与\x1b[0m\x1b[1;31m普京\x1b[0m\x1b[1m视频通话"
    )


def test_an_explanation_stands_in_columns(plain: Page) -> None:
    matches = (Match("拜登", "title", "word", 3.1), Match("Putin", "body", "alias", 1.2, "普京"))
    assert [*plain.hit(hit(explanation=matches))][3:-1] == [
        "      4.300  score",
        "      3.100  拜登   title  word",
        "      1.200  Putin  body   alias  普京",
    ]


@pytest.mark.parametrize(
    ("color", "variables", "expected"),
    [
        ("auto", {}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {}, False),
    ],
)
def test_colour_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, color: str, variables: dict[str, str], expected: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert Page(color).color is expected


@pytest.mark.parametrize(
    ("given_columns", "width"), [("50", 50), ("5000", 100), ("3", 20), ("0", None), ("x", None)]
)
def test_columns_variable(
    monkeypatch: pytest.MonkeyPatch, given_columns: str, width: int | None
) -> None:
    monkeypatch.setenv("COLUMNS", given_columns)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert Page().width == width


def test_a_console_that_does_not_speak_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    Page().show(["普京 Putin"])
    narrow.flush()
    assert narrow.buffer.getvalue() == b"?? Putin\n"


def test_widths_are_those_of_wcwidth() -> None:
    import wcwidth

    signs = [
        "👨‍👩‍👧",
        "❤️",
        "🇨🇳",
        "👍🏽",
        "1️⃣",
        "拜登",
        "…",
        "é",
        "한글",
        "각",
        "ก็",
        "क्षि",
        "a\u00adb",
        "㈱",
        "Ａ",
    ]
    for sign in signs:
        assert columns(sign) == wcwidth.width(sign), sign
        assert "".join(clusters(sign * 2)) == sign * 2
    # Characters are measured without it where they join no others.
    for code in range(0x20, 0x30000):
        char = chr(code)
        if not _JOINING.search(char) and unicodedata.category(char) not in ("Cc", "Cs"):
            assert columns(char) == max(0, wcwidth.wcwidth(char)), hex(code)


@given(
    st.lists(st.sampled_from(["👨‍👩‍👧", "❤️", "🇨🇳", "👍🏽", "好", "a", " ", "，", "1️⃣"])),
    st.integers(2, 12),
)
def test_no_sequence_is_cut_in_two(signs: list[str], width: int) -> None:
    text = "".join(signs)
    lines = [text[start:end] for start, end in wrap(text, width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= width + 2 for line in lines)
    whole = [*clusters(text)]
    assert all(piece in whole for line in lines for piece in clusters(line))
    for cut in (first_columns(text, width), last_columns(text, width)):
        assert columns(cut) <= width
    assert text.startswith(first_columns(text, width))
    assert text.endswith(last_columns(text, width))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "6800"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4200"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "x"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "iTerm.app"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"WT_SESSION": "1", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
    ],
)
def test_terminals_that_know_links(variables: dict[str, str], expected: bool) -> None:
    assert knows_links(variables) is expected


@pytest.mark.parametrize("name", ["a b.md", "100%.md", "é#?.md", "\x1b]8;;x\x07.md", "\udcff.md"])
def test_a_link_cannot_steer_a_terminal(name: str, tmp_path: Path) -> None:
    shown = linked("text", file_uri(str(tmp_path / name)))
    uri, text = re.fullmatch(r"\x1b\]8;;([!-~]*)\x1b\\(.*)\x1b\]8;;\x1b\\", shown).groups()  # type: ignore[union-attr]  # it matches
    assert text == "text"
    assert os.fsencode(unquote_to_bytes(uri.partition(str(tmp_path))[2][1:])) == os.fsencode(name)
    assert linked("text", "http://x/\x1b]") == linked("text", "") == "text"
    assert without_links(f"a{shown}b") == "atextb"
