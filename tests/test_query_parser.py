import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_NOTES, parse
from searcher.query.syntax import (
    All,
    And,
    Dates,
    Field,
    Literal,
    Node,
    Not,
    Or,
    Prefix,
    Words,
)

A, B, C = Words("a"), Words("b"), Words("c")
YEAR_2021 = Dates(date(2021, 1, 1), date(2021, 12, 31))


def same(*parts: Node) -> And:
    return And(parts)


def either(*parts: Node) -> Or:
    return Or(parts)


# Queries that mean what they say: no notes.
@pytest.mark.parametrize(
    ("query", "tree"),
    [
        # A space means and; a run is not cut any further.
        ("普京", Words("普京")),
        ("拜登 普京", same(Words("拜登"), Words("普京"))),
        ("　拜登　普京\n", same(Words("拜登"), Words("普京"))),
        ("乔·拜登 17.5万", same(Words("乔·拜登"), Words("17.5万"))),
        ("拜登、普京", Words("拜登、普京")),
        ("a ， b", same(A, B)),
        ("a AND b", same(A, B)),
        # Ideographs that Unicode's tables do not have, or not yet.
        ("\ue000 \U000323af", same(Words("\ue000"), Words("\U000323af"))),
        # Or, and how it binds.
        ("a OR b", either(A, B)),
        ("a|b", either(A, B)),
        ("a || b", either(A, B)),
        ("a b OR c", either(same(A, B), C)),
        ("a (b OR c)", same(A, either(B, C))),
        ("a OR (b OR c)", either(A, B, C)),
        ("a (b c)", same(A, B, C)),
        ("((a))", A),
        ("a(b)c", same(A, B, C)),
        # Only upper case is an operator, only as a whole run.
        ("a or b", same(A, Words("or"), B)),
        ("或 和 非", same(Words("或"), Words("和"), Words("非"))),
        ("ORACLE 拜登OR普京", same(Words("ORACLE"), Words("拜登OR普京"))),
        # Negation: a minus counts only where a word begins.
        ("a -b", same(A, Not(B))),
        ("a NOT b", same(A, Not(B))),
        ("a -(b c)", same(A, Not(same(B, C)))),
        ('a -"b c"', same(A, Not(Literal("b c")))),
        ("NOT(a) b", same(Not(A), B)),
        ("a|-b", either(A, same(All(), Not(B)))),
        ("F-35 COVID-19", same(Words("F-35"), Words("COVID-19"))),
        ("2021-12-05 SK-II", same(Words("2021-12-05"), Words("SK-II"))),
        ("“a”-b", same(Literal("a"), B)),
        ("--a", A),
        # Negations alone take away from everything.
        ("-a", same(All(), Not(A))),
        ("-a -b", same(All(), Not(A), Not(B))),
        ("a (-b)", same(A, Not(B))),
        ("NOT NOT a", A),
        ("-(-a)", A),
        ("NOT -a b", same(A, B)),
        ("-(-a -b)", same(All(), Not(same(All(), Not(A), Not(B))))),
        # Quotes; what is inside is kept as typed.
        ('"视频通话"', Literal("视频通话")),
        ("“a”「b」『c』《长津湖》", same(*map(Literal, ("a", "b", "c", "长津湖")))),
        ("＂a＂", Literal("a")),
        ("电影《长津湖》票房", same(Words("电影"), Literal("长津湖"), Words("票房"))),
        ('"ａ：（b） -c*  OR"', Literal("ａ：（b） -c*  OR")),
        ('“他说"好"”', Literal('他说"好"')),
        ("《关于“一带一路”》", Literal("关于“一带一路”")),
        ('"，"', Literal("，")),
        # Input methods mix the quotes up.
        ("“a“", Literal("a")),
        ("”a”", Literal("a")),
        ('“a"', Literal("a")),
        ('"a”', Literal("a")),
        # Prefixes, and the star alone.
        ("新冠*", Prefix("新冠")),
        ("-新冠＊ a", same(Not(Prefix("新冠")), A)),
        ("*", All()),
        (" ＊ ", All()),
        # Fields.
        ("title:a", Words("a", "title")),
        ("TITLE:a", Words("a", "title")),
        ("标题：a 標題：b", same(Words("a", "title"), Words("b", "title"))),
        ("作者：a author:b", same(Words("a", "author"), Words("b", "author"))),
        ("分类：a category:b", same(Words("a", "category"), Words("b", "category"))),
        ("来源：a source:b", same(Words("a", "source"), Words("b", "source"))),
        ("标题：　a b", same(Words("a", "title"), B)),
        ("-title:a b", same(Not(Words("a", "title")), B)),
        ('title:"a b"', Literal("a b", "title")),
        ("来源：《求是》", Literal("求是", "source")),
        ("title:a*", Prefix("a", "title")),
        ("title:(a OR b)", either(Words("a", "title"), Words("b", "title"))),
        ("Title:(a)", Words("a", "title")),
        ("title:(a author:b)", same(Words("a", "title"), Words("b", "author"))),
        ("title:http://x", Words("http://x", "title")),
        ("title:OR", Words("OR", "title")),
        # A colon after anything else is a colon.
        ("http://x 12:30", same(Words("http://x"), Words("12:30"))),
        ("微博：普京", Words("微博:普京")),
        (":a", Words(":a")),
        # Dates.
        ("date:2021", YEAR_2021),
        ("日期：２０２１", YEAR_2021),
        ("date: 2021", YEAR_2021),
        ('date:"２０２１年"', YEAR_2021),
        ("date:2021-01..2021-12", YEAR_2021),
        ("date:..2021", Dates(None, date(2021, 12, 31))),
        ("since:2021-12", Dates(date(2021, 12, 1), None)),
        ("until:2021-02", Dates(None, date(2021, 2, 28))),
        ("-date:2021 a", same(Not(YEAR_2021), A)),
        ("date:(2021 OR ..2020)", either(YEAR_2021, Dates(None, date(2020, 12, 31)))),
        # Full width is half width.
        ("ａ　－ｂ", same(Words("a"), Not(Words("b")))),
        ("（a｜b）　c", same(either(A, B), C)),
        ("a ＯＲ b", either(A, B)),
        ("a！", Words("a!")),
    ],
)
def test_a_query_means(query: str, tree: Node) -> None:
    assert parse(query) == (tree, ())


# Slips: read as plain words, and told.
@pytest.mark.parametrize(
    ("query", "tree", "note"),
    [
        ('5" a', same(Words("5"), A), "unbalanced quote: read as plain words"),
        ("“a b", same(A, B), "unbalanced quote: read as plain words"),
        ("a」 b", same(A, B), "unbalanced quote: read as plain words"),
        ("(a b", same(A, B), "unbalanced bracket: read as plain words"),
        ("a） b", same(A, B), "unbalanced bracket: read as plain words"),
        (")a(", A, "unbalanced bracket: read as plain words"),
        ('a ""', A, "empty quotes: ignored"),
        ("OR", Words("OR"), "lone OR: read as plain words"),
        ("a OR", same(A, Words("OR")), "lone OR: read as plain words"),
        ("(a AND)", same(A, Words("AND")), "lone AND: read as plain words"),
        ("a OR OR b", either(A, same(Words("OR"), B)), "lone OR: read as plain words"),
        (
            "title:(OR a)",
            same(Words("OR", "title"), Words("a", "title")),
            "lone OR: read as plain words",
        ),
        ("a NOT", same(A, Words("NOT")), "lone NOT: read as plain words"),
        ("a NOT | b", either(same(A, Words("NOT")), B), "lone NOT: read as plain words"),
        ("| a", A, "lone |: read as plain words"),
        ("a - b", same(A, B), "lone -: ignored"),
        ("-() a", A, "lone -: read as plain words"),
        ("-* a", A, "lone *: ignored"),
        ("a *", A, "lone *: ignored"),
        ("*a", Words("*a"), "* works only at the end of a word: read as plain words"),
        ("a*b*", Words("a*b*"), "* works only at the end of a word: read as plain words"),
        ("title:", Words("title"), "title: has no value; read as plain words"),
        ("标题： OR b", either(Words("标题"), B), "标题: has no value; read as plain words"),
        (
            "title: author:a",
            same(Words("title"), Words("a", "author")),
            "title: has no value; read as plain words",
        ),
        (
            "title:(author:)",
            Words("author", "title"),
            "author: has no value; read as plain words",
        ),
        ("-title:： a", same(Not(Words("title")), A), "title: has no value; read as plain words"),
        ("date:昏", Words("date:昏"), "date not understood: '昏'; read as plain words"),
        ('date:"昏"', Literal("昏"), "date not understood: '昏'; read as plain words"),
        (
            "date:2021-02-30",
            Words("date:2021-02-30"),
            "no such date: 2021-02-30; read as plain words",
        ),
        ("since:..2021", Words("since:..2021"), "since: has no date; read as plain words"),
        (
            "date:2021-12..2021-01",
            YEAR_2021,
            "range with its later date first: read the other way round",
        ),
    ],
)
def test_a_slip_is_read_as_plain_words_with_a_note(query: str, tree: Node, note: str) -> None:
    parsed = parse(query)
    assert parsed.tree == tree
    assert note in parsed.notes


def test_relative_dates_start_from_the_given_day() -> None:
    assert parse("date:昨天", today=date(2022, 1, 1)).tree == Dates(
        date(2021, 12, 31), date(2021, 12, 31)
    )


@pytest.mark.parametrize("query", ["", "  　\n", "，。！", "()", '""', "-", "|", "_", "( * )", "“"])
def test_nothing_to_search_for(query: str) -> None:
    parsed = parse(query)
    assert parsed.tree is None
    assert parsed.notes[-1].startswith("nothing to search for")


# Limits


def test_brackets_nest_up_to_the_limit() -> None:
    def nested(depth: int) -> str:
        return "a (" * depth + "b OR c" + ")" * depth

    assert parse(nested(MAX_DEPTH)) == (And((*[A] * MAX_DEPTH, Or((B, C)))), ())
    tree, notes = parse(nested(MAX_DEPTH + 1))
    assert notes == (f"brackets deeper than {MAX_DEPTH}: the inner part is read as words",)
    assert tree == And((*[A] * (MAX_DEPTH + 1), B, Words("OR"), C))


def test_words_beyond_the_limit_are_cut() -> None:
    full = " ".join(["a"] * MAX_CLAUSES)
    assert parse(full) == (And((A,) * MAX_CLAUSES), ())
    for rest in ("b", "OR -b", "OR (b | NOT title:c) NOT", "title:b AND title: |", "OR"):
        tree, notes = parse(f"{full} {rest}")
        assert tree == And((A,) * MAX_CLAUSES)
        assert f"long query: only its first {MAX_CLAUSES} words are read" in notes
        assert len(notes) == 1 or rest == "OR"


def test_characters_beyond_the_limit_are_cut() -> None:
    assert parse("a" * MAX_LENGTH).notes == ()
    tree, notes = parse("a" * (MAX_LENGTH + 1))
    assert tree == Words("a" * MAX_LENGTH)
    assert notes == (f"long query: only its first {MAX_LENGTH} characters are read",)


def test_notes_are_few() -> None:
    assert len(parse(" ".join(f"date:x{n}" for n in range(100))).notes) == MAX_NOTES


@pytest.mark.parametrize(
    "query",
    [
        *("(" * 10_000, "(" * 2_000 + ")" * 2_000, ")(" * 5_000, "(a " * 1_000 + ")" * 1_000),
        *('"' * 1_000_000, "“" * 1_000_000, "《「『" * 300_000, "“”" * 500_000, "『" * 4_096),
        *("-" * 4_096, "- " * 2_048, "NOT " * 1_024, "OR " * 1_365, "a|" * 2_048, "-(" * 2_048),
        *("title:" * 682, "date:x " * 585, "date:" + "1" * 4_000, "date:" + "." * 4_000),
        *(" " * 1_000_000, "a " * 2_047 + "(", " " * 4_000 + "*", "*" * 4_096, "\ud800" * 4_096),
    ],
    ids=lambda query: ascii(query[:6]),
)
def test_nasty_input_takes_no_time(query: str) -> None:
    start = time.perf_counter()
    str(parse(query).tree)
    assert time.perf_counter() - start < 0.2


# Laws

SYNTAX = 'ab普5 　-－:：()（）|｜*＊"“”「」『』《》＂！.,_\n'
SNIPPETS = [
    *SYNTAX,
    "OR",
    "AND",
    "NOT",
    "title:",
    "来源：",
    "date:",
    "since:",
    "2021",
    "2020..",
    "\ud800",
]
QUERIES = st.text() | st.lists(st.sampled_from(SNIPPETS)).map("".join)


@given(QUERIES)
def test_parsing_never_raises_and_its_tree_is_canonical(query: str) -> None:
    tree, notes = parse(query)
    assert all(note.isprintable() for note in notes)
    if tree is None:
        assert notes
    else:
        str(tree).encode()  # no half of a surrogate pair
        assert parse(str(tree)).tree == tree


FIELDS: st.SearchStrategy[Field] = st.sampled_from([None, "title", "author", "category", "source"])
WORDS = st.text("拜登普京aZ5０·.,，", min_size=1).filter(
    lambda text: any(map(str.isalnum, text))
).map(lambda text: text.replace("０", "0").replace("，", ",")) | st.sampled_from(
    ["OR", "AND", "NOT", "F-35", "12:30", "http://x", "a*b", "*a", "title", "date:x", "#a#", ":a"]
)
QUOTED = st.text(min_size=1).filter(
    lambda text: text.strip() and '"' not in text and "＂" not in text
)
LEAVES: st.SearchStrategy[Node] = (
    st.builds(Words, WORDS, FIELDS)
    | st.builds(Literal, QUOTED | st.sampled_from(["“a", '"a"', "＂a", "（：－Ａ"]), FIELDS)
    | st.builds(Prefix, WORDS.filter(lambda text: "*" not in text and text != "date:x"), FIELDS)
    | st.builds(lambda days: Dates(*sorted(days)), st.tuples(st.dates(), st.dates()))
    | st.builds(Dates, st.dates(), st.none())
    | st.builds(Dates, st.none(), st.dates())
)


def lists(nodes: st.SearchStrategy[Node], size: int = 2) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(nodes, min_size=size, max_size=4).map(tuple)


def deeper(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Canonical trees of canonical parts."""
    alternatives = nodes.filter(lambda node: not isinstance(node, Or))
    joined = nodes.filter(lambda node: not isinstance(node, And))
    negated = nodes.filter(
        lambda node: not (isinstance(node, And) and node.parts[0] == All() and len(node.parts) == 2)
    ).map(Not)
    return (
        lists(alternatives).map(Or)
        | st.tuples(joined, lists(joined | negated, 1)).map(
            lambda parts: And((parts[0], *parts[1]))
        )
        | lists(negated, 1).map(lambda parts: And((All(), *parts)))
    )


@given(st.recursive(LEAVES, deeper, max_leaves=12))
def test_the_canonical_query_of_a_tree_is_read_as_that_tree(tree: Node) -> None:
    assert parse(str(tree)).tree == tree


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("＊", "*"),
        ("NOT a AND NOT b", "-a -b"),
        ("((a AND b) | (c))", "a b OR c"),
        ("a (OR) b", "a (OR) b"),
        ("标题：（a｜b） c", "(title:a OR title:b) c"),
        ("《a》", '"a"'),
        ('「"a"」', '“"a"”'),
        ("日期：２０２１年１２月～", "date:2021-12-01.."),
        ("until:2021", "date:..2021-12-31"),
        ("date:2021/12/5", "date:2021-12-05"),
    ],
)
def test_the_canonical_query_is_plain(query: str, canonical: str) -> None:
    tree = parse(query).tree
    assert str(tree) == canonical
    assert parse(canonical).tree == tree


FULL_WIDTH = {**{code: code + 0xFEE0 for code in range(0x21, 0x7F)}, 0x20: 0x3000}


@given(
    st.lists(st.sampled_from([s for s in SNIPPETS if s not in '"“”「」『』《》＂'])).map("".join)
)
def test_full_width_is_read_as_half_width(query: str) -> None:
    assert parse(query.translate(FULL_WIDTH)) == parse(query)


@given(st.text("ab5 　\n普京·-.,_AO", max_size=20))
def test_the_fast_path_reads_what_the_slow_one_does(query: str) -> None:
    # Empty brackets mean nothing but are no plain word.
    assert parse(query).tree == parse(f"{query} ()").tree
