"""What a terminal gets to see: the only place that knows colour, links and the pager.

Text of an article is made harmless here (`safe`), measured and broken into lines by `widths.py`.
All of it works on offsets of the text itself, so the marks of a match stay where
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
from searcher.cli.widths import columns, padded, wrap
from searcher.translation import filled

if TYPE_CHECKING:
    from searcher import Hit, Match, Snippet

Spans = Sequence[tuple[int, int]]

NO_LINKS: Mapping[str, str] = {}

BOLD, DIM, MATCH, OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[0m"

# Longer lines are tiring to read, however wide the window.
_WIDEST = 100
_NARROWEST = 20

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


_harmless = _Harmless()


def safe(text: str) -> str:
    """``text`` as one line that cannot steer a terminal, each character in its old place.

    >>> safe("a\\x1b[31mb")
    'a␛[31mb'
    """
    return text.translate(_harmless)


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
