"""Searching as a library: options, filters, pages, batches, and laws that every query obeys."""

import random
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from exhaustive import Exhaustive
from library import article, build, found, ids, index_of
from test_exhaustive import KINDS, made

from searcher import Index, QueryError, Results, SearcherError, Sort, open_index
from searcher.query.parser import parse


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("search")
    build(folder, [made(7, n) for n in range(60)])
    build(folder, [made(7, n) for n in range(8, 100)])
    return open_index(folder / "index")


# Options


@pytest.mark.parametrize(
    "options",
    [
        {"limit": -1},
        {"limit": "3"},
        {"limit": 1.5},
        {"limit": float("nan")},
        {"limit": None},
        {"offset": -1},
        {"offset": []},
        {"sort": "best"},
        {"sort": 5},
        {"sort": []},
        {"since": 2021},
        {"since": True},
        {"since": "yesterdayish"},
        {"until": "2021-13"},
        {"until": b"2021"},
        {"category": 5},
        {"author": ["新华社"]},
        {"fresh": 0},
        {"fresh": -1.0},
        {"fresh": "x"},
        {"fresh": float("nan")},
        {"fresh": float("inf")},
        {"since": "2022-01-01", "until": 5},
    ],
)
def test_options_that_make_no_sense(index: Index, options: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        index.search("普京", **options)


@pytest.mark.parametrize("query", [5, None, b"x", ["a"], 1.5])
def test_a_query_that_is_no_text(index: Index, query: Any) -> None:
    with pytest.raises(QueryError):
        index.search(query)


def test_numbers_beyond_all_articles(index: Index) -> None:
    everything = index.search("普京", limit=10**30)
    assert len(everything) == everything.total
    assert len(index.search("普京", offset=10**30)) == 0
    assert len(index.search("普京", limit=10**18, offset=10**18)) == 0
    assert len(index.search("普京", limit=0)) == 0
    assert index.search("普京", limit=0).total == everything.total == index.count("普京")


def test_since_and_until_are_days_where_the_article_was_written(tmp_path: Path) -> None:
    china, york = timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))
    moments = [
        datetime(2021, 12, 5, 0, 0, tzinfo=china),
        datetime(2021, 12, 5, 23, 59, 59, tzinfo=china),
        datetime(2021, 12, 6, 0, 0, tzinfo=china),
        datetime(2021, 12, 5, 23, 30, tzinfo=york),
        datetime(2021, 12, 5, 12, tzinfo=timezone.utc),
        None,
        datetime(1969, 12, 31, 23, tzinfo=timezone.utc),
        datetime(1, 1, 1, tzinfo=timezone.utc),
    ]
    made_up = [article(n, "新闻", date=moment) for n, moment in enumerate(moments)]
    with index_of(tmp_path, *made_up) as index:
        day = {"a0000", "a0001", "a0003", "a0004"}
        assert found(index, "新闻", since="2021-12-05", until="2021-12-05") == day
        assert found(index, "新闻 date:2021-12-05") == day
        assert found(index, "新闻 date:2021年12月5日") == day
        assert found(index, "新闻", since=date(2021, 12, 5), until=date(2021, 12, 5)) == day
        assert found(index, "新闻", since=datetime(2021, 12, 5, 13), until="2021-12-05") == day
        assert found(index, "新闻", since="2021-12-06") == {"a0002"}
        assert found(index, "新闻", until="2021-12-04") == {"a0006", "a0007"}
        assert found(index, "新闻", until="1969") == {"a0006", "a0007"}
        assert found(index, "新闻", since="2021", until="2021-12") == day | {"a0002"}
        assert found(index, "新闻", since="2022-01-01", until="2021-01-01") == set()


def test_sorts_put_undated_articles_last(tmp_path: Path) -> None:
    days = [3, 1, None, 2, None, 1]
    moments = [datetime(2021, 1, d, tzinfo=timezone.utc) if d else None for d in days]
    made_up = [article(n, "新闻", date=moment) for n, moment in enumerate(moments)]
    with index_of(tmp_path, *made_up) as index:
        newest = ["a0000", "a0003", "a0001", "a0005", "a0002", "a0004"]
        assert ids(index.search("新闻", sort="newest")) == newest
        assert ids(index.search("新闻", sort="relevance")) == newest, "ties break by newer date"
        oldest = ["a0001", "a0005", "a0003", "a0000", "a0002", "a0004"]
        assert ids(index.search("新闻", sort="oldest")) == oldest
        orders: dict[Sort, list[str]] = {"newest": newest, "oldest": oldest, "relevance": newest}
        for sort, order in orders.items():
            pages = [ids(index.search("新闻", sort=sort, limit=1, offset=n))[0] for n in range(6)]
            assert pages == order


def test_ties_break_by_id_wherever_an_article_stands(tmp_path: Path) -> None:
    """Not by the order of adding, nor by the segment."""
    moment = datetime(2021, 1, 1, tzinfo=timezone.utc)
    numbers = [7, 3, 9, 1, 8, 2, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 5, 0]
    made_up = [article(n, "新闻", date=moment) for n in numbers]
    want = [f"a{n:04}" for n in sorted(numbers)]
    for step in (18, 20, 22):
        build(tmp_path, made_up[:step])
    with open_index(tmp_path / "index") as index:
        for sort in ("relevance", "newest", "oldest"):
            assert ids(index.search("新闻", sort=sort, limit=30)) == want, sort
            pages = [ids(index.search("新闻", sort=sort, limit=4, offset=n)) for n in (0, 4, 16)]
            assert pages == [want[:4], want[4:8], want[16:20]], sort


def test_fresh_prefers_the_new_within_bounds(tmp_path: Path) -> None:
    now = datetime.now(timezone.utc)
    ages = [0, 1, 30, 365, 36500]
    made_up = [article(n, "新闻", date=now - timedelta(days=d)) for n, d in enumerate(ages)]
    made_up += [article(10, "新闻", date=None), article(11, "新闻", date=now + timedelta(days=99))]
    with index_of(tmp_path, *made_up) as index:
        plain = {h.id: h.score for h in index.search("新闻")}
        fresh = {h.id: h.score for h in index.search("新闻", fresh=30)}
        assert len(set(plain.values())) == 1
        assert fresh["a0010"] == pytest.approx(plain["a0010"])
        assert fresh["a0000"] == pytest.approx(1.5 * plain["a0000"], rel=1e-3)
        assert fresh["a0002"] == pytest.approx(1.25 * plain["a0002"], rel=1e-3)
        assert fresh["a0011"] == pytest.approx(fresh["a0000"], rel=1e-3), (
            "the future is not fresher than today"
        )
        assert all(1 <= fresh[id_] / plain[id_] <= 1.501 for id_ in plain)


def test_nothing_has_all_the_words(tmp_path: Path) -> None:
    with index_of(tmp_path, ("拜登", "会谈"), ("普京", "讲话"), ("天气", "晴")) as index:
        results = index.search("拜登 普京")
        assert {(hit.id, hit.relaxed) for hit in results} == {("a0000", True), ("a0001", True)}
        assert (results.total, results.relaxed) == (0, 2)
        assert index.search("拜登 会谈").relaxed == 0
        assert index.count("拜登 普京") == 0
        either = index.search("拜登 普京", any=True)
        assert (either.total, either.relaxed) == (2, 0)
        assert set(ids(index.search("拜登 普京 -讲话"))) == {"a0000"}
        assert ids(index.search("拜登 普京 天气")) == [], "one of three is not most of them"
        assert len(index.search("没有这样的词")) == 0


def test_with_any_what_is_quoted_is_one_of_the_words(tmp_path: Path) -> None:
    with index_of(tmp_path, ("拜登", "视频通话"), ("拜登", "电话"), ("别的", "视频通话")) as index:
        hits = index.search('"视频通话" 拜登', any=True)
        assert hits[0].id == "a0000"
        assert {hit.id for hit in hits} == {"a0000", "a0001", "a0002"}
        hits = index.search('"视频通话" 拜登')
        assert [(hit.id, hit.relaxed) for hit in hits] == [
            ("a0000", False),
            ("a0002", True),
            ("a0001", True),
        ]
        # What is rarer says more.
        assert [(hit.id, hit.relaxed) for hit in index.search('"视频通话" 电话')] == [
            ("a0001", True)
        ]


def test_stop_words_never_decide_and_never_empty(tmp_path: Path) -> None:
    with index_of(tmp_path, ("总统", "现任总统"), ("谁", "谁的是谁的"), ("的", "的")) as index:
        assert found(index, "的") == {"a0001", "a0002"}
        assert ids(index.search("谁是总统"))[0] == "a0000"
        assert ids(index.search("谁 是 总统"))[0] == "a0000"
        assert found(index, "谁 总统") >= {"a0000"}
        assert found(index, "的 谁") != set()
        assert found(index, "的", since="2000") == {"a0001", "a0002"}
        assert found(index, "的", until="1999") == set()


def test_unknown_words_are_found_as_one(tmp_path: Path) -> None:
    with index_of(
        tmp_path, ("要闻", "会见布林肯后"), ("要闻", "布林和肯尼亚"), ("要闻", "林肯")
    ) as index:
        assert found(index, "布林肯", aliases=False) == {"a0000"}
        assert found(index, "会见 布林肯", aliases=False) == {"a0000"}


def test_feedback_adds_to_scores_and_changes_nothing_else(index: Index) -> None:
    for query in ("普京", "国防部 乌克兰", '"拜登"', "title:普京", "F-35 OR 5G", "没有这个词"):
        plain = index.search(query, limit=200)
        more = index.search(query, limit=200, expand=True)
        assert set(ids(more)) == set(ids(plain)), query
        assert more.total == plain.total
        scores = {hit.id: hit.score for hit in plain}
        assert sum(h.score for h in more) >= sum(scores.values()) - 1e-3
        first = [h.id for h in index.search(query, limit=5, expand=True)]
        assert first == ids(more)[:5], "pages are pages of one order"


def test_feedback_brings_up_what_speaks_of_the_same(tmp_path: Path) -> None:
    near = ("要闻", "普京在克里姆林宫，莫斯科，杜马，卢布")
    far = ("要闻", "普京在花园，草地，阳光，骨头")
    about = [("普京", f"克里姆林宫莫斯科杜马卢布第{n}次") for n in range(9)]
    other = [("天气", f"花园里阳光好，第{n}天") for n in range(40)]
    with index_of(tmp_path, near, far, *about, *other) as index:
        plain = ids(index.search("普京", limit=99))
        assert plain[-2:] == ["a0001", "a0000"], "alike, so the newer comes first"
        more = ids(index.search("普京", limit=99, expand=True))
        assert more.index("a0000") < more.index("a0001")


# Batches


def test_a_bad_query_never_ends_a_batch(index: Index) -> None:
    asked: list[Any] = [
        "普京",
        {"query": "普京", "limit": 1},
        {"query": "普京", "since": 2021},
        {"query": "普京", "since": "never"},
        {"query": 5},
        {"q": "普京"},
        {"query": "普京", "no_such_option": 1},
        {"query": "普京", "limit": -1},
        5,
        None,
        ["普京"],
        {},
        {5: 6},
        "\ud800",
        "(" * 10_000,
        "普京",
    ]
    answers = list(index.batch(asked, limit=3))
    assert len(answers) == len(asked)
    good = [place for place, answer in enumerate(answers) if isinstance(answer, Results)]
    assert good == [0, 1, 13, 14, 15]
    assert all(isinstance(a, Results | SearcherError) for a in answers)
    first, second = answers[0], answers[1]
    assert isinstance(first, Results)
    assert isinstance(second, Results)
    assert (len(first), len(second)) == (3, 1)
    assert ids(first) == ids(index.search("普京", limit=3))


@pytest.mark.parametrize("query", ["{}!*", "title:{}·x*", '"{} x"', "{}é́*"])
def test_what_is_almost_a_latin_word_takes_no_time(index: Index, query: str) -> None:
    # To try every way to read its letters would take for ever.
    assert index.search(query.format("a" * 60)).total == 0


def test_a_batch_is_lazy(index: Index) -> None:
    asked = 0

    def queries() -> Any:
        nonlocal asked
        while True:
            asked += 1
            yield "普京"

    answers = index.batch(queries())
    next(answers)
    next(answers)
    assert asked == 2


# Laws


def everything(index: Index, query: str, **options: Any) -> set[str]:
    results = index.search(query, limit=10_000, snippets=False, **options)
    return {hit.id for hit in results if not hit.relaxed}


def test_laws_of_sets(index: Index) -> None:
    chance = random.Random(51)
    slow = Exhaustive(index, lambda _: ())
    kinds = sorted(KINDS.keys() - {"everything"})
    whole = everything(index, "*")
    assert len(whole) == len(index)
    for _ in range(80):
        one, two = (KINDS[chance.choice(kinds)](chance, slow) for _ in range(2))
        if any(parse(query).notes for query in (one, two)):
            continue
        a, b = everything(index, one), everything(index, two)
        assert everything(index, f"({one}) OR ({two})") == a | b, (one, two)
        assert everything(index, f"({one}) ({two})") <= a | b, (one, two)
        for narrower in ({"since": "2021-01-15"}, {"category": "国际"}, {"author": "社"}):
            assert everything(index, one, **narrower) <= a, (one, narrower)
        dated = everything(index, one, since="2021-02-01") | everything(
            index, one, until="2021-01-31"
        )
        undated = {id_ for id_ in a if (got := index.get(id_)) and got.date is None}
        assert dated == a - undated, one
        assert everything(index, one, sort="newest") == a
        assert (
            everything(index, one, aliases=False) <= a or one.startswith(("-", "NOT")) or "-" in one
        )
        assert index.count(one) == len(a)


def test_any_text_can_be_asked(index: Index) -> None:
    chance = random.Random(52)
    alphabet = "普京拜登F3-5 \"“”「」()（）*-|:：.,，。~^\\/'\x00\x01\n😀𠮷\ud800"
    alphabet += "OR AND NOT title:date:2021"
    for _ in range(400):
        query = "".join(chance.choices(alphabet, k=chance.randint(0, 25)))
        results = index.search(query, limit=3)
        assert results.query == query
        assert results.total >= len(results) - results.relaxed
        index.highlight(query, "拜登和普京F-35😀")
    for query in ("普" * 100_000, "普 " * 50_000, '"' + "京" * 5000 + '"', "a*" * 3000, "(" * 9999):
        index.search(query)


def test_an_index_answers_after_ids_that_are_asked_for(index: Index) -> None:
    for id_ in ("", "a", "a0", "\x00", "\ud800", "😀", "a" * 100_000, "../a0009.md"):
        with suppress(QueryError):  # several ids begin so
            assert index.get(id_) is None
    assert index.get("a0009") == index.get("a0009.md")
