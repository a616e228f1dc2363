"""Queries of every kind, made by chance from the articles of an index: the same for a seed."""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from searcher import Article, Index, QueryError, quote
from searcher.text.analyser import default_analyser


class Asked(NamedTuple):
    """A query, its options, and what kind it is of."""

    kind: str
    text: str
    options: dict[str, Any]


LATIN = ("G20", "COVID-19", "5G", "app", "new york", "C919", "F-35", "wto")
NAMES = ("普京", "拜登 习近平", "特朗普", "林郑月娥", "美国", "联合国", "欧盟 峰会")


class Maker:
    """Makes queries from some articles."""

    def __init__(self, articles: list[Article], lines: list[str], seed: int) -> None:
        self.random = random.Random(seed)
        self.articles = articles
        self.lines = lines
        self.tokens = default_analyser().tokens

    def article(self) -> Article:
        return self.random.choice(self.articles)

    def piece(self, least: int, most: int, *, title: bool = False) -> str:
        """A piece of an article's text on one line."""
        for _ in range(100):
            article = self.article()
            text = article.title if title or self.random.random() < 0.2 else article.body
            size = self.random.randint(least, most)
            if len(text) > size:
                at = self.random.randrange(len(text) - size)
                piece = text[at : at + size].strip()
                if len(piece) >= least and "\n" not in piece:
                    return piece
        return "新闻"

    def word(self) -> str:
        """A word of an article."""
        words = [t.term for t in self.tokens(self.piece(20, 40)) if len(t.term) > 1]
        return self.random.choice(words) if words else "新闻"

    def words(self, number: int) -> str:
        """Words of one article."""
        article = self.article()
        found = [t.term for t in self.tokens(article.title + article.body[:300])]
        found = [term for term in found if len(term) > 1] or ["新闻"]
        return " ".join(self.random.choice(found) for _ in range(number))

    def quoted(self, text: str) -> str:
        try:
            return quote(text)
        except QueryError:
            return '"新闻"'

    def make(self, kind: str) -> Asked:
        pick = self.random.choice
        article = self.article()
        makers: dict[str, Callable[[], str]] = {
            "word": self.word,
            "words": lambda: self.words(pick([2, 2, 3, 4])),
            "line": lambda: pick(self.lines),
            "title": lambda: article.title,
            "part of a title": lambda: self.piece(3, 12, title=True),
            "quoted": lambda: self.quoted(self.piece(2, 12)),
            "long quoted": lambda: self.quoted(self.piece(13, 60)),
            "character": lambda: pick(self.piece(2, 4)),
            "quoted character": lambda: self.quoted(self.piece(1, 1)),
            "or": lambda: f"{self.word()} OR {self.word()} OR {self.quoted(self.piece(2, 5))}",
            "not": lambda: f"{self.word()} -{self.word()} -{self.quoted(self.piece(2, 3))}",
            "only not": lambda: f"-{self.word()}",
            "prefix": lambda: f"{self.word()[:2]}* {self.word()}",
            "one more character": lambda: f"{self.word()[:2]}?",
            "in the title": lambda: f"title:{self.word()} title:{self.quoted(self.piece(2, 4))}",
            "prefix in the title": lambda: f"title:{self.word()[:2]}*",
            "near": lambda: f'"{self.words(2)}"~{pick([2, 5, 20, 60])}',
            "near in the title": lambda: f'title:"{self.words(2)}"~10',
            "source": lambda: f"source:{self.quoted(article.source[:4] or '新闻')} {self.word()}",
            "author": lambda: f"author:{self.quoted(article.author[:3] or '记者')}",
            "category": lambda: f"category:{self.quoted((*article.categories, '新闻')[0])}",
            "site": lambda: f"site:{pick(['cctv.com', 'com', 'hk', '新闻'])} {self.word()}",
            "path": lambda: f"path:{article.path[: pick([3, 5, 8])]}",
            "date": lambda: f"date:{article.date:%Y-%m} {self.word()}" if article.date else "*",
            "dates": lambda: f"after:2019-06 before:2024 {self.word()}",
            "braces": lambda: f"({self.word()} OR {self.word()}) {self.word()} -{self.word()}",
            "latin": lambda: pick(
                ["G20", "COVID-19", "5G", "app", "new york", "C919", "F-35", "wto"]
            ),
            "name": lambda: pick(
                ["普京", "拜登 习近平", "特朗普", "林郑月娥", "美国", "联合国", "欧盟 峰会"]
            ),
            "mixed": lambda: f"{self.piece(2, 4)}+{self.word()}",
            "question": lambda: f"{self.word()}是什么时候{self.word()}的？",
            "pasted": lambda: self.piece(60, 200),
            "nothing": lambda: self.random.choice(["布林肯肯", "㐀", "😀", "龘龘", "zzzz"]),
            "any": lambda: self.words(3),
            "expand": lambda: self.words(2),
            "fresh": lambda: self.words(1),
            "newest": lambda: self.words(1),
            "oldest": lambda: self.words(1),
            "strict": lambda: self.piece(6, 14),
            "later page": self.word,
            "no aliases": lambda: pick(["普京", "美国", "中国", "特朗普 美国", "世卫组织"]),
            "since": self.word,
            "all": lambda: "*",
        }
        more: dict[str, dict[str, Any]] = {
            "any": {"any": True},
            "expand": {"expand": True},
            "newest": {"sort": "newest"},
            "oldest": {"sort": "oldest"},
            "strict": {"strict": True},
            "later page": {"offset": 10},
            "no aliases": {"aliases": False},
            "since": {"since": "2020", "until": "2024-03"},
        }
        return Asked(kind, makers[kind](), more.get(kind, {}))


KINDS = (
    "word", "words", "line", "title", "part of a title", "quoted", "long quoted", "character",
    "quoted character", "or", "not", "only not", "prefix", "one more character", "in the title",
    "prefix in the title", "near", "near in the title", "source", "author", "category", "site",
    "path", "date", "dates", "braces", "latin", "name", "mixed", "question", "pasted", "nothing",
    "any", "expand", "newest", "oldest", "strict", "later page", "no aliases", "since", "all",
)  # fmt: skip


def queries(index: Index, lines: list[str], number: int, seed: int = 1) -> Iterator[Asked]:
    """A number of queries; each kind in turn, and lines of a list of queries in between."""
    articles = [article for at, article in enumerate(index) if at % 7 == seed % 7 or at < 50]
    maker = Maker(articles, lines or ["新闻联播"], seed)
    for at in range(number):
        kind = (
            KINDS[at // 2 % len(KINDS)]
            if at % 2
            else maker.random.choice(["line", "words", "quoted", "title"])
        )
        yield maker.make(kind)
