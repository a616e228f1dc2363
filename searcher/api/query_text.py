"""The text of a query in the form that the texts of articles have."""

import re

# Accents, voicing marks and parts of syllables that stand for themselves, joiners, selectors. The
# check is cheap; what cleans texts takes longer to load than most queries to answer.
_CHANGED = re.compile(
    "[\u0300-\u036f\u0653-\u0655\u093c\u1161-\u1175\u11a8-\u11c2\u200b-\u200f\u2060\u3099\u309a"
    "\ufe00-\ufe0f\ufeff\uff9e\uff9f]"
)


def cleaned(query: str) -> str:
    r"""Clean a query as articles are cleaned, if there is anything to clean.

    >>> cleaned("Erdog\u0306an")
    'Erdoğan'
    """
    if query.isascii() or not _CHANGED.search(query):
        return query
    from searcher.ingest.plain_text import clean

    return clean(query)
