"""The highlighter: where the patterns of a query occur in texts, and how near to each other.

All texts of a page are searched at once. An occurrence that does not stand as its pattern's
anchor asks is doubtful: it may still be a part of a longer token (部长 in 国防部长). That is judged
only where the text has the leaf nowhere else, since it takes segmenting.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from searcher.lazy_numpy import numpy as np
from searcher.lazy_pattern import compile_late
from searcher.search.patterns import ANYWHERE, AS_TOKEN, MAX_JUDGED, START, Pattern, is_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.search.texts import Texts

_SENTENCE_END = compile_late(r"[。!?;…\n]|\. ")
_KINDS = {ANYWHERE: "literal", START: "prefix"}


class Occurrence(NamedTuple):
    """Where a pattern occurs: offsets in UTF-16 units, the number of its leaf, and as what."""

    start: int
    end: int
    leaf: int
    kind: str


class Highlighter:
    """Looks for patterns in texts.

    Args:
        patterns: what to look for.
        parts: gives the spans (start, end) of the parts of a token.
        max_judged: the maximum number of doubtful occurrences of a pattern judged in a text.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        parts: Callable[[str], Iterable[tuple[int, int]]],
        max_judged: int = MAX_JUDGED,
    ) -> None:
        self.patterns = patterns
        self.max_judged = max_judged
        self._parts = parts
        self._known_parts: dict[str, frozenset[tuple[int, int]]] = {}
        weights: dict[int, float] = {}
        for pattern in patterns:
            weights[pattern.leaf] = max(weights.get(pattern.leaf, 0.0), pattern.weight)
        self.leaves = list(weights)
        """The numbers of the leaves that have patterns. A set of leaves is a bit mask: bit i for
        ``leaves[i]``."""
        self.all_leaves = (1 << len(weights)) - 1
        self._bits = [1 << self.leaves.index(pattern.leaf) for pattern in patterns]
        self._weights = [(1 << place, weight) for place, weight in enumerate(weights.values())]
        self._known_weights: dict[int, float] = {}
        self.weight = self.weight_of(self.all_leaves)
        """The weight of all leaves together."""
        anchors = [pattern.anchor for pattern in patterns]
        self._sizes = np.array([len(p.units) + p.more for p in patterns], np.intp)
        self._any_more = any(pattern.more for pattern in patterns)
        self._free_starts = np.array([anchor == ANYWHERE for anchor in anchors], bool)
        self._free_ends = np.array([anchor in (ANYWHERE, START) for anchor in anchors], bool)
        self._any_free = ANYWHERE in anchors or START in anchors
        self._are_tokens = [anchor == AS_TOKEN for anchor in anchors]
        self._any_runs = any(map(is_run, patterns))
        self._any_title_only = any(pattern.title_only for pattern in patterns)
        self._any_sentence_end = any(_SENTENCE_END.search(p.units) for p in patterns)

    def weight_of(self, leaves: int) -> float:
        """The weight of a set of leaves, given as a bit mask."""
        total = self._known_weights.get(leaves)
        if total is None:
            total = sum([weight for bit, weight in self._weights if leaves & bit])
            self._known_weights[leaves] = total
        return total

    def find(self, texts: Texts) -> Occurrences:
        """Find all occurrences of the patterns in texts."""
        starts, ends, patterns = self._candidates(texts)
        accepted = self._are_anchored(texts, starts, ends, patterns)
        unjudged: list[tuple[int, int]] = []
        if not np.logical_and.reduce(accepted):
            unjudged = self._judge(texts, starts, ends, patterns, accepted)
            starts, ends, patterns = starts[accepted], ends[accepted], patterns[accepted]
        sentence_ends = texts.sentence_ends()
        if self._any_sentence_end:
            sentence_ends = _join_sentences(sentence_ends, starts, ends)
        sentences: dict[int, int] = {}
        # One leaf alone is as near to itself everywhere.
        if self.all_leaves > 1:
            numbers = sentence_ends.searchsorted(starts).tolist()
            for sentence, pattern in zip(numbers, patterns.tolist(), strict=True):
                sentences[sentence] = sentences.get(sentence, 0) | self._bits[pattern]
        spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
        return Occurrences(
            self, texts, sentence_ends.tolist(), sentences, spans, patterns, unjudged
        )

    def is_part(self, texts: Texts, start: int, end: int) -> bool:
        """Whether a span inside a longer token is a part of it."""
        first, last = texts.token_around(start, end)
        if last - first <= end - start:
            return False
        token = texts.string[first:last]
        parts = self._known_parts.get(token)
        if parts is None:
            parts = self._known_parts[token] = frozenset(self._parts(token))
        return (start - first, end - first) in parts

    def _candidates(
        self, texts: Texts
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Starts, ends and pattern numbers wherever the patterns' units occur, by start."""
        found = [texts.find(pattern.units) for pattern in self.patterns]
        starts = np.concatenate([*found, np.zeros(0, np.intp)])
        patterns = np.arange(len(found)).repeat([len(offsets) for offsets in found])
        ends = starts + self._sizes.take(patterns)
        if self._any_runs:
            columns = zip((starts, ends, patterns), self._runs(texts), strict=True)
            starts, ends, patterns = map(np.concatenate, columns)
        if self._any_more:
            inside = ends <= np.array(texts.ends).take(texts.text_numbers(starts))
            starts, ends, patterns = starts[inside], ends[inside], patterns[inside]
        if self._any_title_only:
            title_only = np.array([p.title_only for p in self.patterns], bool).take(patterns)
            titles = np.array(texts.titles).take(texts.text_numbers(starts))
            keep = ~title_only | (starts < titles)
            starts, ends, patterns = starts[keep], ends[keep], patterns[keep]
        if len(found) > 1 or self._any_runs:
            order = starts.argsort(kind="stable")
            starts, ends, patterns = starts.take(order), ends.take(order), patterns.take(order)
        return starts, ends, patterns

    def _runs(self, texts: Texts) -> NDArray[np.intp]:
        """Starts, ends and patterns of runs that are written otherwise than their terms (F-35)."""
        spans = [
            (*match.span(), number)
            for number, pattern in enumerate(self.patterns)
            if is_run(pattern)
            for match in _with_joiners(pattern.units).finditer(texts.string)
            if len(match[0]) > len(pattern.units)
        ]
        runs = np.array(spans, np.intp).reshape(-1, 3).T
        at_both = texts.are_boundaries(runs[0]) & texts.are_boundaries(runs[1])
        found: NDArray[np.intp] = runs[:, at_both]
        return found

    def _are_anchored(
        self,
        texts: Texts,
        starts: NDArray[np.intp],
        ends: NDArray[np.intp],
        patterns: NDArray[np.intp],
    ) -> NDArray[np.bool_]:
        """Whether each candidate stands as its pattern's anchor asks, parts left aside."""
        anchored = texts.are_boundaries(starts)
        if self._any_free:
            anchored |= self._free_starts.take(patterns)
            anchored &= texts.are_boundaries(ends) | self._free_ends.take(patterns)
        else:
            anchored &= texts.are_boundaries(ends)
        if self._any_more:
            # Of what is not written out it is not known that it is one token.
            for place in anchored.nonzero()[0].tolist():
                start, end = int(starts[place]), int(ends[place])
                if self.patterns[patterns[place]].more:
                    anchored[place] = texts.token_around(start, end) == (start, end)
        return anchored

    def _judge(
        self,
        texts: Texts,
        starts: NDArray[np.intp],
        ends: NDArray[np.intp],
        patterns: NDArray[np.intp],
        accepted: NDArray[np.bool_],
    ) -> list[tuple[int, int]]:
        """Accept doubtful occurrences that are parts, in texts without an accepted one.

        Changes ``accepted``. Returns the spans of the doubtful ones that were not judged.
        """
        bits, numbers = self._bits, texts.text_numbers(starts)
        leaves = map(bits.__getitem__, patterns[accepted].tolist())
        have_accepted = set(zip(numbers[accepted].tolist(), leaves, strict=True))
        (doubtful,) = (~accepted).nonzero()
        columns = [column.take(doubtful).tolist() for column in (starts, ends, patterns, numbers)]
        unjudged = []
        judged: Counter[tuple[int, int]] = Counter()
        for place, start, end, pattern, text in zip(doubtful.tolist(), *columns, strict=True):
            if not self._are_tokens[pattern]:
                continue
            if (text, bits[pattern]) in have_accepted:
                unjudged.append((start, end))
                continue
            judged[text, pattern] += 1
            may_judge = judged[text, pattern] <= self.max_judged
            accepted[place] = may_judge and self.is_part(texts, start, end)
        return unjudged


class Occurrences:
    """All occurrences of a query's patterns in some texts.

    Attributes:
        highlighter: what found them.
        texts: where they are.
        sentence_ends: offsets of the units that end sentences.
        sentences: for each sentence with an occurrence, by its number, the leaves in it as a bit
            mask; empty where the query has one leaf.
        spans: (start, end) of the occurrences, by start.
    """

    def __init__(
        self,
        highlighter: Highlighter,
        texts: Texts,
        sentence_ends: list[int],
        sentences: dict[int, int],
        spans: list[tuple[int, int]],
        patterns: NDArray[np.intp],
        unjudged: list[tuple[int, int]],
    ) -> None:
        self.highlighter = highlighter
        self.texts = texts
        self.sentence_ends = sentence_ends
        self.sentences = sentences
        self.spans = spans
        self._patterns = patterns
        self._unjudged = unjudged

    def proximity(self) -> list[float]:
        """For each text, the weight of the leaves in its best sentence."""
        weight_of, ends, bases = self.highlighter.weight_of, self.sentence_ends, self.texts.bases
        best = [0.0] * len(self.texts)
        text, last = 0, bases[1]
        for sentence, leaves in self.sentences.items():
            while ends[sentence] >= last:
                text += 1
                last = bases[text + 1]
            weight = weight_of(leaves)
            if weight > best[text]:
                best[text] = weight
        return best

    def parts_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """The spans between two offsets that are parts of tokens and were not judged before."""
        unjudged = self._unjudged
        first = bisect_left(unjudged, (start,))
        if first == len(unjudged) or unjudged[first][0] >= end:
            return []
        last = min(bisect_left(unjudged, (end,), first), first + self.highlighter.max_judged)
        is_part = self.highlighter.is_part
        return [
            span for span in unjudged[first:last] if span[1] <= end and is_part(self.texts, *span)
        ]

    def occurrences(self) -> list[Occurrence]:
        """The occurrences, by start."""
        found = []
        for (start, end), number in zip(self.spans, self._patterns.tolist(), strict=True):
            pattern = self.highlighter.patterns[number]
            at_boundaries = bool(self.texts.are_boundaries(np.array([start, end])).all())
            kind = _KINDS.get(pattern.anchor, "word" if at_boundaries else "part")
            found.append(Occurrence(start, end, pattern.leaf, kind))
        return found


@lru_cache(maxsize=1024)
def _with_joiners(term: str) -> re.Pattern[str]:
    return re.compile("[-'’&_,]?".join(map(re.escape, term)))


def _join_sentences(
    sentence_ends: NDArray[np.intp], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Without the sentence ends inside occurrences: a quoted string may reach over one."""
    keep = np.ones(len(sentence_ends), bool)
    first, last = sentence_ends.searchsorted(starts), sentence_ends.searchsorted(ends - 1)
    for place in np.flatnonzero(first < last).tolist():
        keep[first[place] : last[place]] = False
    return sentence_ends[keep]
