"""The text of a query in the form that the texts of articles have."""

from searcher.lazy_pattern import compile_late

# What cleaning texts takes out or puts together, other than control characters: accents, voicing
# marks and parts of syllables that stand for themselves, joiners, selectors, invisible characters.
# What cleans texts takes longer to load than most queries to answer.
_CHANGED = compile_late(
    "[\xad\u0300-\u036f\u061c\u0653-\u0655\u093c\u1161-\u1175\u11a8-\u11c2\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3099\u309a\ufe00-\ufe0f\ufeff\uff9e\uff9f"
    "\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e0fff]"
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
