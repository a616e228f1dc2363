"""tantivy-py with its snippets cut in Python: what somebody writes who found its generator slow.

The snippet is the sentence around the first match, at most so long on both sides, with all matches
in it marked. The generator reads the stored text of every hit word by word; this reads up to the
first match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tantivy import Document
from tantivy import Query as TantivyQuery

from bench.engines.tantivy_rjieba import Tantivy
from bench.words import query_words

if TYPE_CHECKING:
    from bench.engines import Query

_AROUND = 75  # characters on either side of the first match, at most
_ENDS = re.compile("[。！？!?\n]")


class TantivyRe(Tantivy):
    def snippets(
        self, query: Query, parsed: TantivyQuery, documents: list[Document]
    ) -> Iterator[str]:
        del parsed
        wanted = [query.text] if query.form in ("literal", "prefix") else query_words(query.text)
        longest_first = sorted(map(re.escape, wanted), key=len, reverse=True)
        # Without letters that have a case there is nothing to fold, and folding is slow.
        is_cased = query.text.lower() != query.text.upper()
        pattern = re.compile("|".join(longest_first), re.IGNORECASE if is_cased else 0)
        for stored in documents:
            yield _sentence((stored.get_first("body") or "").replace("\t", ""), pattern)


def _sentence(text: str, pattern: re.Pattern[str]) -> str:
    """Return the sentence with the first match, marked; empty when there is none."""
    match = pattern.search(text)
    if match is None:
        return ""
    begin, end = max(0, match.start() - _AROUND), match.end() + _AROUND
    for sentence_end in _ENDS.finditer(text, begin, match.start()):
        begin = sentence_end.end()
    if (after := _ENDS.search(text, match.end(), end)) is not None:
        end = after.end()
    return pattern.sub(r"<b>\g<0></b>", text[begin:end])


engine = TantivyRe
