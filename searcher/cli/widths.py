"""How wide text is on a terminal, and where a line of it may be broken (UAX #11, GB/T 15834).

What joins its neighbours, such as emoji sequences, is measured by wcwidth, imported where a
text has it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from searcher.lazy_pattern import compile_late

# GB/T 15834: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset("、，。．！？：；）」』】〉》〕］｝〗”’·・～％‰℃,.!?:;)]}%…—")
_NOT_LAST = frozenset("（「『【〈《〔［｛〖“‘([{￥＄$")


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
_JOINING = compile_late(
    "[^ -\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2000-\u200a"
    "\u2010-\u2027\u2030-\u205f\u2070-\u20cf\u2100-\u262f\u2638-\u2689\u2690-\u2bff\u2e80-\u3029"
    "\u3030-\u3098\u309b-\u3163\u3165-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff9d"
    "\uffe0-\uffef\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
    "\U00020000-\U0003fffd]"
)

_columns = _Columns()


def columns(text: str) -> int:
    """The width of a line on a terminal.

    >>> columns("拜登 5G"), columns("👨‍👩‍👧"), columns("❤️")
    (7, 2, 2)
    """
    if text.isascii() and text.isprintable():
        return len(text)
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
