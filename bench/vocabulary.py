"""One pass over the collection: how many articles have each word, and a seeded sample."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bench.segmenting import Timings, segmented

if TYPE_CHECKING:
    from bench.documents import Documents
    from searcher.article import Article

_SAMPLE = 2_000  # articles kept for drawing literals and words that occur together


@dataclass
class Vocabulary:
    """What the query sets are made from."""

    articles: int = 0
    text_bytes: int = 0  # UTF-8 bytes of all titles and bodies
    frequency: Counter[str] = field(default_factory=Counter)  # word -> articles that have it
    sample: list[Article] = field(default_factory=list)
    categories: Counter[str] = field(default_factory=Counter)

    def dates(self) -> list[date]:
        """Return the days of the sampled articles, in order."""
        return sorted(article.date.date() for article in self.sample if article.date)


def scan(documents: Documents, *, seed: int, processes: int = 1) -> Vocabulary:
    """Read the whole collection once."""
    found = Vocabulary()
    rng = random.Random(seed)
    for item in segmented(documents, Timings(), processes):
        article = item.article
        found.frequency.update({*item.title.split("\t"), *item.body.split("\t")})
        found.text_bytes += len(article.title.encode()) + len(article.body.encode())
        found.categories.update(set(article.categories))
        if len(found.sample) < _SAMPLE:
            found.sample.append(article)
        elif (place := rng.randrange(found.articles + 1)) < _SAMPLE:
            found.sample[place] = article
        found.articles += 1
    return found
