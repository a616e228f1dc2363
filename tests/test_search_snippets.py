"""Snippets: the sentences with most of the query, and spans only on what matched in them."""

import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from library import article, build, index_of
from naive_document import NaiveDocument
from stub_analyser import stub_analyser
from texts import as_indexed, random_text, texts

from searcher import Article, Index, Snippet, open_index
from searcher.api.query_text import cleaned
from searcher.search.highlight import Highlighter
from searcher.search.patterns import ANYWHERE, AS_TOKEN, Pattern
from searcher.search.snippets import MAX_LENGTH, Snippets
from searcher.search.spans import merge_spans
from searcher.search.texts import Texts
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold, folding_table
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


# Texts that are cut into tokens by bars, so that no dictionary has a part in what is shown

PARTS = {"国防部长": ["国防部", "部长"]}


def cut(*documents: tuple[str, str], words: str = "普京 拜登 部长 特朗普") -> list[list[str]]:
    """The snippets of documents for words; what is marked is in brackets, titles begin with #."""
    patterns = [Pattern(w, AS_TOKEN, False, n, 2.0**n) for n, w in enumerate(words.split())]
    return shown(patterns, *documents)


def shown(patterns: list[Pattern], *documents: tuple[str, str]) -> list[list[str]]:
    stored = []
    for number, (title, body) in enumerate(documents):
        made = article(number, title.replace("|", ""), body.replace("|", ""))
        document = NaiveDocument(made, stub_analyser(title, body, parts=PARTS))
        stored.append(document.stored[:2])
    highlighter = Highlighter(patterns, stub_analyser(parts=PARTS).spans)
    snippets = Snippets(highlighter.find(Texts(stored, folding_table().data)))
    return [[bracketed(snippet) for snippet in snippets.snippets(n)] for n in range(len(documents))]


def bracketed(snippet: Snippet) -> str:
    pieces, end = ["#" * (snippet.field == "title")], 0
    for start, stop in snippet.spans:
        pieces += snippet.text[end:start], "[", snippet.text[start:stop], "]"
        end = stop
    return "".join([*pieces, snippet.text[end:]])


@pytest.mark.parametrize(
    ("body", "expected", "why"),
    [
        ("无关。|普京|来了。|别的。", "[普京]来了。", "the sentence that matches"),
        ("无关。|\n|普京|来了|\n|别的", "[普京]来了", "without white space around it"),
        ("普京|来了。”|别的。", "[普京]来了。”", "with what closes it"),
        ("“。|”|普京|来了|？！|别的。", "[普京]来了？！", "but not what closes the one before"),
        ("普京|来。|拜登|与|普京|谈。|拜登|走。", "[拜登]与[普京]谈。", "the one with all words"),
        ("普京|来。|拜登|走。|无关。", "[普京]来。[拜登]走。", "or two that have them together"),
        (
            "普京|来。|无关。|拜登|走。|无关。",
            "[普京]来。无关。[拜登]走。",
            "with one that does not matter between them",
        ),
        (
            "普京|来。|拜登|走。|部长|留。|无关。",
            "[普京]来。[拜登]走。[部长]留。",
            "or three",
        ),
        (
            "普京|来。|拜登|走。|部长|留。|特朗普|胜。",
            "[拜登]走。[部长]留。[特朗普]胜。",
            "but not four: those that weigh most",
        ),
        (
            "普京|来。|拜登|走。|普京|与|拜登|。|部长|。",
            "[普京]与[拜登]。[部长]。",
            "of equal ones the fewest sentences",
        ),
        ("拜登|来。|拜登|走。", "[拜登]来。", "of equal ones the first"),
        ("没有|什么。|别的。", "没有什么。", "the first sentence where nothing matches"),
        ("没有|什么", "没有什么", "also where it has no end"),
        ("国防部长|来。|无关。", "国防[部长]来。", "parts of longer words are marked"),
        ("部长|与|国防部长|谈。", "[部长]与国防[部长]谈。", "beside the word itself, too"),
        ("说|。。。|普京|来。", "[普京]来。", "closing marks belong to the sentence before"),
    ],
)
def test_the_sentences_that_are_shown(body: str, expected: str, why: str) -> None:
    assert cut(("要闻", body)) == [[expected]], why


def test_titles_are_shown_where_they_match() -> None:
    assert cut(("普京|来了", "拜登|走了。")) == [["#[普京]来了", "[拜登]走了。"]]
    assert cut(("普京|来了", "")) == [["#[普京]来了"]]
    assert cut(("要闻", "")) == [[]]
    assert cut(("普京", "别的。|还有。")) == [["#[普京]", "别的。"]]


def test_each_document_has_its_own_snippets() -> None:
    documents = [
        ("普京", "无关。|拜登|走了"),
        ("要闻", ""),
        ("要闻", "一。|普京|来了。"),
        ("拜登", ""),
    ]
    expected = [["#[普京]", "[拜登]走了"], [], ["[普京]来了。"], ["#[拜登]"]]
    assert cut(*documents) == expected
    assert cut(*reversed(documents)) == expected[::-1]


def test_sentences_too_far_apart_are_not_shown_together() -> None:
    def body(between: int) -> str:
        return f"普京|来。|{'啊' * (between - 1)}。|拜登|走。"

    # Two sentences of four characters around it.
    near, far = cut(("", body(MAX_LENGTH - 8)), ("", body(MAX_LENGTH - 7)))
    assert near == [f"[普京]来。{'啊' * (MAX_LENGTH - 9)}。[拜登]走。"]
    assert far == ["[拜登]走。"]


def test_a_long_sentence_is_cut_around_the_first_match() -> None:
    filler = "，".join(["九个字以后有个逗号"] * 30)
    (snippets,) = cut(("", f"{filler}|，|普京|来了|，|{filler}。"))
    (snippet,) = snippets
    text = snippet.replace("[", "").replace("]", "")
    assert "，[普京]来了，" in snippet
    assert MAX_LENGTH / 2 < len(text) <= MAX_LENGTH
    assert text.startswith("九个字")
    assert text.endswith("逗号")
    # The match is not at the very end: what follows it is shown, too.
    assert text.index("普京") <= MAX_LENGTH / 3


def test_without_punctuation_it_is_cut_anywhere_but_in_a_match() -> None:
    (snippets,) = cut(("", f"{'啊' * 200}|普京|{'啊' * 200}"))
    (snippet,) = snippets
    assert snippet.count("啊") == MAX_LENGTH - 2
    assert snippet.index("[普京]") == MAX_LENGTH // 6
    for length in range(MAX_LENGTH - 4, MAX_LENGTH + 3):
        string = Pattern("普京在此", ANYWHERE, False, 0, 1.0)
        (snippets,) = shown([string], ("", f"普京在此|{'啊' * (length - 4)}|普京在此|{'啊' * 99}"))
        # Either whole or not at all.
        assert snippets[0].count("普") == snippets[0].count("此") == snippets[0].count("["), length


def test_a_match_that_is_longer_than_a_snippet() -> None:
    string = Pattern("普" * 150, ANYWHERE, False, 0, 1.0)
    (snippets,) = shown([string], ("", f"{'啊' * 10}|{'普' * 150}|{'啊' * 10}"))
    (snippet,) = snippets
    assert f"[{'普' * 150}]" in snippet


def test_the_longest_of_overlapping_matches_is_marked() -> None:
    patterns = [
        Pattern("会晤普", ANYWHERE, False, 0, 1.0),
        Pattern("普京", ANYWHERE, False, 1, 1.0),
        Pattern("京会", ANYWHERE, False, 2, 1.0),
    ]
    assert shown(patterns, ("", "会晤普京会谈"))[0] == ["[会晤普][京会]谈"]


def test_spans_are_in_characters() -> None:
    assert cut(("😀|普京|😀", "𠮷|普京|😀|拜登|。")) == [["#😀[普京]😀", "𠮷[普京]😀[拜登]。"]]


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ([], []),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(2, 4), (0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 2), (1, 4)], [(1, 4)]),
        ([(0, 3), (1, 2)], [(0, 3)]),
        ([(0, 2), (1, 3)], [(0, 2)]),
        ([(0, 2), (1, 3), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 3), (2, 6), (5, 8)], [(2, 6)]),
    ],
)
def test_merging_spans(spans: list[tuple[int, int]], merged: list[tuple[int, int]]) -> None:
    assert merge_spans(spans) == merged


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
            as_indexed(random_text(chance, 8)).replace("\n", " "),
            as_indexed(random_text(chance, 60)),
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
        if not cleaned(string).strip() or set(string) & set('"“”＂'):
            continue
        for hit in index.search(f'"{string}"', limit=3):
            spans = marked(hit.snippets)
            assert spans, string
            assert fold(cleaned(string)) in [fold(span) for span in spans], string


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
