"""Snippets: the sentences of a document with most of the query, and the spans to mark in them."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from searcher.lazy_pattern import compile_late
from searcher.results import Snippet
from searcher.search.highlight import Occurrences
from searcher.search.spans import are_apart, merge_spans

MAX_LENGTH = 120
"""The approximate maximum length of a snippet in characters."""
MAX_SENTENCES = 3

# What may follow the end of a sentence and belongs to it.
_CLOSING = "。!?;…\"')》】"
_CLAUSE_END = compile_late(r"[,、:，：\s]")


class Snippets:
    """The snippets of texts that were searched for a query's patterns."""

    def __init__(self, occurrences: Occurrences) -> None:
        self._occurrences = occurrences
        self._texts = occurrences.texts
        self._ends = occurrences.sentence_ends
        self._spans = occurrences.spans

    @cached_property
    def _longest(self) -> int:
        return max([stop - start for start, stop in self._spans], default=0)

    def proximity(self) -> list[float]:
        """For each text, the weight of the leaves in its best sentence."""
        return self._occurrences.proximity()

    def snippets(self, number: int) -> tuple[Snippet, ...]:
        """One snippet of the title of a text if it matches, and one of the body."""
        texts, spans = self._texts, self._spans
        base, title, last = texts.bases[number], texts.titles[number], texts.ends[number]
        body = title + 1
        in_title = bisect_left(spans, (base,))
        in_body = bisect_left(spans, (body,), in_title)
        shown: tuple[Snippet, ...] = ()
        if in_body > in_title:
            shown = (self._snippet("title", base, title),)
        if in_body < len(spans) and spans[in_body][0] < last:
            start, stop = self._window(spans[in_body][0], last)
            first = spans[bisect_left(spans, (start,), in_body)][0]
            start, stop = self._cut(start, min(stop, last), first)
        elif last > body:
            stop = min(self._ends[bisect_left(self._ends, body)] + 1, last)
            start, stop = self._cut(body, stop, stop)
        else:
            return shown
        return (*shown, self._snippet("body", start, stop))

    def _window(self, first: int, last: int) -> tuple[int, int]:
        """The sentences to show of a body with an occurrence at ``first``, which ends at ``last``.

        One sentence with all leaves of the query, or up to MAX_SENTENCES that have most of them
        together; others may stand between these, but the span is no longer than MAX_LENGTH. Of
        equal ones the fewest sentences are taken, and of these the first.
        """
        ends, highlighter = self._ends, self._occurrences.highlighter
        leaves_of = self._occurrences.sentences
        sentence = bisect_left(ends, first)
        if not leaves_of:
            return ends[sentence - 1] + 1, ends[sentence] + 1
        matching = []
        firsts: dict[int, int] = {}
        all_leaves = 0
        for here in range(sentence, bisect_left(ends, last, sentence) + 1):
            leaves = leaves_of.get(here)
            if leaves:
                matching.append((here, leaves))
                firsts.setdefault(leaves, here)
                all_leaves |= leaves
        best = max(firsts, key=highlighter.weight_of)
        first = end = firsts[best]
        if best != all_leaves:
            most = highlighter.weight_of(best)
            for more in range(1, MAX_SENTENCES):
                for place in range(len(matching) - more):
                    together = matching[place : place + more + 1]
                    one, other = together[0][0], together[-1][0]
                    if ends[other] - ends[one - 1] > MAX_LENGTH:
                        continue
                    union = 0
                    for _, leaves in together:
                        union |= leaves
                    weight = highlighter.weight_of(union)
                    if weight > most:
                        most, first, end = weight, one, other
        return ends[first - 1] + 1, ends[end] + 1

    def _snippet(self, field: str, start: int, stop: int) -> Snippet:
        shown = self._texts.substring(start, stop)
        first = bisect_left(self._spans, (start,))
        spans = self._spans[first : bisect_left(self._spans, (stop,), first)]
        parts = self._occurrences.parts_between(start, stop)
        if parts or (spans and (spans[-1][1] > stop or not are_apart(spans))):
            spans = merge_spans([*(span for span in spans if span[1] <= stop), *parts])
        if len(shown) == stop - start:
            return Snippet(field, shown, tuple([(a - start, b - start) for a, b in spans]))

        def characters(end: int) -> int:
            return len(self._texts.substring(start, end))

        return Snippet(field, shown, tuple([(characters(a), characters(b)) for a, b in spans]))

    def _cut(self, start: int, stop: int, first: int) -> tuple[int, int]:
        """Shorten to MAX_LENGTH around the first occurrence, at punctuation; strip white space."""
        string = self._texts.string
        while string[stop] in _CLOSING:
            stop += 1
        while stop > start and string[stop - 1] in "\n\x01\x02 ":
            stop -= 1
        first = min(first, stop)
        while start < first and string[start] in _CLOSING:
            start += 1
        while start < stop and string[start] in "\n \x01":
            start += 1
        if stop - start > MAX_LENGTH:
            if first < stop and first - start > MAX_LENGTH // 3:
                clause = _CLAUSE_END.search(string, first - MAX_LENGTH // 3, first)
                start = self._whole(clause.end() if clause else first - MAX_LENGTH // 6, 0)
            if stop - start > MAX_LENGTH:
                cuts = [m.start() for m in _CLAUSE_END.finditer(string, start, start + MAX_LENGTH)]
                late = cuts and cuts[-1] > start + MAX_LENGTH // 2
                stop = min(stop, self._whole(cuts[-1] if late else start + MAX_LENGTH, 1))
        # Never half a character.
        if "\udc00" <= string[start] < "\ue000":
            start -= 1
        if "\udc00" <= string[stop] < "\ue000":
            stop += 1
        return start, stop

    def _whole(self, cut: int, side: int) -> int:
        """A place to cut outside of every span; else where the span begins (side 0) or ends (1)."""
        first = bisect_left(self._spans, (cut - self._longest,))
        last = bisect_left(self._spans, (cut,), first)
        across = [span[side] for span in self._spans[first:last] if cut < span[1]]
        return max(across) if side and across else min(across, default=cut)
