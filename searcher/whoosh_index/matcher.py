"""The postings of one term for Whoosh, with positions that are found out when asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar
from whoosh.query.spans import Span

if TYPE_CHECKING:
    from searcher.whoosh_index.analysis import Occurrence
    from searcher.whoosh_index.terms import Postings


class PostingMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh has no types
    """Walks through the documents of a term.

    ``locate``: a function from a document to where the term stands in it, in order; None for
    fields without positions. The index keeps no positions: the text is analysed again.

    No limits of scores are given, so Whoosh leaves nothing out that could be among the best: with
    limits its collector loses some that are.
    """

    def __init__(
        self,
        term: tuple[str, bytes],
        postings: Postings,
        format_: Any,
        scorer: Any,
        locate: Callable[[int], Sequence[Occurrence]] | None,
        at: int = 0,
    ) -> None:
        self._term = term
        self._postings = postings
        self._docs: list[int] = postings.docs.tolist()
        self._weights: list[float] = postings.weights.tolist()
        self._locate = locate
        self._at = at
        self.format = format_
        self.scorer = scorer

    def copy(self) -> PostingMatcher:
        """Another one at the same place."""
        return PostingMatcher(
            self._term, self._postings, self.format, self.scorer, self._locate, self._at
        )

    def is_active(self) -> bool:
        """Whether there is a document here."""
        return self._at < len(self._docs)

    def reset(self) -> None:
        """Go back to the first document."""
        self._at = 0

    def replace(self, minquality: float = 0) -> Any:  # noqa: ARG002 - Whoosh names it
        """This one, or none when it is done."""
        return self if self.is_active() else NullMatcher()

    def id(self) -> int:
        """The document here."""
        return self._docs[self._at]

    def all_ids(self) -> Iterator[int]:
        """The documents from here on."""
        return iter(self._docs[self._at :])

    def next(self) -> None:
        """Go to the next document."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:  # noqa: A002 - Whoosh names it
        """Go to the first document from here on that is not less than this."""
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._docs, id, self._at)

    def weight(self) -> float:
        """How often the term occurs here: see :class:`~searcher.whoosh_index.terms.TextTerms`."""
        return self._weights[self._at]

    def score(self) -> float:
        """The score of the document here."""
        return float(self.scorer.score(self)) if self.scorer else self.weight()

    def supports_block_quality(self) -> bool:
        """No: see above."""
        return False

    def max_quality(self) -> float:
        """No limit."""
        return inf

    block_quality = max_quality

    def spans(self) -> list[Span]:
        """Where the term stands in the document here: positions, and characters in a field's text.

        A term that covers several positions has a span of several.
        """
        return [
            Span(one.first, one.last, startchar=one.start, endchar=one.end)
            for one in self._occurrences()
        ]

    def value_as(self, astype: str) -> Any:
        """What the field's format knows: "weight", "frequency", "positions" or "characters"."""
        if astype == "weight":
            return self.weight()
        if self._locate is None:
            return self.format.decoder(astype)(b"")
        found = self._occurrences()
        if astype == "frequency":
            return len(found)
        if astype == "characters":
            return [(one.first, one.start, one.end) for one in found]
        positions = [one.first for one in found]
        return [(one, 1) for one in positions] if astype == "position_boosts" else positions

    def value(self) -> bytes:
        """The same as the bytes that the field's format makes of it."""
        if self._locate is None:
            return b""
        characters = self.supports("characters")
        encoded: bytes = self.format.encode(
            self.value_as("characters" if characters else "positions")
        )
        return encoded

    def all_items(self) -> Iterator[tuple[int, bytes]]:
        """The documents from here on, with their values."""
        while self.is_active():
            yield self.id(), self.value()
            self.next()

    def _occurrences(self) -> Sequence[Occurrence]:
        if self._locate is None:
            raise TypeError(f"the field {self._term[0]} has no positions")
        return self._locate(self.id())
