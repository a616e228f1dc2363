"""Tokens that are not Han words: Latin words, numbers, dates, codes such as F-35.

jieba's dictionary has few of these, so they are matched by the regular expression :data:`RUN`. One
match is called a *run*. It is indexed as a *term*, the normalised form, and as *parts*, the shorter
forms by which a person may search for it:

========================  ==================  ============================================
text                      term                parts
========================  ==================  ============================================
``F-35``, ``F35``         ``f35``
``COVID-19``              ``covid19``         ``covid``
``PM2.5``                 ``pm2.5``           ``pm``
``17.5万``                ``17.5万``          ``17.5``
``12%``                   ``12%``             ``12``
``1,234``                 ``1234``
``C++``                   ``c++``
``5G+AI``                 ``5g``, ``ai``         two runs: a single ``+`` joins, as in 5G+工业
``2021年12月5日``          ``2021年12月5日``    ``2021年12月``, ``12月5日``, and each of the three
========================  ==================  ============================================
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from searcher.lazy_pattern import compile_late

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\u3005\u3007\uf900-\ufaff"
"""The characters of Han words, for use inside a character class: ``f"[{HAN}]+"``."""

MAX_RUN = 250
"""The maximum length of a run of letters or digits; longer ones are cut."""

_LETTER = rf"[^\W\d_{HAN}]"
# The lookaheads exclude 2021年度, 90年代, 5号线, 10日元.
_YEAR = r"\d{4}年(?![度代])"
_MONTH = r"\d{1,2}月(?:份)?"
_DAY = r"\d{1,2}[日号](?![元圆线])"

_MAX_GROUPS = 20
_NUMBER = rf"\d{{1,{MAX_RUN}}}(?:\.\d{{1,{MAX_RUN}}}){{0,{_MAX_GROUPS}}}"

RUN = compile_late(
    rf"""
    (?P<date>{_YEAR}(?:{_MONTH}(?:{_DAY})?)?|{_MONTH}{_DAY}|{_MONTH}|{_DAY})
  | (?P<clock>\d{{1,2}}时(?![间候代])(?:\d{{1,2}}分(?![钟之])(?:\d{{1,2}}秒)?)?)
  | (?P<code>(?:{_NUMBER})?{_LETTER}
        (?:[-'’&_]?(?:{_LETTER}|\d)|(?<=\d)\.(?=\d)){{0,{MAX_RUN - 1}}}(?:\+{{2,{MAX_RUN}}})?)
  | (?P<number>\d{{1,{MAX_RUN}}}(?:,\d{{3}}){{0,{_MAX_GROUPS}}}
        (?:\.\d{{1,{MAX_RUN}}}){{0,{_MAX_GROUPS}}}
        (?:[十百千]{{0,{_MAX_GROUPS}}}[万亿]{{1,{_MAX_GROUPS}}}|[%‰])?)
    """,
    re.VERBOSE,
)
"""One run in folded text. It takes time in proportion to the length of the text."""

NEAR_RUNS = r"年度代月份日号元圆线时间候分钟之秒十百千万亿,.\-'’&_+%‰"
"""Characters besides letters and digits that :data:`RUN` matches or looks ahead at, for a class."""

_DATE_PIECE = compile_late(r"\d+[年月日号]份?")
_LETTERS = compile_late(rf"{_LETTER}{{2,}}")
_JOINERS = str.maketrans("", "", "-'’&_")


class Run(NamedTuple):
    """A run as it is indexed.

    ``inner_boundaries`` are the offsets at which the month and the day of a date begin, ascending.
    """

    term: str
    parts: tuple[str, ...]
    inner_boundaries: tuple[int, ...]


@lru_cache(maxsize=65536)
def parse_run(written: str) -> Run:
    """The term and parts of a run; ``written`` is folded text that :data:`RUN` matches in full.

    >>> parse_run("covid-19")
    Run(term='covid19', parts=('covid',), inner_boundaries=())
    """
    last = written[-1]
    if last in "年月日号份":
        return _parse_date(written)
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


def _parse_date(written: str) -> Run:
    pieces = _DATE_PIECE.findall(written)
    parts = [
        "".join(pieces[first : first + size])
        for size in range(len(pieces) - 1, 0, -1)
        for first in range(len(pieces) - size + 1)
    ]
    if pieces[-1][-1] == "份":
        parts.append(pieces[-1][:-1])
    boundaries: list[int] = []
    for piece in pieces[:-1]:
        boundaries.append((boundaries[-1] if boundaries else 0) + len(piece))
    return Run(written, tuple(dict.fromkeys(parts)), tuple(boundaries))
