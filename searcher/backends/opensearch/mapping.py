"""What an index on OpenSearch consists of: its fields, analysers and scripts.

======================  =====================================================================
field                   content
======================  =====================================================================
``words``               terms of title and body, each with its encoded frequency as the term
                        frequency (:data:`searcher.store.postings.TITLE_FREQ`)
``title_words``         terms of the title
``text``, ``title``     pairs of neighbouring UTF-16 units of title and body, and of the title,
                        folded, with positions; see :mod:`.strings`
``length``              tokens
``date``, ``local``     seconds since 1970 in UTC, and by the article's own clock; neither where
                        there is no date
``author``, ``source``,
``category``            values as written, to be counted; ``…_folded`` to be searched
``host``, ``publisher``  the host of the URL, and other values of the field "site", folded
``path``                folded
``id``                  as written; also the document's ``_id``, where it is short enough
``key``, ``revision``,
``contents``, ``origin``  what updates compare: see :class:`searcher.backends.writing.Document`;
                        ``origin`` is the number of the source
``raw``                 what is stored: see :mod:`.packed`
======================  =====================================================================
"""

from __future__ import annotations

from typing import Any

LAYOUT = 1
"""The version of the layout: indexes of another one are built anew."""

MAX_KEYWORD = 8000
"""Characters of a keyword that are indexed; Lucene takes no term of more than 32 kB."""

FREQUENCY = "frequency"
"""The similarity whose score is the frequency itself: scripts make scores of it."""

BOUNDARY, NOTHING = "^", "_"
"""A token that stands for a token boundary, and one that only takes a position."""

TITLE_FACTOR = 1024
"""What the frequency of a string in the title is multiplied by, so that one number has both.

So a 32-bit float, which is exact to 24 bits, has up to 15 occurrences in the title, and 255 in all,
of two phrases each: far more than a score tells apart (:mod:`searcher.store.postings`).
"""

_FREQUENCY_SCRIPT = "return query.boost * Math.min(doc.freq, query.boost > 1 ? 15 : 255);"

_TEXT: dict[str, Any] = {"type": "text", "norms": False}
_KEYWORD: dict[str, Any] = {"type": "keyword"}
_FOLDED: dict[str, Any] = {"type": "keyword", "doc_values": False}
_NUMBER: dict[str, Any] = {"type": "long", "index": False}

FIELDS: dict[str, dict[str, Any]] = {
    "words": {
        **_TEXT,
        "analyzer": "counted",
        "search_analyzer": "blanks",
        "index_options": "freqs",
        "similarity": FREQUENCY,
        "fielddata": True,
    },
    "title_words": {**_TEXT, "analyzer": "blanks", "index_options": "docs"},
    "text": {**_TEXT, "analyzer": "places", "similarity": FREQUENCY},
    "title": {**_TEXT, "analyzer": "places", "similarity": FREQUENCY},
    "length": {"type": "integer", "index": False},
    # Not of the type "date", which has no seconds before 1970.
    "date": {"type": "long", "index": False},
    "local": {"type": "long"},
    "author": {**_KEYWORD, "index": False},
    "source": {**_KEYWORD, "index": False},
    "category": {**_KEYWORD, "index": False},
    "author_folded": _FOLDED,
    "source_folded": _FOLDED,
    "category_folded": _FOLDED,
    "host": _FOLDED,
    "publisher": _FOLDED,
    "path": _FOLDED,
    "id": _KEYWORD,
    "key": {"type": "long"},
    "revision": _NUMBER,
    "contents": _NUMBER,
    "origin": {"type": "integer"},
    "raw": {"type": "binary", "store": True},
}


def body_of_index(shards: int, meta: dict[str, Any]) -> dict[str, Any]:
    """The body of the request that makes an index. It does not refresh by itself.

    ``meta``: what is kept with the mapping.
    """
    return {
        "settings": {
            "number_of_shards": shards,
            # With a copy of each shard as soon as there is a second node.
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            "codec": "best_compression",
            "similarity": {
                FREQUENCY: {"type": "scripted", "script": {"source": _FREQUENCY_SCRIPT}}
            },
            "analysis": {
                "tokenizer": {"between_blanks": {"type": "whitespace", "max_token_length": 4000}},
                "filter": {
                    "frequencies": {"type": "delimited_term_freq", "delimiter": "|"},
                    "gaps": {"type": "stop", "stopwords": [NOTHING]},
                },
                "analyzer": {
                    "blanks": {"tokenizer": "between_blanks"},
                    "counted": {"tokenizer": "between_blanks", "filter": ["frequencies"]},
                    "places": {"tokenizer": "between_blanks", "filter": ["gaps"]},
                },
            },
        },
        "mappings": {
            "dynamic": "strict",
            # All of it is in the field "raw".
            "_source": {"enabled": False},
            "_meta": meta,
            "properties": FIELDS,
        },
    }
