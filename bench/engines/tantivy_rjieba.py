"""tantivy-py on the shared words: the native engine that the project measures itself against.

Set up as its documentation says for text that was cut elsewhere: words with white space between
them, and a tokeniser that splits there. `simple` splits at punctuation too, so punctuation
costs no postings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy
from tantivy import Document, FieldType, Filter, Occur, SnippetGenerator, Tokenizer
from tantivy import Query as TantivyQuery

from bench.engines import Hit, Query
from bench.words import query_words, spaced

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher.article import Article

_FIELDS = ["title", "body"]


def words_schema() -> tantivy.SchemaBuilder:
    """Return the fields of an article: words, stored text, date and categories."""
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", tokenizer_name="raw", index_option="basic")
    schema.add_text_field("title", stored=True, tokenizer_name="words")
    schema.add_text_field("body", stored=True, tokenizer_name="words")
    schema.add_date_field("date", stored=True, indexed=True, fast=True)
    schema.add_text_field("category", tokenizer_name="raw", index_option="basic")
    return schema


def document(article: Article, title: str, body: str) -> Document:
    """Return an article with its segmented title and body as a document of these fields."""
    made = Document()
    made.add_text("id", article.id)
    made.add_text("title", title)
    made.add_text("body", body)
    if article.date is not None:
        made.add_date("date", article.date)
    for category in article.categories:
        made.add_text("category", category)
    return made


class Tantivy:
    schema = staticmethod(words_schema)
    document = staticmethod(document)

    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        from bench.segmenting import segmented  # here, because searching does not need it

        index = tantivy.Index(self.schema().build(), path=str(folder))
        self.register(index)
        writer = index.writer(num_threads=processes)
        for item in segmented(documents, timings, processes):
            start = timings.now()
            writer.add_document(self.document(item.article, item.title, item.body))
            timings.add("write", start)
        start = timings.now()
        writer.commit()
        writer.wait_merging_threads()
        timings.add("write", start)

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self.register(self._index)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, query: Query) -> list[Hit]:
        parsed = self._parse(query)
        order = "date" if query.newest else None
        found = self._searcher.search(
            parsed, query.limit, count=False, offset=query.offset, order_by_field=order
        )
        documents = [self._searcher.doc(address) for _, address in found.hits]
        hits = []
        for stored, snippet in zip(documents, self.snippets(query, parsed, documents), strict=True):
            title, body = stored.get_first("title") or "", stored.get_first("body") or ""
            # No match in the body: the beginning of it, as any result page does.
            shown = (snippet or body[:150]).replace("\t", "")
            hits.append(Hit(title.replace("\t", ""), stored.get_first("date"), shown))
        return hits

    def count(self, query: Query) -> int:
        # Its count comes with at least one hit: a limit of zero is refused.
        found: Any = self._searcher.search(self._parse(query), 1, count=True)
        return int(found.count)

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        del documents, by_listing
        writer = self._index.writer(num_threads=1)
        writer.delete_documents_by_term("id", article.id)
        writer.add_document(self.document(article, spaced(article.title), spaced(article.body)))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        del writer

    def close(self) -> None:
        del self._searcher, self._index

    def register(self, index: tantivy.Index) -> None:
        words = tantivy.TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
        index.register_tokenizer("words", words.build())

    def snippets(
        self, query: Query, parsed: TantivyQuery, documents: list[Document]
    ) -> Iterator[str]:
        """Yield the best piece of each document's body, empty when nothing in it matched."""
        del query
        generator = SnippetGenerator.create(self._searcher, parsed, self._schema, "body")
        for stored in documents:
            yield generator.snippet_from_doc(stored).to_html()

    def literal(self, text: str) -> TantivyQuery:
        """Return a phrase of the words: it misses what was segmented another way in an article."""
        return self._index.parse_query(f'"{" ".join(query_words(text))}"', _FIELDS)

    def _parse(self, query: Query) -> TantivyQuery:
        if query.form == "prefix":
            parsed = self._prefix(query.text)
        elif query.form == "literal":
            parsed = self.literal(query.text)
        else:
            parsed = self._index.parse_query(
                " ".join(query_words(query.text)),
                _FIELDS,
                conjunction_by_default=query.form == "all",
            )
        must = []
        if query.since and query.until:
            must.append(self._dates(query.since, query.until))
        if query.category:
            must.append(TantivyQuery.term_query(self._schema, "category", query.category))
        return parsed.and_must_match(*must) if must else parsed

    def _prefix(self, prefix: str) -> TantivyQuery:
        # Its query language has prefixes at the end of phrases only, cut off at 50 words; its
        # regex and fuzzy queries find every word but neither score nor highlight.
        terms = [
            (Occur.Should, TantivyQuery.term_query(self._schema, field, term))
            for field in _FIELDS
            for term, _ in self._searcher.terms_with_prefix(field, prefix)
        ]
        return TantivyQuery.boolean_query(terms)

    def _dates(self, since: date, until: date) -> TantivyQuery:
        first = datetime.combine(since, time.min, timezone.utc)
        last = datetime.combine(until, time.max, timezone.utc)
        return TantivyQuery.range_query(self._schema, "date", FieldType.Date, first, last)


engine = Tantivy
