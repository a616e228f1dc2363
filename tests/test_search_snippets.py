"""Highlighting: spans only on what matched, on the article's own text."""

import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from library import article, build, index_of
from texts import random_text, texts, without_controls

from searcher import Article, Index, Snippet, open_index
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon, load_lexicon
from searcher.text.runs import RUN, parse_run


def marked(snippets: tuple[Snippet, ...] | list[Snippet]) -> list[str]:
    return [s.text[a:b] for s in snippets for a, b in s.spans]


def first(folder: Path, title: str, body: str, query: str) -> tuple[Snippet, ...]:
    with index_of(folder, (title, body)) as index:
        results = index.search(query)
        assert len(results) == 1, query
        return results[0].snippets


@pytest.mark.parametrize(
    ("title", "body", "query", "spans"),
    [
        ("拜登和普京视频通话", "", "拜登 普京", ["拜登", "普京"]),
        ("拜登和普京视频通话", "", "普京", ["普京"]),
        ("要闻", "澤倫斯基與拜登會談", "泽连斯基", ["澤倫斯基"]),
        ("要闻", "澤倫斯基與拜登會談", "会谈", ["會談"]),
        ("要闻", "中华人民共和国的华人", "华人", ["华人"]),
        ("要闻", "克里姆林宫说", "克里姆林", ["克里姆林"]),
        ("要闻", "国防部长说，国防部说", "国防部", ["国防部", "国防部"]),
        ("要闻", "布林肯说", "布林肯", ["布林肯"]),
        ("F-35来了", "F35很贵，Ｆ－３５很快。F-35A也是", "F35", ["F-35", "F35", "Ｆ－３５"]),
        ("要闻", "化妆品SK-II涨价", "sk", ["SK"]),
        ("要闻", "俄军集结17.5万人", "17.5", ["17.5"]),
        ("要闻", "俄军集结17.5万人", "17.5万", ["17.5万"]),
        ("要闻", "增长１２％", "12%", ["１２％"]),
        ("要闻", "共1,234,567人", "1234567", ["1,234,567"]),
        ("要闻", "AT&T和O'Brien", "att", ["AT&T"]),
        ("要闻", "2021年12月5日和2022年12月5日", "12月5日", ["12月5日", "12月5日"]),
        ("要闻", "2021年12月5日", "2021年12月", ["2021年12月"]),
        ("要闻", "乔•拜登说", "乔·拜登", ["乔•拜登"]),
        ("要闻", "会谈已经结束。双方表示满意。", '"结束。双方"', ["结束。双方"]),
        ("要闻", "拜登来了。会谈已经结束。双方满意。", '拜登 "结束。双方"', ["拜登", "结束。双方"]),
        ("要闻", "普京普京普京", '"京普"', ["京普", "京普"]),
        ("要闻", "普京讲话，普京走了，没有讲话。", '"普京讲话"', ["普京讲话"]),
        ("要闻", "甲😀乙", '"😀"', ["😀"]),
        ("要闻", "甲👨‍👩‍👧乙", '"👨‍👩‍👧乙"', ["👨‍👩‍👧乙"]),
        ("要闻", "新冠肺炎与新冠", "新冠*", ["新冠肺炎", "新冠"]),
        ("普京", "普京", "title:普京", ["普京"]),
        ("要闻", "普京与普丁和Putin", "普京", ["普京", "普丁", "Putin"]),
    ],
)
def test_golden(tmp_path: Path, title: str, body: str, query: str, spans: list[str]) -> None:
    got = marked(first(tmp_path, title, body, query))
    if query.endswith("*"):
        # A prefix marks the beginning or the whole of the word.
        assert len(got) == len(spans)
        assert all(s.startswith(g) for s, g in zip(spans, got, strict=True))
    else:
        assert got == spans


def test_never_a_word_across_words(tmp_path: Path) -> None:
    text = "中华人民。华人在此。海华人民币。"
    with index_of(tmp_path, ("要闻", text)) as index:
        (hit,) = index.search("华人")
        (snippet,) = hit.snippets
        places = [snippet.text.find("华人在此")]
        assert [start for start, _ in snippet.spans] == places


def test_what_matches_is_marked_after_much_that_does_not(tmp_path: Path) -> None:
    body = "中华人民共和国，" * 60 + "海外的华人很多。"
    (snippet,) = first(tmp_path, "要闻", body, "华人")
    assert marked([snippet]) == ["华人"]


def test_hits_do_not_depend_on_each_other(tmp_path: Path) -> None:
    """An emoji in one article changes nothing for the others."""
    held = [
        ("要闻", "国防部长来了，普京走了。国防部也在。"),
        ("要闻", "国防部的普京。"),
        ("要闻", "普京与国防部。"),
    ]
    scores = []
    for name, more in {"with": "😀", "without": "，"}.items():
        with index_of(tmp_path / name, *held, ("别的", f"国防部与普京{more}")) as index:
            results = index.search("国防部 普京", limit=4)
            scores.append([(h.id, round(h.score, 5), marked(h.snippets)) for h in results])
    assert scores[0] == scores[1]


def test_a_title_without_a_match_has_no_snippet(tmp_path: Path) -> None:
    assert [s.field for s in first(tmp_path, "标题", "普京", "普京")] == ["body"]
    assert [s.field for s in first(tmp_path, "普京", "正文", "普京")] == ["title", "body"]
    assert [s.field for s in first(tmp_path, "普京", "", "普京")] == ["title"]


def test_the_best_sentences_are_shown(tmp_path: Path) -> None:
    body = "普京出席活动。" + "无关的话。" * 40 + "拜登与普京通话。" + "别的话。" * 40
    (snippet,) = first(tmp_path, "要闻", body, "拜登 普京")
    assert marked([snippet]) == ["拜登", "普京"]
    assert len(snippet.text) < 200


def test_a_snippet_is_cut_at_punctuation(tmp_path: Path) -> None:
    body = "，".join(
        ["这是一句很长很长的话里面的一小段"] * 9 + ["普京在这里"] + ["后面还有很长的一段话"] * 30
    )
    (snippet,) = first(tmp_path, "要闻", body, "普京")
    assert marked([snippet]) == ["普京"]
    before, after = body.split(snippet.text)
    assert before == "" or before[-1] == "，"
    assert after[0] == "，"


# Any text, any query

QUERIES = [
    "普京", "拜登 普京", "华人", "部长", "F35", "covid", "12月5日", '"的"', '"😀"', '"京和"', "国*",
    "布林肯", "中国 -拜登", "乌克兰 OR 俄罗斯", "title:普京", "谁是总统", "泽连斯基", "普京和拜登",
    '"。"', "5g", "2021年12月", "a", '"a"', "c919 OR pm", "12",
]  # fmt: skip


@lru_cache
def lexicon() -> Lexicon:
    return load_lexicon()


@lru_cache(maxsize=100_000)
def forms(query: str, folded: str) -> bool:
    """Whether a folded piece of text is something that a query of the above may match."""
    groups = lexicon().groups
    wanted: set[str] = set()
    prefixes: set[str] = set()
    for word in query.replace("(", " ").replace(")", " ").split():
        word = word.removeprefix("title:")
        if word in ("OR", "NOT") or word.startswith("-"):
            continue
        if word.endswith("*"):
            prefixes.add(fold(word[:-1]))
        elif word.startswith('"'):
            wanted.add(fold(word.strip('"')))
        else:
            wanted |= {fold(name) for name in groups.get(fold(word), ())} | {fold(word)}
            for piece in default_analyser().tokens(word):
                wanted |= {piece.term, *piece.parts}
                wanted |= {fold(name) for name in groups.get(piece.term, ())}
    if folded in wanted or any(folded.startswith(prefix) for prefix in prefixes):
        return True
    run = RUN.fullmatch(folded)
    return run is not None and parse_run(folded).term in wanted


def check_snippets(article_: Article, query: str, snippets: tuple[Snippet, ...]) -> None:
    for snippet in snippets:
        whole = {"title": article_.title, "body": article_.body}[snippet.field]
        assert snippet.text in whole, "the article's own text"
        snippet.text.encode()
        end = 0
        for start, stop in snippet.spans:
            assert end <= start < stop <= len(snippet.text), "in order, not empty, never nested"
            end = stop
            span = snippet.text[start:stop]
            assert forms(query, fold(span)), (query, span)
    fields = [snippet.field for snippet in snippets]
    assert len(fields) <= 4
    assert fields == sorted(fields, reverse=True)
    assert fields.count("title") <= 1
    assert all(s.spans for s in snippets if s.field == "title")


@pytest.fixture(scope="module")
def made() -> dict[str, Article]:
    chance = random.Random(31)
    articles = [
        article(
            n,
            without_controls(random_text(chance, 8)).replace("\n", " "),
            without_controls(random_text(chance, 60)),
        )
        for n in range(120)
    ]
    return {a.id: a for a in articles}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, made: dict[str, Article]) -> Index:
    folder = tmp_path_factory.mktemp("snippets")
    build(folder, made.values())
    return open_index(folder / "index")


@pytest.mark.parametrize("query", QUERIES)
def test_spans_are_what_matched(index: Index, made: dict[str, Article], query: str) -> None:
    results = index.search(query, limit=200)
    for hit in results:
        check_snippets(made[hit.id], query, hit.snippets)
    # What matched is shown, if it was not said to be elsewhere.
    if results and not results.notes and query not in ("谁是总统", "普京和拜登"):
        assert all(marked(hit.snippets) for hit in results), query


def test_every_literal_is_marked(index: Index, made: dict[str, Article]) -> None:
    chance = random.Random(32)
    for _ in range(300):
        body = chance.choice(list(made.values())).body
        size = chance.randint(1, 8)
        start = chance.randrange(max(1, len(body) - size))
        string = body[start : start + size]
        if not string.strip() or set(string) & set('"“”＂'):
            continue
        for hit in index.search(f'"{string}"', limit=3):
            spans = marked(hit.snippets)
            assert spans, string
            assert fold(string) in [fold(span) for span in spans], string


@given(texts(30))
def test_highlighting_any_text(index: Index, text: str) -> None:
    for query in QUERIES[:12]:
        spans = index.highlight(query, text)
        end = 0
        for start, stop in spans:
            assert end <= start < stop <= len(text)
            end = stop
            assert forms(query, fold(text[start:stop])), (query, text[start:stop])
    assert index.highlight("", text) == ()
    assert index.highlight("普京", "") == ()


def test_highlighting_a_whole_article_marks_every_place(index: Index) -> None:
    assert len(index.highlight("普京", "普京，" * 500)) == 500


def test_snippets_can_be_left_out(index: Index) -> None:
    assert all(hit.snippets == () for hit in index.search("普京", snippets=False))


@pytest.mark.parametrize("length", [118, 119, 120, 121, 122])
def test_never_half_a_character(tmp_path: Path, length: int) -> None:
    for title, body in [
        ("普京", "啊" * length + "😀" * 20),
        ("要闻", "😀" * length + "普京" + "😀" * length),
        ("要闻", "😀" * length + "，普京，" + "𠮷" * length + "。😀"),
        ("😀" * 70 + "普京" + "😀" * 70, "😀"),
    ]:
        for snippet in first(tmp_path, title, body, "普京"):
            assert "\ufffd" not in snippet.text
            assert marked([snippet]) in ([], ["普京"])
            assert snippet.text in (title, body) or snippet.text in body
