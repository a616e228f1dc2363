"""The syntax tree: its canonical query is read back as the same tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.query.parser import parse
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
