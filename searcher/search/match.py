"""Matching a plan on one segment: which documents have what it asks for.

Documents are numbers in ascending order, ``intp`` arrays. Matching goes from the rarest part on.
What is frequent is laid out first, one byte for each document of the segment, which is read in
no time wherever it is needed again; what is rare is looked for in the sorted postings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from searcher.search import plan as p
from searcher.search.texts import containing, read, split_units
from searcher.store.bigrams import decode
from searcher.store.dates import NO_DATE
from searcher.store.postings import TITLE_FREQ
from searcher.text.runs import HAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.store.segment_reader import SegmentReader

Documents: TypeAlias = "NDArray[np.intp]"
Narrow: TypeAlias = "NDArray[np.uint16]"
_Word: TypeAlias = tuple[str, str | None]

_ONE_WORD = re.compile(f"[{HAN}]+|[a-z0-9]+")
_HAN_WORD = re.compile(f"[{HAN}]{{2,}}")
_NONE = np.zeros(0, np.intp)

_FEW = 16
"""Documents that are so many times fewer than postings are looked up there one by one."""

_READING = 12
"""To read a document takes as long as to read so many postings: 2 to the power of this."""

# What is kept from search to search is little, and only what one search asks for several times.
_MOST_KEPT, _MAX_DENSE, _MOST_STRINGS = 4096, 16, 8


class SegmentMatcher:
    """A segment made ready for searching, with its deletions; it keeps the answers of a search."""

    def __init__(self, segment: SegmentReader, alive: NDArray[np.bool_] | None) -> None:
        self.segment = segment
        self.alive = alive
        self.size = len(segment)
        self.living = self.size if alive is None else int(alive.sum())
        self.length_sum = int(segment.lengths.sum(dtype=np.int64))
        self._numbers: dict[str, int] = {}
        self._pairs: dict[str, NDArray[Any]] = {}
        self._laid_out: dict[int, NDArray[np.uint8]] = {}
        self._local: NDArray[np.int64] | None = None
        self._aligned: tuple[Documents, dict[_Word, NDArray[np.uint8]]] = _NONE, {}
        """The documents last found, and the codes of the words that they were found by."""
        self._strings: dict[tuple[str, bool, str | None], Documents] = {}

    # TermDictionary

    def find(self, term: str) -> int:
        """The number of a word, or -1."""
        number = self._numbers.get(term)
        if number is None:
            if len(self._numbers) >= _MOST_KEPT:
                self._numbers.clear()
            number = self.segment.terms.find(term.encode("utf-8", "surrogatepass"))
            self._numbers[term] = number
        return number

    def df(self, term: str) -> int:
        """How many documents have a word, deleted ones included."""
        number = self.find(term)
        if number < 0:
            return 0
        start, end = self.segment.terms.postings(number, number + 1)
        return end - start

    def postings(self, term: str, field: str | None) -> tuple[Narrow, NDArray[np.uint8]] | None:
        """The documents and codes of a word; None where the segment does not know it."""
        number = self.find(term)
        if number < 0:
            return None
        start, end = self.segment.terms.postings(number, number + 1)
        docs, codes = self.segment.term_docs[start:end], self.segment.term_freqs[start:end]
        if field is not None:
            title = codes >= TITLE_FREQ
            return docs[title], codes[title]
        return docs, codes

    def codes(self, term: str, field: str | None, within: Documents) -> NDArray[np.uint8]:
        """The codes of a word for each of the documents ``within``, 0 where it is not."""
        of, known = self._aligned
        if within is of and (term, field) in known:
            return known[term, field]
        postings = self.postings(term, field)
        if postings is None:
            return np.zeros(len(within), np.uint8)
        docs, codes = postings
        if len(within) * _FEW < len(docs) and self.find(term) not in self._laid_out:
            wanted = within.astype(np.uint16)
            places = docs.searchsorted(wanted)
            found: NDArray[np.uint8] = codes.take(places, mode="clip")
            found *= docs.take(places, mode="clip") == wanted
            return found
        return self.dense_freqs(term, field).take(within)

    def dense_freqs(self, term: str, field: str | None = None) -> NDArray[np.uint8]:
        """The codes of a word for all documents, 0 where it is not."""
        number = self.find(term)
        codes = self._laid_out.get(number) if field is None else None
        if codes is None:
            codes = np.zeros(self.size, np.uint8)
            postings = self.postings(term, field)
            if postings is not None:
                codes[postings[0].astype(np.intp)] = postings[1]
            if field is None:
                if len(self._laid_out) >= _MAX_DENSE:
                    self._laid_out.clear()
                self._laid_out[number] = codes
        return codes

    def by_code(self, term: str, field: str | None, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What a table gives for the codes of a word, for all documents; 0 where it is not."""
        postings = self.postings(term, field)
        if postings is None:
            return np.zeros(self.size, np.uint8)
        if field is None and 2 * len(postings[0]) > self.size:
            codes = self.dense_freqs(term).tobytes()
            return np.frombuffer(codes.translate(table.tobytes()), np.uint8)
        found = np.zeros(self.size, np.uint8)
        found[postings[0].astype(np.intp)] = table.take(postings[1])
        return found

    def are_in(self, docs: Documents | Narrow, within: Documents) -> NDArray[np.bool_]:
        """Which of the documents ``within`` are among others."""
        present = np.zeros(self.size, bool)
        present[docs.astype(np.intp, copy=False)] = True
        return present.take(within)

    def pair(self, pair: str) -> NDArray[Any]:
        """The documents with a pair of UTF-16 units."""
        docs = self._pairs.get(pair)
        if docs is None:
            if len(self._pairs) >= _MAX_DENSE:
                self._pairs.clear()
            docs = self._pairs[pair] = self.segment.bigrams.find(pair)
        return docs

    def unit(self, unit: str) -> Documents:
        """The documents with a UTF-16 unit: those of all pairs that begin with it."""
        return self._gathered(self.segment.bigrams.beginning(unit))

    # Matching

    def documents(self, plan: p.Plan) -> Documents:
        """The documents that match a plan, deleted ones left out."""
        found = self._documents(plan)
        if self.alive is None:
            return found
        alive = self.alive.take(found)
        return found if alive.all() else self._those(found, alive.nonzero()[0])

    def _documents(self, plan: p.Plan) -> Documents:
        if isinstance(plan, p.Term):
            if not plan.aliases:
                return self._term_documents(plan.term, plan.field)
            found = [self._term_documents(plan.term, plan.field)]
            found += [self.name(alias, plan.field) for alias in plan.aliases]
            return self._union(found)
        if isinstance(plan, p.And):
            return self._all_of(plan)
        if isinstance(plan, p.Or):
            return self._any_of(plan.parts)
        if isinstance(plan, p.String):
            found = [self.string(plan.text, plan.whole, plan.field)]
            found += [self.name(alias, plan.field) for alias in plan.aliases]
            return self._union(found)
        if isinstance(plan, p.Prefix):
            return self._prefix_documents(plan)
        if isinstance(plan, p.Between):
            return self._between(plan, np.arange(self.size)).nonzero()[0]
        if isinstance(plan, p.Value):
            return self._value_documents(plan)
        if isinstance(plan, p.Pairs):
            return _NONE
        return np.arange(self.size)

    def _term_documents(self, term: str, field: str | None) -> Documents:
        postings = self.postings(term, field)
        if postings is None:
            # A name of one word that no document has is nowhere; one of several is looked for.
            return _NONE if _ONE_WORD.fullmatch(term) else self.name(term, field)
        docs = postings[0].astype(np.intp)
        self._aligned = docs, {(term, field): postings[1]}
        return docs

    def name(self, name: str, field: str | None) -> Documents:
        """The documents with another name: a word, or a string of several."""
        postings = self.postings(name, field)
        if postings is not None:
            return postings[0].astype(np.intp)
        return self.string(name, True, field) if len(name) > 1 else _NONE

    def _union(self, found: Sequence[Documents]) -> Documents:
        found = [documents for documents in found if len(documents)]
        if len(found) > 1:
            return self._gathered(found)
        return found[0] if found else _NONE

    def _gathered(self, lists: Iterable[Documents | Narrow]) -> Documents:
        """The documents of lists that are in no order, each once."""
        present = np.zeros(self.size, bool)
        for docs in lists:
            present[docs.astype(np.intp, copy=False)] = True
        return present.nonzero()[0]

    def _all_of(self, plan: p.And) -> Documents:
        parts = sorted(plan.parts, key=self.cost) if len(plan.parts) > 1 else plan.parts
        found: Documents | None = None
        for part in parts:
            if found is None:
                found = self._documents(part)
            elif not len(found):
                return found
            elif isinstance(part, p.Between):
                found = self._those(found, self._between(part, found).nonzero()[0])
            elif isinstance(part, p.String) and not part.aliases:
                found = self._string_within(part, found)
            elif isinstance(part, p.Term) and not part.aliases and self.find(part.term) >= 0:
                found = self._narrowed(found, part)
            elif not isinstance(part, p.All):
                found = self._intersect(found, self._documents(part))
        if found is None:
            found = np.arange(self.size)
        for part in plan.without:
            if not len(found):
                break
            found = found[~self.are_in(self._documents(part), found)]
        return found

    def _narrowed(self, found: Documents, part: p.Term) -> Documents:
        """Those of the documents that have a word."""
        of, known = self._aligned
        codes = self.codes(part.term, part.field, found)
        words = known if of is found else {}
        self._aligned = found, {**words, (part.term, part.field): codes}
        return self._those(found, (codes != 0).nonzero()[0])

    def _those(self, found: Documents, places: Documents) -> Documents:
        """The documents at some places of those found; codes that are aligned stay so."""
        docs = found.take(places)
        of, known = self._aligned
        if of is found:
            self._aligned = docs, {word: codes.take(places) for word, codes in known.items()}
        return docs

    def _any_of(self, parts: Sequence[p.Plan]) -> Documents:
        if len(parts) == 1:
            return self._documents(parts[0])
        return self._present(parts).nonzero()[0]

    def present(self, plan: p.Or) -> NDArray[np.bool_]:
        """Which documents match a plan, bool for all of the segment, deleted ones left out."""
        present = self._present(plan.parts)
        return present if self.alive is None else present & self.alive

    def is_of_words(self, plan: p.Or) -> bool:
        """Whether what matches a plan is just what has a word of it, by postings."""
        return not plan.extra and all(
            isinstance(part, p.Term)
            and not part.aliases
            and (self.find(part.term) >= 0 or _ONE_WORD.fullmatch(part.term) is not None)
            for part in plan.parts
        )

    def _present(self, parts: Sequence[p.Plan]) -> NDArray[np.bool_]:
        present = np.zeros(self.size, bool)
        for part in parts:
            if (
                isinstance(part, p.Term)
                and not part.aliases
                and self.df(part.term) * _FEW > self.size
            ):
                present |= self.dense_freqs(part.term, part.field) != 0
            else:
                present[self._documents(part)] = True
        return present

    def cost(self, plan: p.Plan) -> int:
        """About how many documents a part has: what to begin with."""
        if isinstance(plan, p.Term):
            return sum(map(self.df, (plan.term, *plan.aliases)))
        if isinstance(plan, p.String):
            units = split_units(plan.text)
            if len(units) < 2:
                return self.size
            # A string is dear: its documents may have to be read.
            stored = self.segment.bigrams.stored(_pairs(units))
            return min(len(docs) for docs, _ in stored) + (self.size >> 3)
        if isinstance(plan, p.And):
            return min(map(self.cost, plan.parts), default=self.size)
        if isinstance(plan, p.Or):
            return min(self.size, sum(map(self.cost, plan.parts)))
        return self.size + (1 if isinstance(plan, p.Between) else 0)

    def _intersect(self, found: Documents, others: Documents) -> Documents:
        """Those of the documents found that are among others."""
        if len(found) * _FEW < len(others):
            there = others.take(others.searchsorted(found), mode="clip") == found
            return self._those(found, there.nonzero()[0])
        if len(others) * _FEW < len(found):
            places = found.searchsorted(others)
            return self._those(found, places[found.take(places, mode="clip") == others])
        return self._those(found, self.are_in(others, found).nonzero()[0])

    def _prefix_documents(self, plan: p.Prefix) -> Documents:
        words = self.segment.terms
        first, stop = words.prefix(plan.text.encode("utf-8", "surrogatepass"))
        start, end = words.postings(first, stop)
        docs = self.segment.term_docs[start:end] if stop > first else _NONE
        if plan.field is not None:
            docs = docs[self.segment.term_freqs[start:end] >= TITLE_FREQ]
        return self._gathered([docs])

    def _value_documents(self, plan: p.Value) -> Documents:
        facet = self.segment.keywords[plan.field]
        found = [facet.docs(n) for n, value in enumerate(facet.folded) if plan.text in value]
        return self._union([docs.astype(np.intp) for docs in found])

    def _between(self, plan: p.Between, within: Documents) -> NDArray[np.bool_]:
        """Which of the documents ``within`` were written then."""
        if self._local is None:
            # A day is the day where the article was written.
            self._local = self.segment.dates + 60 * self.segment.utc_offsets.astype(np.int64)
        local = self._local.take(within)
        inside = local > NO_DATE
        if plan.first is not None:
            inside &= local >= plan.first
        if plan.stop is not None:
            inside &= local < plan.stop
        return inside

    # Strings

    def string(self, text: str, whole: bool = False, field: str | None = None) -> Documents:
        """The documents whose title or body contains a folded string, exactly."""
        key = text, whole, field
        found = self._strings.get(key)
        if found is None:
            units = split_units(text)
            if len(units) == 1 and not whole and field is None:
                return self.unit(units)
            found = self._read(text, whole, field, self._candidates(units))
            # Reading is what costs, and one search asks for the same string a few times.
            if len(self._strings) >= _MOST_STRINGS:
                self._strings.clear()
            self._strings[key] = found
        return found

    def _string_within(self, plan: p.String, among: Documents) -> Documents:
        units = split_units(plan.text)
        candidates = self._intersect(self._candidates(units), among)
        return self._read(plan.text, plan.whole, plan.field, candidates)

    def _candidates(self, units: str) -> Documents:
        if len(units) == 1:
            return self.unit(units)
        stored = sorted(self.segment.bigrams.stored(_pairs(units)), key=lambda one: len(one[0]))
        found: Documents | None = None
        for docs, are_gaps in stored:
            # A few documents are sooner read than looked for in a long list.
            if found is not None and len(found) <= 1 + (len(docs) >> _READING):
                break
            here = decode(docs) if are_gaps else docs.astype(np.intp)
            found = here if found is None else self._intersect(found, here)
        return _NONE if found is None else found

    def _read(self, text: str, whole: bool, field: str | None, candidates: Documents) -> Documents:
        """Those of the candidates that really have a string."""
        if len(text) <= 2 and text == split_units(text) and not whole and field is None:
            return candidates
        known = _NONE
        if not whole and _HAN_WORD.fullmatch(text) and (postings := self.postings(text, field)):
            # Where it is a word, or a part of one, it is written.
            sure = self.are_in(postings[0], candidates)
            known, candidates = candidates[sure], candidates[~sure]
        segment = self.segment
        records = ((number, read(segment, number)) for number in candidates.tolist())
        matches = containing(
            records, split_units(text), segment.folding, whole=whole, title_only=field is not None
        )
        return self._union([known, np.array(matches, np.intp)])


def _pairs(units: str) -> list[str]:
    return list(dict.fromkeys(units[i : i + 2] for i in range(len(units) - 1)))
