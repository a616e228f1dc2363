"""What the tests of exploring share: an index of several segments with deletions, and queries."""

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

from library import article, build, segments_of
from texts import WORDS

from searcher import Article, Index, open_index

SOURCES = ("晨光日报", "远方通讯社", "木棉電子報", "")
AUTHORS = ("张三", "李四、王五", "")
CATEGORIES = ("国际", "体育", 'a"b', "财经")
NAMES = ("普丁", "蒲亭", "Putin", "Vladimir Putin", "莫斯科", "北京市", "联合国", "拜登")
ZONES = (timezone.utc, timezone(timedelta(hours=8)), timezone(timedelta(hours=-7)))


def random_articles(count: int, seed: int) -> list[Article]:
    """Articles of random words, some without a date, a source, an author or a category."""
    chance = random.Random(seed)
    articles = []
    for number in range(count):
        words = chance.choices([*WORDS, *NAMES], k=chance.randint(1, 30))
        moment = datetime(2019, 1, 1, tzinfo=chance.choice(ZONES))
        moment += timedelta(minutes=chance.randrange(3 * 365 * 1440))
        categories = chance.sample(CATEGORIES, chance.randint(0, 3))
        articles.append(
            article(
                number,
                "".join(chance.choices(WORDS, k=2)),
                "，".join(words) + "。😀👨‍👩‍👧" * (number % 7 == 0),
                date=None if chance.random() < 0.1 else moment,
                source=chance.choice(SOURCES),
                author=chance.choice(AUTHORS),
                categories=tuple(categories),
            )
        )
    return articles


def build_in_segments(folder: Path, count: int = 330) -> Index:
    """An opened index of several segments, the larger ones with deletions."""
    articles = random_articles(count, seed=15)
    for first, stop in ((0, 200), (0, 300), (5, 310), (5, 320), (5, count)):
        build(folder, articles[first:stop])
    index = open_index(folder / "index")
    segments = segments_of(index)
    assert len(segments) > 3
    assert any(segment.matcher.alive is not None for segment in segments)
    return index


def random_queries(count: int, seed: int) -> list[str]:
    """Queries of one to three words, with and without operators."""
    chance = random.Random(seed)
    queries = ["*", "没有的词语", ""]
    while len(queries) < count:
        words = chance.choices([*WORDS, *NAMES], k=chance.randint(1, 3))
        form = chance.randrange(5)
        if form == 0:
            queries.append(" OR ".join(words))
        elif form == 1:
            queries.append(f'"{words[0]}"')
        elif form == 2:
            queries.append(f"{words[0]} -{words[-1]}")
        elif form == 3:
            queries.append(f"{words[0]} date:{chance.randint(2019, 2021)}")
        else:
            queries.append(" ".join(words))
    return queries


def matching(index: Index, query: str) -> list[Article]:
    """All articles that match as asked, by a search for all of them."""
    hits = index.search(query, limit=100_000, snippets=False, strict=True)
    ids = {hit.id for hit in hits}
    return [article for article in index if article.id in ids]
