"""What a terminal gets to see: the only place that knows colour, width, wrapping and the pager.

Text of an article is made harmless here (`safe`), measured in columns (`columns`) and broken into
lines (`wrap`). All of it works on offsets of the text itself, so the marks of a match stay where
they belong.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from searcher.cli.language import plural, told, tr
from searcher.translation import filled

if TYPE_CHECKING:
    from searcher import Hit, Match, Snippet

Spans = Sequence[tuple[int, int]]

NO_LINKS: Mapping[str, str] = {}

BOLD, DIM, MATCH, OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[0m"

# Longer lines are tiring to read, however wide the window.
_WIDEST = 100
_NARROWEST = 20

# GB/T 15834: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset("、，。．！？：；）」』】〉》〕］｝〗”’·・～％‰℃,.!?:;)]}%…—")
_NOT_LAST = frozenset("（「『【〈《〔［｛〖“‘([{￥＄$")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Marks that turn the direction of writing: with these a text can be shown as another one.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Harmless(dict[int, str | int]):
    """For `str.translate`: one character for each control character, all others as they are."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        category = unicodedata.category(char)
        shown: str | int = code
        if char in "\t\n\r" or category in ("Zl", "Zp"):
            shown = " "
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif category in ("Cc", "Cs") or char in _TURNING:
            shown = "\ufffd"
        self[code] = shown
        return shown


class _Columns(dict[str, int]):
    """How many columns of a terminal a character takes (UAX #11; ambiguous ones take one)."""

    def __missing__(self, char: str) -> int:
        category = unicodedata.category(char)
        if category == "Cn":
            # Of what Python's Unicode does not have yet, it knows no width.
            from wcwidth import wcwidth

            taken = max(0, wcwidth(char))
        elif category in ("Mn", "Me", "Cf") or "\u1160" <= char <= "\u11ff":
            taken = 0
        else:
            taken = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        self[char] = taken
        return taken


# Characters that stand for themselves: Latin, Greek, Cyrillic, signs, Han, Kana, Hangul syllables,
# pictures. Any other may join its neighbours (accents, emoji sequences, flags, Indic signs), which
# wcwidth knows; it is imported where a text has one.
_JOINING = re.compile(
    "[^ -\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2000-\u200a"
    "\u2010-\u2027\u2030-\u205f\u2070-\u20cf\u2100-\u262f\u2638-\u2689\u2690-\u2bff\u2e80-\u3029"
    "\u3030-\u3098\u309b-\u3163\u3165-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff9d"
    "\uffe0-\uffef\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
    "\U00020000-\U0003fffd]"
)

_harmless = _Harmless()
_columns = _Columns()


def safe(text: str) -> str:
    """``text`` as one line that cannot steer a terminal, each character in its old place.

    >>> safe("a\\x1b[31mb")
    'a␛[31mb'
    """
    return text.translate(_harmless)


def columns(text: str) -> int:
    """The width of a line on a terminal.

    >>> columns("拜登 5G"), columns("👨‍👩‍👧"), columns("❤️")
    (7, 2, 2)
    """
    if _JOINING.search(text):
        from wcwidth import width

        return int(width(text, control_codes="ignore"))
    return sum(map(_columns.__getitem__, text))


def clusters(text: str) -> Sequence[str]:
    """The pieces of a text that take a place of their own on a terminal: characters, mostly.

    >>> clusters("👍🏽好")
    ['👍🏽', '好']
    """
    if _JOINING.search(text):
        from wcwidth import iter_graphemes

        return [*iter_graphemes(text)]
    return text


def first_columns(text: str, width: int) -> str:
    """The beginning of a text, of at most ``width`` columns; no character is cut in two.

    >>> first_columns("拜登5G", 5)
    '拜登5'
    """
    return "".join(_that_fit(clusters(text), width))


def last_columns(text: str, width: int) -> str:
    """The end of a text, of at most ``width`` columns.

    >>> last_columns("拜登5G", 3)
    '5G'
    """
    return "".join([*_that_fit(clusters(text)[::-1], width)][::-1])


def _that_fit(pieces: Sequence[str], width: int) -> Iterator[str]:
    for piece in pieces:
        width -= columns(piece)
        if width < 0:
            return
        yield piece


def padded(text: str, width: int) -> str:
    """``text`` with blanks up to ``width`` columns.

    >>> padded("拜登", 6)
    '拜登  '
    """
    return text + " " * (width - columns(text))


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Break one paragraph into lines of at most ``width`` columns; their ``(start, end)``.

    Latin words stay whole unless one is longer than a line, closing punctuation never begins
    a line and opening punctuation never ends one.

    >>> text = "对话（2021年）。"
    >>> [text[start:end] for start, end in wrap(text, 12)]
    ['对话', '（2021年）。']
    """
    lines: list[tuple[int, int]] = []
    start = cut = used = place = 0
    before = ""
    for piece in clusters(text):
        if before and _may_break(before[-1], piece[0]):
            cut = place
        taken = _columns[piece] if len(piece) == 1 else columns(piece)
        # The second time round, the last possible break was not enough: the word is cut.
        while used + taken > width and start < place and not piece.isspace():
            if cut <= start:
                cut = place
            lines.append((start, start + len(text[start:cut].rstrip())))
            start = cut
            used = columns(text[start:place])
        used += taken
        before = piece
        place += len(piece)
    lines.append((start, start + len(text[start:].rstrip())))
    return lines


def _may_break(before: str, after: str) -> bool:
    # A number keeps what it counts: 17.5万, 12月5日.
    if after.isspace() or before in _NOT_LAST or before.isdecimal() or not _columns[after]:
        return False
    if after in _NOT_FIRST:
        return before.isspace() and after.isascii()
    return before.isspace() or _columns[before] == 2 or _columns[after] == 2


class Page:
    """How to show things on standard output: with or without colour, in lines of ``width``.

    ``color`` and ``links`` are ``"always"``, ``"never"`` or ``"auto"``. Lines are broken for a
    terminal, or when the variable COLUMNS is set; a file or a pipe gets every paragraph as one
    line.
    """

    def __init__(self, color: str = "auto", *, pager: bool = True, links: str = "never") -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            # A terminal that does not speak Unicode shows a question mark and not a traceback.
            sys.stdout.reconfigure(errors="replace")
        self.on_terminal = is_terminal(sys.stdout)
        clever = self.on_terminal and os.environ.get("TERM") != "dumb"
        self.color = color == "always" or (
            color == "auto" and clever and not os.environ.get("NO_COLOR")
        )
        self.width = terminal_width(sys.stdout)
        self.pager = pager and clever
        self.links = links == "always" or (links == "auto" and clever and _knows_links())

    def style(self, text: str, style: str) -> str:
        """``text``, which is harmless already, in colour if there is colour."""
        return f"{style}{text}{OFF}" if self.color and style and text else text

    def paragraph(
        self, text: str, spans: Spans = (), *, style: str = "", first: str = "", indent: str = ""
    ) -> Iterator[str]:
        """The lines of a text whose ``spans`` are marked; ``first`` stands before the first."""
        text = safe(text)
        room = self.width - columns(indent) if self.width else len(text) * 2 + 1
        for number, (start, end) in enumerate(wrap(text, max(room, _NARROWEST))):
            lead = indent if number else first or indent
            yield lead + self._marked(text, start, end, spans, style)

    def _marked(self, text: str, start: int, end: int, spans: Spans, style: str) -> str:
        pieces = []
        done = start
        for left, right in spans if self.color else ():
            left, right = max(left, done), min(right, end)
            if left < right:
                pieces.append(self.style(text[done:left], style))
                pieces.append(self.style(text[left:right], MATCH))
                done = right
        pieces.append(self.style(text[done:end], style))
        return "".join(pieces)

    def details(
        self, items: Iterable[str], indent: str = "", *, links: Mapping[str, str] = NO_LINKS
    ) -> Iterator[str]:
        """Short items side by side; a path is never broken, so that it can be copied.

        ``links`` are addresses that items lead to.
        """
        line: list[str] = []
        used = columns(indent)
        for item in filter(None, items):
            shown = safe(item)
            taken = columns(shown)
            if line and self.width and used + 3 + taken > self.width:
                yield indent + self.style(" · ".join(line), DIM)
                line, used = [], columns(indent)
            used += taken + (3 if line else 0)
            line.append(self._linked(shown, links.get(item, "")))
        if line:
            yield indent + self.style(" · ".join(line), DIM)

    def _linked(self, text: str, uri: str) -> str:
        if not (self.links and uri):
            return text
        from searcher.cli.hyperlinks import linked

        return linked(text, uri)

    def table(self, rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
        """Rows whose columns stand below one another; numbers are given right-aligned."""
        rows = [[safe(cell) for cell in row] for row in rows]
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
            yield (indent + "  ".join(cells)).rstrip()

    def hit(self, hit: Hit, uri: str = "") -> Iterator[str]:
        """One result of a search, and an empty line; its path leads to ``uri``."""
        first = f"{hit.rank}. "
        indent = " " * len(first)
        title = title_spans(hit.title, hit.snippets)
        yield from self.paragraph(hit.title, title, style=BOLD, first=first, indent=indent)
        day = hit.date.date().isoformat() if hit.date else ""
        more = tr("and {number} like it", number=f"{hit.duplicates:,}") if hit.duplicates else ""
        items = (day, hit.source, hit.path, hit.id, more)
        yield from self.details(items, indent, links={hit.path: uri})
        for snippet in hit.snippets:
            if snippet.field != "title":
                yield from self.paragraph(snippet.text, snippet.spans, indent=indent)
        if hit.explanation:
            yield from self.explanation(hit.score, hit.explanation, indent)
        yield ""

    def divider(self, text: str) -> Iterator[str]:
        """A line between two groups of hits, and an empty line."""
        yield self.style(f"── {safe(text)}", DIM)
        yield ""

    def explanation(self, score: float, matches: Iterable[Match], indent: str) -> Iterator[str]:
        """Where a score comes from, line by line."""
        rows = [(f"{score:8.3f}", tr("score"), "", "", "")]
        rows += [
            (f"{m.score:8.3f}", m.term, tr(m.field), tr(m.kind), told(m.detail)) for m in matches
        ]
        yield from self.table(rows, indent)

    def show(self, lines: Iterable[str]) -> None:
        """Write the lines, on a terminal that is too small for them through the pager."""
        if self.pager:
            from searcher.cli.pager import paged

            lines = [*lines]
            if paged(lines):
                return
        for line in lines:
            write(line)

    def path(self, path: str, *, null: bool = False) -> None:
        """One path alone on its line; a program gets its very bytes, unless they are controls.

        With ``null`` it gets them in any case, and a NUL behind them.
        """
        if null:
            sys.stdout.flush()
            sys.stdout.buffer.write(os.fsencode(path) + b"\0")
        elif self.on_terminal or _CONTROL.search(path):
            write(safe(path))
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(os.fsencode(path) + b"\n")


def counted(number: int, noun: str) -> str:
    """``1 article``, ``1,200 articles``, in the language chosen."""
    form = plural(f"{{number}} {noun}", f"{{number}} {noun}s", number)
    return filled(form, {"number": f"{number:,}"})


def title_spans(title: str, snippets: Iterable[Snippet]) -> Spans:
    """What matched in a title, as offsets in the whole of it."""
    for snippet in snippets:
        if snippet.field == "title" and (shift := title.find(snippet.text)) >= 0:
            return [(start + shift, end + shift) for start, end in snippet.spans]
    return ()


def write(line: str) -> None:
    """One line of data on standard output."""
    sys.stdout.write(line + "\n")


def say(message: str) -> None:
    """One line of talk on standard error; it is lost where nobody can read that."""
    try:
        sys.stderr.write(safe(message) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        drop(sys.stderr)


def drop(stream: TextIO) -> None:
    """Forget what a stream cannot write; without this, Python would complain about it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: object) -> bool:
    """Whether a person looks at this stream."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def _knows_links() -> bool:
    from searcher.cli.hyperlinks import knows_links

    return knows_links(os.environ)


def terminal_width(stream: TextIO) -> int | None:
    """The columns to write in: those of COLUMNS or of the terminal; None where no one looks."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and given.strip("0"):
        # Python reads no number of thousands of digits.
        found = int(given) if len(given) < 10 else _WIDEST
    elif is_terminal(stream):
        # A terminal that does not know its size says 0.
        found = os.get_terminal_size(stream.fileno()).columns or 80
    else:
        return None
    return max(_NARROWEST, min(found, _WIDEST))
