"""Strings near each other: the cluster finds who has all of them, their texts tell the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher.backends.opensearch.query import string
from searcher.errors import QueryError
from searcher.search.nearness import texts_with_near
from searcher.search.texts import BATCH_SIZE, Texts, split_units

if TYPE_CHECKING:
    from searcher.backends.opensearch.reader import OpenSearchBackend
    from searcher.query.clauses import NearClause

MAX_CANDIDATES = 50_000
"""The maximum number of documents whose texts are read for one clause."""

READ_AT_ONCE = 500


def documents_near(backend: OpenSearchBackend, clause: NearClause) -> list[str]:
    """The ids of the documents that match.

    Raises QueryError where too many documents have all of the strings.
    """
    query = {"bool": {"filter": [string(text, clause.field) for text in clause.texts]}}
    strings = [split_units(text) for text in clause.texts]
    found: list[str] = []
    read = 0
    for refs in backend.hits_with_documents(query, READ_AT_ONCE):
        read += len(refs)
        if read > MAX_CANDIDATES:
            raise QueryError(
                f"more than {MAX_CANDIDATES:,} articles have all of {', '.join(clause.texts)}; "
                "add a rarer word, or leave ~ out"
            )
        for first in range(0, len(refs), BATCH_SIZE):
            some = refs[first : first + BATCH_SIZE]
            documents = backend.fetch(some)
            texts = Texts([document[:2] for document in documents], backend.folding)
            near = texts_with_near(texts, strings, clause.distance, clause.field is not None)
            found += [backend.id_of(some[number]) for number in near.tolist()]
    return found
