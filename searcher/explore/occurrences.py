"""Where a query matches in the texts of all its articles, batch after batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searcher.search.highlight import Highlighter
from searcher.search.patterns import patterns_of
from searcher.search.snippets import Snippets
from searcher.search.spans import merge_spans
from searcher.search.texts import BATCH_SIZE, StoredText, Texts, title_and_body
from searcher.store.dates import read_date
from searcher.store.stored_documents import decode_fields

if TYPE_CHECKING:
    from searcher.backends.base import DocRef, ReadBackend, StoredDocument, WeightedPlan
    from searcher.results import Snippet

_EVERY_ONE = 1 << 60
"""Every doubtful occurrence is judged, not only as many as a snippet needs."""


class StoredArticle(NamedTuple):
    """An article as it is stored; texts as written."""

    id: str
    path: str
    title: str
    body: str
    date: datetime | None
    author: str
    source: str
    url: str
    categories: tuple[str, ...]


class MatchedArticle(NamedTuple):
    """An article with the spans (start, end) in characters that match, in order, no overlap."""

    article: StoredArticle
    title_spans: list[tuple[int, int]]
    body_spans: list[tuple[int, int]]


def read_stored(document: StoredDocument) -> StoredArticle:
    """The article of a stored document."""
    id_, path, author, source, url, *categories = decode_fields(document.raw)
    title, body = title_and_body(StoredText(document.raw, document.title_length))
    date = read_date(document.date, document.utc_offset)
    return StoredArticle(id_, path, title, body, date, author, source, url, tuple(categories))


def batches(refs: Iterable[DocRef], size: int = BATCH_SIZE) -> Iterator[list[DocRef]]:
    """The references in lists of ``size``; the last one may be shorter."""
    rest = iter(refs)
    while batch := list(islice(rest, size)):
        yield batch


def stored_articles(backend: ReadBackend, refs: Iterable[DocRef]) -> Iterator[StoredArticle]:
    """The articles with these references, read a few at a time."""
    for batch in batches(refs):
        yield from map(read_stored, backend.fetch(batch))


def found_in_texts(
    backend: ReadBackend, plan: WeightedPlan, refs: Iterable[DocRef]
) -> Iterator[tuple[Texts, list[list[tuple[int, int]]]]]:
    """The texts of these documents, a batch at a time, and where the plan matches in each.

    The spans of a text are in UTF-16 units of the batch, in order and without overlap.
    """
    for _, texts, spans in _found_in_batches(backend, plan, refs):
        yield texts, spans


def matched_articles(
    backend: ReadBackend, plan: WeightedPlan, refs: Iterable[DocRef]
) -> Iterator[MatchedArticle]:
    """The articles with these references, and where the plan matches in them."""
    for documents, texts, spans in _found_in_batches(backend, plan, refs):
        for number, (document, own) in enumerate(zip(documents, spans, strict=True)):
            article = read_stored(document)
            base, title = texts.bases[number], texts.titles[number]
            body = title + 1
            in_title = [(start - base, end - base) for start, end in own if start < title]
            in_body = [(start - body, end - body) for start, end in own if start >= body]
            yield MatchedArticle(
                article,
                _in_characters(article.title, in_title),
                _in_characters(article.body, in_body),
            )


def articles_with_snippets(
    backend: ReadBackend, plan: WeightedPlan, refs: Iterable[DocRef]
) -> Iterator[tuple[StoredArticle, tuple[Snippet, ...]]]:
    """The articles with these references, and the snippets that a search shows of them."""
    highlighter = Highlighter(patterns_of(plan), lambda token: backend.analyser().spans(token))
    for batch in batches(refs):
        documents = backend.fetch(batch)
        texts = Texts([document[:2] for document in documents], backend.folding)
        snippets = Snippets(highlighter.find(texts))
        for number, document in enumerate(documents):
            yield read_stored(document), snippets.snippets(number)


def _found_in_batches(
    backend: ReadBackend, plan: WeightedPlan, refs: Iterable[DocRef]
) -> Iterator[tuple[list[StoredDocument], Texts, list[list[tuple[int, int]]]]]:
    highlighter = Highlighter(
        patterns_of(plan), lambda token: backend.analyser().spans(token), _EVERY_ONE
    )
    for batch in batches(refs):
        documents = backend.fetch(batch)
        texts = Texts([document[:2] for document in documents], backend.folding)
        found = highlighter.find(texts)
        spans_of: list[list[tuple[int, int]]] = [[] for _ in documents]
        spans = [*found.spans, *found.parts_between(0, texts.bases[-1])]
        starts = np.array([start for start, _ in spans], np.intp)
        for number, span in zip(texts.text_numbers(starts).tolist(), spans, strict=True):
            spans_of[number].append(span)
        yield documents, texts, [merge_spans(own) for own in spans_of]


def _in_characters(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in UTF-16 units as spans in characters."""
    if not spans or text.isascii() or max(text) < "\U00010000":
        return spans
    beyond = np.array([char > "\uffff" for char in text], np.intp)
    ends = np.cumsum(1 + beyond)
    # A span that begins or ends inside a character takes all of it.
    starts = ends - 1 - beyond
    spans_array = np.array(spans, np.intp)
    first = starts.searchsorted(spans_array[:, 0], "right") - 1
    last = ends.searchsorted(spans_array[:, 1], "left") + 1
    return list(zip(first.tolist(), last.tolist(), strict=True))
