"""Everything that is not a Han word: Latin words, numbers, dates, codes such as F-35.

jieba's dictionary has little to say about these, so they are cut by rule. A run has a *term*, the
form it is looked up as, and *parts*, pieces of it that a person would type for it:

========================  ==================  ============================================
written                   term                parts
========================  ==================  ============================================
``F-35``, ``F35``         ``f35``
``COVID-19``              ``covid19``         ``covid``
``PM2.5``                 ``pm2.5``           ``pm``
``17.5万``                ``17.5万``          ``17.5``
``12%``                   ``12%``             ``12``
``1,234``                 ``1234``
``2021年12月5日``          ``2021年12月5日``    ``2021年12月``, ``12月5日``, and each of the three
========================  ==================  ============================================
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\u3005\u3007\uf900-\ufaff"
"""The characters that make Han words, as the inside of a regular expression's class."""

_LETTER = rf"[^\W\d_{HAN}]"
_YEAR = r"\d{4}年(?![度代])"
_MONTH = r"\d{1,2}月(?:份)?"
_DAY = r"\d{1,2}[日号](?![元圆线])"

RUN = re.compile(
    rf"""
    (?P<date>{_YEAR}(?:{_MONTH}(?:{_DAY})?)?|{_MONTH}{_DAY}|{_MONTH}|{_DAY})
  | (?P<clock>\d{{1,2}}时(?![间候代])(?:\d{{1,2}}分(?![钟之])(?:\d{{1,2}}秒)?)?)
  | (?P<code>(?:\d+(?:\.\d+)*)?{_LETTER}(?:[-'’&_+]?(?:{_LETTER}|\d)|(?<=\d)\.(?=\d))*\+*)
  | (?P<number>\d+(?:,\d{{3}})*(?:\.\d+)*(?:[十百千]*[万亿]+|[%‰])?)
    """,
    re.VERBOSE,
)
"""One run in folded text."""

NEAR_RUNS = r"年度代月份日号元圆线时间候分钟之秒十百千万亿,.\-'’&_+%‰"
"""What else than letters and digits can be in a run or says where it ends, for a class."""

_DATE_PIECE = re.compile(r"\d+[年月日号]份?")
_LETTERS = re.compile(rf"{_LETTER}{{2,}}")
_JOINERS = str.maketrans("", "", "-'’&_")


class Run(NamedTuple):
    """What a run is indexed as: its term, its parts, and where its pieces begin (offsets)."""

    term: str
    parts: tuple[str, ...]
    inner_boundaries: tuple[int, ...]


@lru_cache(maxsize=65536)
def parse_run(written: str) -> Run:
    """The term and parts of a run, given as the folded text that :data:`RUN` matched.

    >>> parse_run("covid-19")
    Run(term='covid19', parts=('covid',), inner_boundaries=())
    """
    last = written[-1]
    if last in "年月日号份":
        return _read_date(written)
    if (
        written[0].isdigit()
        and not _LETTERS.search(written)
        and (last.isdigit() or last in "%‰万亿")
    ):
        term = written.replace(",", "")
        number = term.rstrip("%‰十百千万亿")
        return Run(term, (number,) if number != term else (), ())
    term = written.translate(_JOINERS)
    parts = dict.fromkeys(_LETTERS.findall(written))
    parts.pop(term, None)
    return Run(term, tuple(parts), ())


def _read_date(written: str) -> Run:
    pieces = _DATE_PIECE.findall(written)
    spans = [
        "".join(pieces[first : first + size])
        for size in range(len(pieces) - 1, 0, -1)
        for first in range(len(pieces) - size + 1)
    ]
    if pieces[-1][-1] == "份":
        spans.append(pieces[-1][:-1])
    breaks: list[int] = []
    for piece in pieces[:-1]:
        breaks.append((breaks[-1] if breaks else 0) + len(piece))
    return Run(written, tuple(dict.fromkeys(spans)), tuple(breaks))
