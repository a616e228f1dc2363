"""An index that was changed twice, for the tests of what Whoosh sees of it."""

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

from library import article, build
from texts import as_indexed, random_text
from whoosh import query as q
from whoosh.searching import Searcher

from searcher import Article
from searcher.text.analyser import default_analyser

SOURCES = ("新华社", "中新网", "The Paper", "")
CATEGORIES = ("国际", "财经", "体育", "科技 前沿", "港澳")
ZONES = (timezone.utc, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5)))


def made(seed: int, numbers: Iterable[int], *, titles: bool = True) -> list[Article]:
    """Articles of words and oddities, with dates in several zones, by chance from a seed."""
    chance = random.Random(seed)
    found = []
    for number in numbers:
        title, body = as_indexed(random_text(chance, 6)), random_text(chance, 25)
        title, body = title.replace("\n", " "), as_indexed(body)
        day = datetime(2021, 11, 1, tzinfo=chance.choice(ZONES))
        fields = {
            "date": day + timedelta(minutes=chance.randrange(200_000))
            if chance.random() < 0.9
            else None,
            "author": chance.choice(("林一", "林一、陈二", "")),
            "source": chance.choice(SOURCES),
            "categories": tuple(chance.sample(CATEGORIES, chance.choice((0, 1, 1, 2, 3)))),
            "url": f"https://example.com/{number}?a=b c" if number % 3 else "",
        }
        found.append(article(number, title if titles else "", body, **fields))
    return found


def build_changed(folder: Path, *, titles: bool = True) -> dict[str, Article]:
    """Build ``folder``/index three times; it has several segments and deletions. What is in it."""

    def some(seed: int, first: int, last: int) -> list[Article]:
        return made(seed, range(first, last), titles=titles)

    build(folder, some(1, 0, 100))
    build(folder, [*some(1, 0, 100)[5:], *some(2, 100, 150)])
    kept = {a.id: a for a in [*some(1, 0, 100)[10:], *some(2, 100, 170), *some(3, 50, 60)]}
    build(folder, kept.values())
    assert len(list((folder / "index").glob("*.seg"))) > 1
    return kept


def ids_of(searcher: Searcher, query: q.Query) -> set[str]:
    """The ids of all articles that Whoosh finds."""
    every = all_ids(searcher)
    return {every[number] for number in searcher.docs_for_query(query)}


@lru_cache(maxsize=4)
def all_ids(searcher: Searcher) -> list[str]:
    """The id of each document, by Whoosh's numbers."""
    return [fields["id"] for fields in searcher.all_stored_fields()]


def texts_of(field: str, a: Article) -> tuple[str, ...]:
    """What a field of text consists of."""
    return {"title": (a.title,), "body": (a.body,), "words": (a.title, a.body)}[field]


def terms_of(articles: Mapping[str, Article], field: str) -> dict[str, set[str]]:
    """Id -> the terms of an article in a field, from the plain analysis."""
    return {
        id_: {
            term
            for text in texts_of(field, a)
            for token in default_analyser().tokens(text)
            for term in (token.term, *token.parts)
        }
        for id_, a in articles.items()
    }
