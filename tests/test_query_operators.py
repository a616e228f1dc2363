"""Operators that people know from other engines: how they are read, and the notes on the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.query.operators import MAX_NEAR_DISTANCE, MAX_NEAR_WORDS
from searcher.query.parser import MAX_LENGTH, parse
from searcher.query.syntax import And, Dates, Literal, Near, Node, Not, Prefix, Words

BIDEN_PUTIN = Near(("拜登", "普京"), 20)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        # An exclamation mark negates like a minus: only where a word begins.
        ("拜登 !普京", And((Words("拜登"), Not(Words("普京"))))),
        ("拜登 ！普京", And((Words("拜登"), Not(Words("普京"))))),
        ('拜登 !"普京"', And((Words("拜登"), Not(Literal("普京"))))),
        ("拜登!普京", Words("拜登!普京")),
        ("重磅！ 普京", And((Words("重磅!"), Words("普京")))),
        ("重磅 ！！！", Words("重磅")),
        ('"拜登"!普京', And((Literal("拜登"), Words("普京")))),
        ("!!普京", Words("普京")),
        # Other names of fields.
        ("intitle:普京", Words("普京", "title")),
        ("tag:国际", Words("国际", "category")),
        ("标签：国际", Words("国际", "category")),
        ("site:cctv.com", Words("cctv.com", "site")),
        ("site:https://news.cctv.com/2021/", Words("news.cctv.com", "site")),
        ("site:*.cctv.com", Words("cctv.com", "site")),
        ("网站：新华网", Words("新华网", "site")),
        ("path:2021/12", Words("2021/12", "path")),
        ("path:a?b~2", Words("a?b~2", "path")),
        # After: that day or later. Before: earlier than that day, month or year.
        ("after:2021-12-05", Dates(date(2021, 12, 5), None)),
        ("after:2021-12", Dates(date(2021, 12, 1), None)),
        ("before:2021-12-05", Dates(None, date(2021, 12, 4))),
        ("before:2021-12", Dates(None, date(2021, 11, 30))),
        ("before:2021", Dates(None, date(2020, 12, 31))),
        # Strings near each other.
        ('"拜登 普京"~20', BIDEN_PUTIN),
        ("“拜登　普京”～２０", BIDEN_PUTIN),
        ('-"拜登 普京"~20 会谈', And((Not(BIDEN_PUTIN), Words("会谈")))),
        ('title:"拜登 普京"~3', Near(("拜登", "普京"), 3, "title")),
        ('"拜登 普京 拜登"~3', Near(("拜登", "普京"), 3)),
        ('"拜登 普京"~20会谈', And((BIDEN_PUTIN, Words("会谈")))),
        ('"a b"~' + "9" * 3000, Near(("a", "b"), MAX_NEAR_DISTANCE)),
        ('"a b"~' + "0" * 3000 + "7", Near(("a", "b"), 7)),
        # One character for each question mark; elsewhere it is punctuation.
        ("普?", Prefix("普", None, 1)),
        ("普??", Prefix("普", None, 2)),
        ("title:普?", Prefix("普", "title", 1)),
        ("F-3?", Prefix("F-3", None, 1)),
        ("普京？", Words("普京？")),
        ("普京为什么辞职?", Words("普京为什么辞职?")),
        ("谁赢了?", Words("谁赢了?")),
        ("https://example.com/a?b=1", Words("https://example.com/a?b=1")),
        # Text that only looks like an operator.
        ("10~20", Words("10~20")),
        ("10^9", Words("10^9")),
        ("WHO：全球疫情", Words("WHO:全球疫情")),
        ("微博：普京", Words("微博:普京")),
        ("12:30", Words("12:30")),
        ("http://example.com", Words("http://example.com")),
        ("near", Words("near")),
    ],
)
def test_it_is_understood(query: str, tree: Node) -> None:
    assert parse(query) == (tree, ())
    assert parse(str(tree)) == (tree, ())


@pytest.mark.parametrize(
    ("query", "canonical", "named", "hint"),
    [
        ("普京~2", "普京", "~2 ", '"拜登 普京"~20'),
        ("普京~", "普京", "~ ", '"拜登 普京"~20'),
        ("F-35~0.8", "F-35", "~0.8 ", '"拜登 普京"~20'),
        ("普京^2", "普京", "^2 ", ""),
        ("(拜登 普京)^2", "拜登 普京", "^2 ", ""),
        ('"拜登 普京" ~20', '"拜登 普京" ~20', "~20 ", '"拜登 普京"~20'),
        ('"拜登 普京"~', '"拜登 普京"', "~ ", '"拜登 普京"~20'),
        ('"普京"~20', '"普京"', "~20 ", "two words"),
        ('author:"甲 乙"~3', 'author:"甲 乙"', "~3 ", "title"),
        ('""~3', None, "empty quotes", ""),
        ("普?京", "普?京", "? ", "end of a word"),
        ("titel:普京", "titel:普京", "titel:", "did you mean title:?"),
        ("Titel:普京", "Titel:普京", "Titel:", "did you mean title:?"),
        ("filetype:pdf", "filetype:pdf", "filetype:", "fields: title, author"),
        ("普京 AROUND(5) 拜登", "普京 AROUND 5 拜登", "AROUND ", '"拜登 普京"~20'),
        ("普京 NEAR/5 拜登", "普京 NEAR/5 拜登", "NEAR/5 ", '"拜登 普京"~20'),
        ("before:0001", "before:0001", "no day is before", ""),
        ("before:..2021", "before:..2021", "before:", ""),
    ],
)
def test_a_note_names_what_is_not_understood(
    query: str, canonical: str | None, named: str, hint: str
) -> None:
    tree, notes = parse(query)
    assert (tree and str(tree)) == canonical
    assert notes[0].startswith(("no field is called " + named[:-1], named))
    assert hint in notes[0]
    assert len(notes[0].splitlines()) == 1


def test_no_more_than_a_few_words_are_near_each_other() -> None:
    tree, notes = parse('"' + " ".join(f"w{n}" for n in range(100)) + '"~5')
    assert tree == Near(tuple(f"w{n}" for n in range(MAX_NEAR_WORDS)), 5)
    assert str(MAX_NEAR_WORDS) in notes[0]


@given(st.text('ab普京 !?~^*"“”()|:：～？0129-/.titlesite', max_size=40))
def test_the_canonical_query_means_the_same(query: str) -> None:
    tree = parse(query).tree
    if tree is not None:
        assert parse(str(tree)).tree == tree


@pytest.mark.parametrize("piece", ["~1", "^1", "?", "!", "a?", "a~1 ", '"a b"~1', "!a ", "x:", "~"])
def test_time_is_linear(piece: str) -> None:
    long, short = ((piece * MAX_LENGTH)[:size] for size in (MAX_LENGTH, MAX_LENGTH // 8))
    assert cpu_time(lambda: parse(long)) < 40 * cpu_time(lambda: parse(short)) + 0.01
