"""The one analysis that all peers share: words of rjieba, without its HMM.

A text becomes its words joined by tabs. A tab never matters in an article, so taking the tabs out
gives the text back, and any tokeniser that splits at white space sees the words.
"""

from __future__ import annotations

import rjieba


def cut(text: str) -> list[str]:
    """Return the words of a text, with everything between them, in order."""
    return rjieba.cut(text, hmm=False)


def spaced(text: str) -> str:
    """Return a text with tabs between its words."""
    return "\t".join(rjieba.cut(text, hmm=False))


def query_words(text: str) -> list[str]:
    """Return the words of a query string: what has a letter or a digit, in lower case."""
    return [word.lower() for word in cut(text) if any(map(str.isalnum, word))]
