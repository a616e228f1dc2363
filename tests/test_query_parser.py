"""The query parser: the tree and the notes of every kind of query, limits, and hostile input."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timing import cpu_time

from searcher.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_NOTES, parse
from searcher.query.syntax import (
    All,
    And,
    Dates,
    Literal,
    Node,
    Not,
    Or,
    Prefix,
    Words,
)

A, B, C = Words("a"), Words("b"), Words("c")
YEAR_2021 = Dates(date(2021, 1, 1), date(2021, 12, 31))


def both(*parts: Node) -> And:
    return And(parts)


def either(*parts: Node) -> Or:
    return Or(parts)


# Queries without notes


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        # A space means and; a text without one is not segmented.
        ("普京", Words("普京")),
        ("拜登 普京", both(Words("拜登"), Words("普京"))),
        ("　拜登　普京\n", both(Words("拜登"), Words("普京"))),
        ("乔·拜登 17.5万", both(Words("乔·拜登"), Words("17.5万"))),
        ("拜登、普京", Words("拜登、普京")),
        ("a ， b", both(A, B)),
        ("a AND b", both(A, B)),
        # Ideographs that Unicode's tables do not have, or not yet.
        ("\ue000 \U000323af", both(Words("\ue000"), Words("\U000323af"))),
        # Or, and how it binds.
        ("a OR b", either(A, B)),
        ("a|b", either(A, B)),
        ("a || b", either(A, B)),
        ("a b OR c", either(both(A, B), C)),
        ("a (b OR c)", both(A, either(B, C))),
        ("a OR (b OR c)", either(A, B, C)),
        ("a (b c)", both(A, B, C)),
        ("((a))", A),
        ("a(b)c", both(A, B, C)),
        # Only upper case is an operator, only as a whole run.
        ("a or b", both(A, Words("or"), B)),
        ("或 和 非", both(Words("或"), Words("和"), Words("非"))),
        ("ORACLE 拜登OR普京", both(Words("ORACLE"), Words("拜登OR普京"))),
        # Negation: a minus counts only where a word begins.
        ("a -b", both(A, Not(B))),
        ("a NOT b", both(A, Not(B))),
        ("a -(b c)", both(A, Not(both(B, C)))),
        ('a -"b c"', both(A, Not(Literal("b c")))),
        ("NOT(a) b", both(Not(A), B)),
        ("a|-b", either(A, both(All(), Not(B)))),
        ("F-35 COVID-19", both(Words("F-35"), Words("COVID-19"))),
        ("2021-12-05 SK-II", both(Words("2021-12-05"), Words("SK-II"))),
        ("“a”-b", both(Literal("a"), B)),
        ("--a", A),
        # Negations alone take away from everything.
        ("-a", both(All(), Not(A))),
        ("-a -b", both(All(), Not(A), Not(B))),
        ("a (-b)", both(A, Not(B))),
        ("NOT NOT a", A),
        ("-(-a)", A),
        ("NOT -a b", both(A, B)),
        ("-(-a -b)", both(All(), Not(both(All(), Not(A), Not(B))))),
        # Quotes; what is inside is kept as typed.
        ('"视频通话"', Literal("视频通话")),
        ("“a”「b」『c』《长津湖》", both(*map(Literal, ("a", "b", "c", "长津湖")))),
        ("＂a＂", Literal("a")),
        ("电影《长津湖》票房", both(Words("电影"), Literal("长津湖"), Words("票房"))),
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
        ("-新冠＊ a", both(Not(Prefix("新冠")), A)),
        ("*", All()),
        (" ＊ ", All()),
        # Fields.
        ("title:a", Words("a", "title")),
        ("TITLE:a", Words("a", "title")),
        ("标题：a 標題：b", both(Words("a", "title"), Words("b", "title"))),
        ("作者：a author:b", both(Words("a", "author"), Words("b", "author"))),
        ("分类：a category:b", both(Words("a", "category"), Words("b", "category"))),
        ("来源：a source:b", both(Words("a", "source"), Words("b", "source"))),
        ("标题：　a b", both(Words("a", "title"), B)),
        ("-title:a b", both(Not(Words("a", "title")), B)),
        ('title:"a b"', Literal("a b", "title")),
        ("来源：《求是》", Literal("求是", "source")),
        ("title:a*", Prefix("a", "title")),
        ("title:(a OR b)", either(Words("a", "title"), Words("b", "title"))),
        ("Title:(a)", Words("a", "title")),
        ("title:(a author:b)", both(Words("a", "title"), Words("b", "author"))),
        (
            "title:(a (b OR c)) b",
            both(Words("a", "title"), either(Words("b", "title"), Words("c", "title")), B),
        ),
        ("title:http://x", Words("http://x", "title")),
        ("title:OR", Words("OR", "title")),
        # A colon after anything else is a colon.
        ("http://x 12:30", both(Words("http://x"), Words("12:30"))),
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
        ("-date:2021 a", both(Not(YEAR_2021), A)),
        ("date:(2021 OR ..2020)", either(YEAR_2021, Dates(None, date(2020, 12, 31)))),
        # Full width is half width.
        ("ａ　－ｂ", both(Words("a"), Not(Words("b")))),
        ("（a｜b）　c", both(either(A, B), C)),
        ("a ＯＲ b", either(A, B)),
        ("a！ ～a", both(Words("a!"), Words("～a"))),
    ],
)
def test_a_query_means(query: str, tree: Node) -> None:
    assert parse(query) == (tree, ())


# Queries with notes


@pytest.mark.parametrize(
    ("query", "tree", "note"),
    [
        ('5" a', both(Words("5"), A), "unbalanced quote: read as plain words"),
        ("“a b", both(A, B), "unbalanced quote: read as plain words"),
        ("a」 b", both(A, B), "unbalanced quote: read as plain words"),
        ('《a" b', both(A, B), "unbalanced quote: read as plain words"),
        ("「a」『b", both(Literal("a"), B), "unbalanced quote: read as plain words"),
        ("(a b", both(A, B), "unbalanced bracket: read as plain words"),
        ("a） b", both(A, B), "unbalanced bracket: read as plain words"),
        (")a(", A, "unbalanced bracket: read as plain words"),
        ('a ""', A, "empty quotes: ignored"),
        ("OR", Words("OR"), "lone OR: read as plain words"),
        ("a OR", both(A, Words("OR")), "lone OR: read as plain words"),
        ("(a AND)", both(A, Words("AND")), "lone AND: read as plain words"),
        ("a OR OR b", either(A, both(Words("OR"), B)), "lone OR: read as plain words"),
        (
            "title:(OR a)",
            both(Words("OR", "title"), Words("a", "title")),
            "lone OR: read as plain words",
        ),
        ("a NOT", both(A, Words("NOT")), "lone NOT: read as plain words"),
        ("a NOT | b", either(both(A, Words("NOT")), B), "lone NOT: read as plain words"),
        ("| a", A, "lone |: read as plain words"),
        ("a - b", both(A, B), "lone -: ignored"),
        ("-() a", A, "lone -: read as plain words"),
        ("-* a", A, "lone *: ignored"),
        ("a *", A, "lone *: ignored"),
        ("*a", Words("*a"), "* works only at the end of a word: read as plain words"),
        ("a*b*", Words("a*b*"), "* works only at the end of a word: read as plain words"),
        ("title:", Words("title"), "title: has no value; read as plain words"),
        ("标题： OR b", either(Words("标题"), B), "标题: has no value; read as plain words"),
        (
            "title: author:a",
            both(Words("title"), Words("a", "author")),
            "title: has no value; read as plain words",
        ),
        (
            "title:(author:)",
            Words("author", "title"),
            "author: has no value; read as plain words",
        ),
        ("-title:： a", both(Not(Words("title")), A), "title: has no value; read as plain words"),
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
def test_what_does_not_fit_is_read_as_plain_words_with_a_note(
    query: str, tree: Node, note: str
) -> None:
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
    tree, _ = parse("a (" * MAX_DEPTH + "-(b c)" + ")" * MAX_DEPTH)
    assert tree == And((*[A] * MAX_DEPTH, Not(B), C)), "the minus belongs to b alone"
    tree, _ = parse("a (" * MAX_DEPTH + '("b c" title:d)' + ")" * MAX_DEPTH)
    assert tree == And((*[A] * MAX_DEPTH, Literal("b c"), Words("d", "title")))


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


@pytest.fixture(scope="module")
def ordinary() -> float:
    """The CPU time of an ordinary query as long as is read."""
    query = f"标题：{'a' * 30} -(b OR “c”) " * (MAX_CLAUSES // 3)
    assert parse(query).notes == ()
    return cpu_time(lambda: str(parse(query).tree))


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
def test_hostile_input_takes_as_long_as_other_input(query: str, ordinary: float) -> None:
    # A loop over the rest of the query for each token would take several hundred times as long.
    assert cpu_time(lambda: str(parse(query).tree)) < 50 * ordinary


# Properties

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
