"""The public names: what ``searcher`` exports, and the small things that users build with."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from console import environment
from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS, article, build, index_of

import searcher
from searcher import (
    Article,
    Index,
    Problem,
    QueryError,
    TermFrequency,
    analyse,
    errors,
    fold,
    open_index,
    quote,
    read_articles,
)
from searcher.query.parser import MAX_LENGTH, parse
from searcher.query.syntax import Literal

PUBLIC = {name: getattr(searcher, name) for name in searcher.__all__}


def test_all_names_are_there() -> None:
    assert dir(searcher) == sorted(searcher.__all__)
    assert not [name for name, value in PUBLIC.items() if value is None]
    with pytest.raises(AttributeError, match="no attribute 'serch'"):
        searcher.serch  # noqa: B018 - asking is the test


def test_all_types_that_the_api_returns_are_public() -> None:
    others = {"datetime": datetime, "Any": Any, "WhooshIndex": Any}
    for name, value in PUBLIC.items():
        functions = [value] if inspect.isfunction(value) else []
        if inspect.isclass(value):
            functions = [f for n, f in vars(value).items() if n[0] != "_" and inspect.isfunction(f)]
            # Fields of data; a name that is not public cannot be found among these.
            if value.__module__ == "searcher.results":
                get_type_hints(value, {**PUBLIC, **others})
        for function in functions:
            function = inspect.unwrap(function)
            returned = {"return": function.__annotations__.get("return")}
            if isinstance(returned["return"], str):
                holder = type(name, (), {"__annotations__": returned})
                iterators = {"Iterator": list, "Sequence": list, "Mapping": dict}
                get_type_hints(holder, {**PUBLIC, **others, **iterators})


def test_errors_have_old_names_for_one_version() -> None:
    for old, new in {
        "IndexMissing": "IndexNotFoundError",
        "IndexInvalid": "IndexInvalidError",
        "IndexOutdated": "IndexOutdatedError",
        "IndexLocked": "IndexLockedError",
    }.items():
        assert getattr(searcher, old) is getattr(errors, old) is getattr(searcher, new)
        assert old not in searcher.__all__


def test_the_tree_of_errors_is_drawn_at_the_top() -> None:
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    classes -= {"IndexMissing", "IndexInvalid", "IndexOutdated", "IndexLocked"}
    assert errors.__doc__
    drawn = {
        line.lstrip("├└│─ ").split()[0] for line in errors.__doc__.splitlines() if "Error" in line
    }
    assert drawn == classes
    assert all(issubclass(getattr(errors, name), searcher.SearcherError) for name in classes)
    assert all(name.endswith("Error") for name in classes)
    assert classes <= PUBLIC.keys()


def test_importing_it_costs_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, searcher; print(*sys.modules)"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in done.stdout.split() if name.startswith(("searcher", "numpy"))}
    assert loaded == {"searcher"}


# An index as a collection


def test_iterating(tmp_path: Path) -> None:
    made = [article(n, f"标题{n}", f"正文{n}。\n第二段。", url=f"http://x/{n}") for n in range(5)]
    build(tmp_path, made[:3])
    build(tmp_path, made[1:])  # the first is deleted, two are added in a segment of their own
    with open_index(tmp_path / "index") as index:
        listed = list(index)
        assert sorted(listed, key=lambda a: a.id) == made[1:]
        assert len(index) == len(listed) == 4
        assert [index.get(a.id) for a in listed] == listed
        first, second = iter(index), iter(index)
        assert next(first) == next(second)


def test_in(tmp_path: Path) -> None:
    with index_of(tmp_path, *(article(n, "标题") for n in range(11))) as index:
        assert "a0003" in index
        assert "a0003.md" in index
        for other in ("a000", "a001", "a0010x", "", "A0003", 3, None, ("a0003",)):
            assert other not in index


def test_an_empty_index(tmp_path: Path) -> None:
    with index_of(tmp_path) as index:
        assert (list(index), list(index.terms()), len(index), "a" in index) == ([], [], 0, False)


def test_terms(tmp_path: Path) -> None:
    texts = ["普京访问北京", "普京说：普京", "北京", "新冠疫情", "新冠 F-35", "拜登"]
    made = [article(n, text, "") for n, text in enumerate(texts)]
    build(tmp_path, made[:4])
    build(tmp_path, made[1:])
    with open_index(tmp_path / "index") as index:
        terms = dict(index.terms())
        assert list(terms) == sorted(terms)
        # The first article is deleted, so 访问 is in none.
        assert "访问" not in terms
        assert (terms["普京"], terms["北京"], terms["新冠"], terms["f35"]) == (1, 1, 2, 1)
        assert all(index.count(quoted(term)) >= count for term, count in terms.items())
        assert list(index.terms("新")) == [
            TermFrequency(term, count) for term, count in terms.items() if term.startswith("新")
        ]
        assert [term for term, _ in index.terms("Ｆ")] == ["f35"]
        assert list(index.terms("没有")) == list(index.terms("\ud800")) == []


def quoted(term: str) -> str:
    return term if term.isascii() else quote(term)


def test_terms_are_those_of_the_texts(sample: Index) -> None:
    counts: Counter[str] = Counter()
    for one in sample:
        words = {fold(token.text) for token in analyse(f"{one.title}\n{one.body}")}
        counts.update(word for word in words if all("一" <= c <= "龥" for c in word))
    terms = dict(sample.terms())
    assert len(counts) > 1000
    # An article has a term also where it is a part of a longer word.
    assert not [word for word, count in counts.items() if terms.get(word, 0) < count]
    assert sum(terms[word] == count for word, count in counts.items()) > 0.9 * len(counts)


# Strict or relaxed


def test_relaxed_is_a_number(tmp_path: Path) -> None:
    with index_of(tmp_path, ("拜登", "讲话"), ("普京", "讲话"), ("讲话", "")) as index:
        strict = index.search("讲话")
        assert (strict.relaxed, [hit.relaxed for hit in strict]) == (0, [False] * 3)
        relaxed = index.search("拜登 普京")
        assert (relaxed.total, relaxed.relaxed) == (0, 2)
        assert all(hit.relaxed for hit in relaxed)
        mixed = index.search("拜登 讲话")
        assert (mixed.total, mixed.relaxed) == (1, len(mixed) - 1)
        assert [hit.relaxed for hit in mixed] == sorted(hit.relaxed for hit in mixed)
        assert index.search("拜登 普京", limit=1).relaxed == 1
        assert index.search("拜登 普京", limit=1, offset=5).relaxed == 0
        assert index.search("拜登 普京", sort="newest").relaxed == 2
        assert index.search("拜登 普京", expand=True).relaxed > 0
        # Who asks for any word gets what was asked for.
        assert index.search("拜登 普京", any=True).relaxed == 0
        assert index.search("没有").relaxed == 0


# Small things


@given(st.text(max_size=30))
def test_a_quoted_text_is_read_as_that_text(text: str) -> None:
    try:
        query = quote(text)
    except QueryError:
        assert all(mark in text.replace("＂", '"') for mark in '"”」』》')
        return
    tree, notes = parse(query)
    if text.strip() and len(query) <= MAX_LENGTH and "\n" not in text:
        assert isinstance(tree, Literal)
        assert fold(tree.text).strip() == fold(text).strip()
        assert notes == ()


def test_what_cannot_be_quoted() -> None:
    with pytest.raises(QueryError, match="cannot be quoted"):
        quote('"”」』》')


def test_reading_a_folder(sample: Index, tmp_path: Path) -> None:
    read = {one.id: one for one in read_articles(CORPUS)}
    assert read.keys() == {one.id for one in sample}
    for one in sample:
        assert (read[one.id].title, read[one.id].body) == (one.title, one.body)

    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "good.md").write_text("---\ntitle: 标题\n---\n普京。\n", encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(bytes(range(256)) * 9)
    problems: list[Problem] = []
    (one,) = read_articles(tmp_path, problems.append)
    assert (one.path, one.title) == ("sub/good.md", "标题")
    assert one.id == searcher.make_id("sub/good.md")
    assert [problem.path for problem in problems] == ["bad.md"]
    assert [one.path for one in read_articles(str(tmp_path))] == ["sub/good.md"]
    with pytest.raises(searcher.ArticleError, match="give the folder"):
        next(read_articles(tmp_path / "nothing"))


def test_cleaning() -> None:
    assert searcher.clean("拜\x1b[31m登\u202e") == "拜登"
    assert searcher.one_line(" 拜登\n 普京 \x00") == "拜登普京"
    assert isinstance(Article("a", "a", searcher.one_line("标题"), searcher.clean("文")), Article)
