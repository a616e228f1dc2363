"""The query of a command line: its words, or what standard input has."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from searcher import QueryError
from searcher.cli.language import tr

STANDARD_INPUT = "-"

MAX_BYTES = 1 << 20
"""The longest query that is read from standard input; the parser reads much less of it."""


def words(given: Sequence[str]) -> str:
    """The words of a command line as one text; bytes that are no text become �."""
    return " ".join(given).encode(errors="surrogateescape").decode(errors="replace")


def query_of(given: Sequence[str]) -> str:
    """The query that the words of a command line are; a single ``-`` reads standard input.

    Lines of standard input are joined as words are. Raises QueryError where there are none.
    """
    if list(given) != [STANDARD_INPUT]:
        return words(given)
    text = " ".join(sys.stdin.buffer.read(MAX_BYTES).decode(errors="replace").split())
    if not text:
        raise QueryError(tr("standard input has no query; write it: echo 普京 | searcher search -"))
    return text
