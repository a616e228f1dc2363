"""Exports, read back."""

import csv
import json
import random
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from exploring import build_in_segments, matching
from library import article, index_of
from markdown_it import MarkdownIt
from texts import random_text, without_controls

from searcher import Article, ExportError, Index, QueryError
from searcher.explore import export_formats
from searcher.explore.export import FIELDS

ODD = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    'a"b,c;d\ne',
    "# no *heading* <b>bold</b> [link](http://x) `code` | ~~x~~ &amp; 1. one",
    "<script>alert(1)</script>",
    "- item",
    "\u2028line\u2029",
    "𠮷😀👨‍👩‍👧",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build_in_segments(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Index:
    chance = random.Random(4)
    texts = [*ODD, *(without_controls(random_text(chance)) for _ in range(40))]
    articles = [
        article(
            number, " ".join(text.split()), f"{text}\n\n{text[::-1]}", author=text,
            categories=("a", "b") if number % 2 else (), url="https://example.com/?a=<1>&b='2'",
            date=datetime(2020, 1, 1, 23, 59, 1, tzinfo=timezone.utc) if number % 3 else None,
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    return index_of(tmp_path_factory.mktemp("odd"), *articles)


def expected(articles: Sequence[Article]) -> dict[str, dict[str, Any]]:
    return {a.id: {**{name: getattr(a, name) for name in FIELDS}, "body": a.body} for a in articles}


def flat(record: dict[str, Any]) -> dict[str, str]:
    """A record as texts only."""
    return {
        **record,
        "date": record["date"].isoformat() if record["date"] else "",
        "categories": ";".join(record["categories"]),
    }


def exported(index: Index, folder: Path, form: str, query: str = "*") -> Path:
    file = folder / f"all.{form}"
    count = index.export(query, file, text=True, snippets=False)
    assert count == index.count(query)
    assert [path.name for path in folder.iterdir()] == [file.name]
    return file


@pytest.mark.parametrize("which", ["index", "odd"])
def test_csv(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    index: Index = request.getfixturevalue(which)
    with exported(index, tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        records = [*csv.DictReader(file)]
    assert {r["id"]: r for r in records} == {k: flat(v) for k, v in expected([*index]).items()}
    dates = [record["date"] for record in records]
    moments = [
        datetime.fromisoformat(date).timestamp() if date else float("-inf") for date in dates
    ]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("which", ["index", "odd"])
def test_jsonl(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    index: Index = request.getfixturevalue(which)
    lines = exported(index, tmp_path, "jsonl").read_text("utf-8").split("\n")
    assert lines.pop() == ""
    found = {}
    for record in map(json.loads, lines):
        record["date"] = datetime.fromisoformat(record["date"]) if record["date"] else None
        record["categories"] = tuple(record["categories"])
        found[record["id"]] = record
    assert found == expected([*index])


def test_xlsx(odd: Index, tmp_path: Path) -> None:
    openpyxl: Any = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(exported(odd, tmp_path, "xlsx"), read_only=True)
    header, *rows = book.active.iter_rows(values_only=True)
    book.close()
    found = {row[0]: {k: v or "" for k, v in zip(header, row, strict=True)} for row in rows}
    assert found == {
        id_: {k: export_formats._NOT_IN_XML.sub("\ufffd", v) for k, v in flat(record).items()}
        for id_, record in expected([*odd]).items()
    }


def test_a_long_body_in_a_spreadsheet(tmp_path: Path) -> None:
    openpyxl: Any = pytest.importorskip("openpyxl")
    body = "长" * 40_000 + "完"
    with index_of(tmp_path, ("标题", body)) as index:
        index.export("*", tmp_path / "a.xlsx", text=True)
        index.close()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    row = [cell.value for cell in [*book.active.rows][1]]
    assert "".join(row[9:]) == body


def test_parquet(odd: Index, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    table = parquet.read_table(exported(odd, tmp_path, "parquet"))
    assert str(table.schema.field("date").type) == "timestamp[us, tz=UTC]"
    records = {record["id"]: record for record in table.to_pylist()}
    for record in records.values():
        record["categories"] = tuple(record["categories"])
    assert records == expected([*odd])


def test_html(odd: Index, tmp_path: Path) -> None:
    page = BeautifulSoup(exported(odd, tmp_path, "html").read_text("utf-8"), "html.parser")
    assert not page.find_all("script")
    found = {part["id"]: part for part in page.find_all("article")}
    assert found.keys() == {article.id for article in odd}
    for a in odd:
        part = found[a.id]
        assert [heading.get_text() for heading in part.find_all("h2")] == [a.title]
        assert [link["href"] for link in part.find_all("a")] == [a.url]
        body = [p.get_text() for p in part.find_all("p")][2:]
        assert body == [line for line in a.body.split("\n") if line]


def test_only_links_to_the_web(tmp_path: Path) -> None:
    bad = article(1, "标题", "正文", url="javascript:alert(1)")
    with index_of(tmp_path, bad) as index:
        index.export("*", tmp_path / "a.html")
    assert "javascript" not in (tmp_path / "a.html").read_text("utf-8")


def test_markdown(odd: Index, tmp_path: Path) -> None:
    html = MarkdownIt().enable("table").render(exported(odd, tmp_path, "md").read_text("utf-8"))
    page = BeautifulSoup(html, "html.parser")
    assert not page.find_all(["script", "b", "em", "strong", "code", "ul", "ol", "table"])

    def words(text: str) -> list[str]:
        return text.split()

    titles = [words(heading.get_text()) for heading in page.find_all("h2")]
    assert sorted(titles) == sorted(words(article.title) for article in odd)
    shown = words(page.get_text())
    assert sum(map(len, shown)) >= sum(len(w) for a in odd for w in words(a.title + a.body))


def test_snippets_are_those_of_a_search(index: Index, tmp_path: Path) -> None:
    index.export("普京 莫斯科", tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    found = {record["id"]: record["snippets"] for record in map(json.loads, lines)}
    hits = index.search("普京 莫斯科", limit=1000, strict=True)
    assert found == {hit.id: [s.text for s in hit.snippets if s.field == "body"] for hit in hits}
    assert "body" not in json.loads(lines[0])


def test_a_query_and_filters(index: Index, tmp_path: Path) -> None:
    count = index.export("普京", tmp_path / "a.csv", since="2020", until="2020")
    assert count == index.count("普京", since="2020", until="2020")
    assert index.export("没有的词语", tmp_path / "a.csv") == 0
    assert (tmp_path / "a.csv").read_text("utf-8").startswith("id,path,")
    assert index.export("", tmp_path / "a.csv") == 0


def ids_in(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return [row["id"] for row in csv.DictReader(rows)]


def test_samples(index: Index, tmp_path: Path) -> None:
    every = {article.id for article in matching(index, "普京")}
    samples = []
    for seed in range(20):
        index.export("普京", tmp_path / "a.csv", sample=10, seed=seed)
        samples.append(tuple(sorted(ids_in(tmp_path / "a.csv"))))
        assert len(set(samples[-1])) == 10
        assert every.issuperset(samples[-1])
    assert len(set(samples)) == 20
    assert len({id_ for sample in samples for id_ in sample}) > len(every) / 2
    assert index.export("普京", tmp_path / "a.csv", sample=10_000) == len(every)


def test_a_sample_does_not_depend_on_the_segments(index: Index, tmp_path: Path) -> None:
    whole = index_of(tmp_path, *index)
    for opened, name in ((index, "a.csv"), (whole, "b.csv")):
        opened.export("*", tmp_path / name, sample=30, seed=3)
    assert sorted(ids_in(tmp_path / "a.csv")) == sorted(ids_in(tmp_path / "b.csv"))


def test_progress(index: Index, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    count = index.export("普京", tmp_path / "a.csv", progress=lambda *now: told.append(now))
    assert told == [(number, count) for number in range(1, count + 1)]


def test_what_goes_wrong_leaves_the_old_file(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("old")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.export("普京", file, progress=stop)
    assert file.read_text() == "old"
    assert [*tmp_path.iterdir()] == [file]
    with pytest.raises(ExportError, match=re.escape("cannot write 'a.doc'; its name must end in")):
        index.export("普京", tmp_path / "a.doc")
    with pytest.raises(OSError, match="No such file"):
        index.export("普京", tmp_path / "no" / "a.csv")
    with pytest.raises(QueryError, match="sample must be a whole number"):
        index.export("普京", file, sample=-1)
    assert index.export("普京", tmp_path / "a.txt", format="csv") > 0


def test_a_missing_package_is_named(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(export_formats, "import_module", missing)
    for ending, name in ((".xlsx", "openpyxl"), (".parquet", "pyarrow")):
        with pytest.raises(ExportError, match=rf"writing \{ending} needs {name}; run: pip install"):
            index.export("普京", tmp_path / f"a{ending}")
    assert [*tmp_path.iterdir()] == []
