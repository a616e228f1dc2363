"""tantivy-py with a second view of every text, its single characters, so that literals are exact.

A phrase of words misses what was segmented another way; a phrase of characters does not. This
engine answers literals as this project does, and pays for it when indexing, as this project does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import tantivy
from tantivy import Document, Filter, SnippetGenerator, Tokenizer
from tantivy import Query as TantivyQuery

from bench.engines import Query
from bench.engines.tantivy_rjieba import Tantivy, document, words_schema

if TYPE_CHECKING:
    from searcher.article import Article


_GAP = "\u2423"  # stands for white space, which is a character too when it comes to literals


def _apart(text: str) -> str:
    return "\t".join(re.sub(r"\s", _GAP, text))


def _schema() -> tantivy.SchemaBuilder:
    schema = words_schema()
    schema.add_text_field("title_characters", tokenizer_name="characters")
    schema.add_text_field("body_characters", tokenizer_name="characters")
    return schema


def _document(article: Article, title: str, body: str) -> Document:
    made = document(article, title, body)
    made.add_text("title_characters", _apart(article.title))
    made.add_text("body_characters", _apart(article.body))
    return made


class TantivyCharacters(Tantivy):
    schema = staticmethod(_schema)
    document = staticmethod(_document)

    def register(self, index: tantivy.Index) -> None:
        super().register(index)
        single = tantivy.TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.lowercase())
        index.register_tokenizer("characters", single.build())

    def literal(self, text: str) -> TantivyQuery:
        title, body = (self._in(field, text) for field in ("title_characters", "body_characters"))
        return title.or_should_match(body)

    def snippets(
        self, query: Query, parsed: TantivyQuery, documents: list[Document]
    ) -> Iterator[str]:
        if query.form != "literal":
            yield from super().snippets(query, parsed, documents)
            return
        field = "body_characters"
        generator = SnippetGenerator.create(self._searcher, parsed, self._schema, field)
        for stored in documents:
            # The text is stored once, under "body"; a document made here carries it over.
            text = _apart((stored.get_first("body") or "").replace("\t", ""))
            snippet = generator.snippet_from_doc(Document(**{field: [text]})).to_html()
            yield snippet.replace("\t", "").replace("</b><b>", "").replace(_GAP, " ")

    def _in(self, field: str, text: str) -> TantivyQuery:
        characters: list[str | tuple[int, str]] = [*_apart(text.lower()).split("\t")]
        if len(characters) == 1:
            return TantivyQuery.term_query(self._schema, field, text.lower())
        return TantivyQuery.phrase_query(self._schema, field, characters)


engine = TantivyCharacters
