"""Plain text: which characters stay, how white space closes up, and typed text as paragraphs."""

import re
from typing import NamedTuple
from unicodedata import normalize

from searcher.lazy_pattern import compile_late


class Text(NamedTuple):
    """The plain text of a document, its first heading or title, and what could not be read."""

    text: str
    heading: str = ""
    problems: tuple[str, ...] = ()


# -- characters --------------------------------------------------------------------------------

# ECMA-48 control sequences, and the strings (titles, links) that terminals take.
_ESCAPE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,999}(?:\x07|\x1b\\|\x9c)"
)
# White space among the control characters (tab, line ends, separators) is left to collapsing.
_CONTROLS = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Soft hyphen, zero-width spaces, directional marks and overrides, annotations, surrogates, tags
# and selectors of character variants.
_INVISIBLES = (
    r"\xad\u034f\u061c\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    r"\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSEEN = f"[{_CONTROLS}{_INVISIBLES}]"
_UNSEEN_OR_ESCAPE = compile_late(f"{_ESCAPE}|{_UNSEEN}")
_CONTROL = compile_late(f"[{_CONTROLS}]")

# The joiners U+200C and U+200D belong between letters of Arabic, of Indian and Mongolian scripts,
# and between the parts of an emoji. Anywhere else nobody sees them.
_JOINED = (
    r"\u0600-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc"
    r"\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
)
_LONE_JOINER = compile_late(rf"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])")

# Accents, voicing marks of kana, and parts of Hangul syllables that stand for themselves.
_MARKS = r"\u0300-\u036f\u0653-\u0655\u093c\u1161-\u1175\u11a8-\u11c2\u3099\u309a"
_DECOMPOSED = compile_late(f"[^{_MARKS}][{_MARKS}]{{1,8}}")
_HALF_WIDTH_KANA = compile_late(r"[\uff65-\uff9f]*[\uff9e\uff9f][\uff65-\uff9f]*")

# One class, which is the fastest to look for.
_TO_CLEAN = compile_late(f"[{_CONTROLS}{_INVISIBLES}{_MARKS}\\u200c\\u200d\\uff9e\\uff9f]")


def clean(text: str) -> str:
    r"""Take out what no reader sees, and put together what readers see as one character.

    Taken out are control, zero-width and directional characters. Letters with their accents behind
    them, as macOS writes them in names of files, become one character each (Unicode's NFC), and so
    do half-width kana with their voicing marks.

    >>> clean("拜\x1b[31m登\u202e\u200b")
    '拜登'
    >>> clean("Erdog\u0306an")
    'Erdoğan'
    """
    if not _TO_CLEAN.search(text):
        return text
    text = _UNSEEN_OR_ESCAPE.sub("", text)
    text = _LONE_JOINER.sub("", text)
    text = _DECOMPOSED.sub(lambda found: normalize("NFC", found.group()), text)
    if "\uff9e" in text or "\uff9f" in text:
        text = _HALF_WIDTH_KANA.sub(lambda found: normalize("NFKC", found.group()), text)
    return text


def removed_controls(text: str) -> tuple[str, ...]:
    """Give the problem to report if a text that is cleaned holds control characters."""
    return ("control characters removed",) if _CONTROL.search(text) else ()


# -- white space -------------------------------------------------------------------------------

# Unicode's line separator ends a line here, as a line feed in markup is mere white space.
BREAK = "\u2028"
GAP = "\x1f"  # a space that stays a space, also between Chinese characters
_RUN = compile_late(rf"[^\S{BREAK}]{{2,}}|[^\S \u3000{BREAK}]")
WIDE = (
    "\u2014\u2018-\u201d\u2026\u2e80-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff60\U00020000-\U0003ffff"
)
_WRAP = compile_late(f"(?<=[{WIDE}])\n(?=[{WIDE}])")


def one_line(text: str) -> str:
    """Clean a text and close up its white space: for titles and names."""
    return _close_up(clean(text).replace(BREAK, " ")).strip()


def paragraphs(text: str) -> str:
    """Clean and close up a text whose lines end with `BREAK`; empty lines vanish."""
    lines = []
    for line in clean(text).split(BREAK):
        words = line.split()
        if len(words) == 1:  # as Chinese has no spaces
            lines.append(words[0])
        elif words:
            lines.append(_close_up(line).strip())
    return "\n".join(lines)


def _close_up(text: str) -> str:
    """Shrink each run of white space to one space, or to nothing where Chinese text was wrapped.

    A line feed between two wide characters vanishes (CSS Text Level 3, section 4.1.3); a single
    full-width space stays, as headlines have it between their halves.
    """
    text = _RUN.sub(_shrink, text)
    return _WRAP.sub("", text).replace("\n", " ") if "\n" in text else text


def _shrink(run: re.Match[str]) -> str:
    spaces = run.group()
    return "\n" if "\n" in spaces and GAP not in spaces else " "


# -- typed text ---------------------------------------------------------------------------------

_WRAPPED = range(40, 121)  # columns of text that was wrapped by hand or by a program
_FULL = 0.8  # of the longest line's columns, from which a line may go on in the next


def typed_to_text(source: str) -> Text:
    r"""Read typed text: a line is a paragraph, unless the text was wrapped to some width.

    >>> typed_to_text("　　拜登说\n　　普京说").text
    '拜登说\n普京说'
    """
    lines = source.split("\n")
    longest = max(map(_columns, sorted(lines, key=len)[-_LONG_LINES:]))
    if longest not in _WRAPPED:
        return Text(paragraphs(BREAK.join(lines)))
    pieces: list[str] = []
    for line in lines:
        if pieces and line[:1].isspace():
            pieces[-1] = BREAK  # an indented line begins a paragraph
        # A character takes two columns at most, so most short lines need not be measured.
        may_go_on = 2 * len(line) >= longest * _FULL and _columns(line) >= longest * _FULL
        pieces += (line, "\n" if may_go_on else BREAK)
    return Text(paragraphs("".join(pieces)))


_LONG_LINES = 100  # lines among which the one with the most columns is looked for


def _columns(line: str) -> int:
    return len(line.rstrip().encode("gb18030", "replace"))
