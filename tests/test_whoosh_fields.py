"""Whoosh's manual holds for our index: stored fields, sorting, facets, highlights, documents()."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from console import ROOT
from library import article, build
from whoosh import highlight, scoring, sorting
from whoosh import query as q
from whoosh.index import Index as AnyWhooshIndex
from whoosh.qparser import QueryParser
from whoosh.searching import Searcher
from whoosh_folder import CATEGORIES, SOURCES, build_changed, ids_of

from searcher import Article, Index, IndexInvalid, open_index, open_whoosh
from searcher.store.manifest import Manifest, SegmentEntry, read_manifest
from searcher.text.version import VERSION
from searcher.whoosh_index import storage
from searcher.whoosh_index.codec import table_of_contents

STORED = ("author", "body", "category", "date", "id", "path", "source", "title", "url")
EVERY = q.Every()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fields")


@pytest.fixture(scope="module")
def articles(folder: Path) -> dict[str, Article]:
    return build_changed(folder)


@pytest.fixture(scope="module")
def index(folder: Path, articles: dict[str, Article]) -> AnyWhooshIndex:
    return open_whoosh(folder / "index")


@pytest.fixture(scope="module")
def searcher(index: AnyWhooshIndex) -> Iterator[Searcher]:
    with index.searcher() as found:
        yield found


def stored(a: Article) -> dict[str, Any]:
    return {
        "id": a.id, "path": a.path, "title": a.title, "body": a.body, "author": a.author,
        "source": a.source, "category": list(a.categories), "url": a.url, "date": a.date,
    }  # fmt: skip


def test_the_schema(index: AnyWhooshIndex) -> None:
    assert index.schema.names() == sorted([*STORED, "words"])
    assert index.schema.stored_names() == sorted(STORED)
    assert index.schema.scorable_names() == ["body", "title", "words"]


def test_stored_fields(index: AnyWhooshIndex, articles: dict[str, Article]) -> None:
    with index.reader() as reader:
        every = {fields["id"]: fields for fields in reader.all_stored_fields()}
        assert every == {id_: stored(a) for id_, a in articles.items()}
        assert dict(reader.iter_docs()).keys() == set(range(index.doc_count()))
    assert index.doc_count() == index.doc_count_all() == len(articles)
    assert not index.is_empty()


def test_a_hit_is_a_dictionary_of_what_is_stored(
    searcher: Searcher, articles: dict[str, Article]
) -> None:
    hits = searcher.search(q.Term("body", "普京"), limit=None)
    assert len(hits) > 10
    for hit in hits:
        assert hit.fields() == stored(articles[hit["id"]])
        assert isinstance(hit["date"], datetime | None)
        assert hit.score > 0
    assert [hit.score for hit in hits] == sorted([hit.score for hit in hits], reverse=True)


@pytest.mark.parametrize("name", ["author", "source", "url", "id", "path", "category"])
def test_documents_by_whole_values(
    searcher: Searcher, articles: dict[str, Article], name: str
) -> None:
    values = {id_: stored(a)[name] for id_, a in articles.items()}
    lists = {id_: v if isinstance(v, list) else [v] for id_, v in values.items()}
    for value in {value for some in lists.values() for value in some if value}:
        want = {id_ for id_, some in lists.items() if value in some}
        assert {fields["id"] for fields in searcher.documents(**{name: value})} == want
    assert list(searcher.documents(**{name: "nothing has this"})) == []
    assert searcher.document(**{name: "nothing has this"}) is None


def test_one_document(searcher: Searcher, articles: dict[str, Article]) -> None:
    a = articles["a0123"]
    for known in (
        {"id": a.id},
        {"path": a.path},
        {"id": a.id, "author": a.author} if a.author else {"id": a.id},
    ):
        assert searcher.document(**known) == stored(a)
        assert searcher.stored_fields(searcher.document_number(**known)) == stored(a)
    assert len(list(searcher.documents())) == len(articles)


# Sorting


@pytest.mark.parametrize("reverse", [True, False])
def test_sorting_by_date(folder: Path, searcher: Searcher, reverse: bool) -> None:
    hits = searcher.search(EVERY, sortedby="date", reverse=reverse, limit=None)
    dates = [hit["date"] for hit in hits]
    undated = dates.count(None)
    assert undated > 5
    # What has no date is before all that has one.
    dated = dates[:-undated] if reverse else dates[undated:]
    assert None not in dated
    assert dated == sorted(dated, reverse=reverse)
    if reverse:
        with open_index(folder / "index") as ours:
            newest = ours.search("*", sort="newest", limit=1000, snippets=False)
            assert [hit.date for hit in newest] == dates


@pytest.mark.parametrize("name", ["date", "source", "author", "title", "path", "id", "url"])
@pytest.mark.parametrize("reverse", [True, False])
def test_sorting_by_a_facet(searcher: Searcher, name: str, reverse: bool) -> None:
    facet = sorting.FieldFacet(name, reverse=reverse)
    hits = searcher.search(EVERY, sortedby=facet, limit=None)
    values = [hit[name] for hit in hits if hit[name]]
    assert values == sorted(values, reverse=reverse)
    nothing = [not hit[name] for hit in hits]
    assert nothing == sorted(nothing, reverse=not reverse)


def test_sorting_by_several(searcher: Searcher) -> None:
    keys = sorting.MultiFacet([sorting.FieldFacet("source", reverse=True), "date", "id"])
    hits = searcher.search(EVERY, sortedby=keys, limit=None)
    oldest = datetime.min.replace(tzinfo=timezone.utc)
    want = sorted(hits, key=lambda hit: (hit["date"] or oldest, hit["id"]))
    want.sort(key=lambda hit: str(hit["source"]), reverse=True)
    assert [hit["id"] for hit in hits] == [hit["id"] for hit in want]


# Facets


def test_groups_of_single_values(searcher: Searcher, articles: dict[str, Article]) -> None:
    results = searcher.search(EVERY, groupedby=["source", "author"], limit=None)
    for name in ("source", "author"):
        want = Counter(stored(a)[name] or None for a in articles.values())
        assert {key: len(docs) for key, docs in results.groups(name).items()} == want
    for docnum in results.groups("source")["新华社"]:
        assert searcher.stored_fields(docnum)["source"] == "新华社"


def test_groups_of_several_values(searcher: Searcher, articles: dict[str, Article]) -> None:
    facet = sorting.FieldFacet("category", allow_overlap=True, maptype=sorting.Count)
    groups = searcher.search(EVERY, groupedby=facet).groups()
    want = Counter(c for a in articles.values() for c in a.categories or (None,))
    assert groups == want
    first = searcher.search(EVERY, groupedby="category", maptype=sorting.Count).groups()
    assert first == Counter(a.categories[0] if a.categories else None for a in articles.values())


def test_groups_of_what_was_found(searcher: Searcher, articles: dict[str, Article]) -> None:
    query = q.Term("words", "普京")
    found = ids_of(searcher, query)
    groups = searcher.search(query, groupedby="source", maptype=sorting.Count).groups()
    assert groups == Counter(articles[id_].source or None for id_ in found)


def test_groups_by_periods(searcher: Searcher, articles: dict[str, Article]) -> None:
    first, last = datetime(2021, 11, 1), datetime(2022, 4, 1)
    facet = sorting.DateRangeFacet("date", first, last, timedelta(days=30), maptype=sorting.Count)
    groups = searcher.search(EVERY, groupedby=facet).groups()
    clocks = [a.date.replace(tzinfo=None) if a.date else None for a in articles.values()]
    for (start, end), count in ((key, n) for key, n in groups.items() if key):
        assert count == sum(start <= clock < end for clock in clocks if clock), start
    assert sum(groups.values()) == len(articles)


def test_dates_are_groups_with_their_zones(searcher: Searcher) -> None:
    groups = searcher.search(EVERY, groupedby="date", limit=None).groups()
    for date, docs in groups.items():
        assert {searcher.stored_fields(docnum)["date"] for docnum in docs} == {date}


def test_collapsing_and_filters(searcher: Searcher, articles: dict[str, Article]) -> None:
    # What has no source is of no group, so all of it stays.
    results = searcher.search(EVERY, collapse="source", limit=None)
    want = Counter(a.source for a in articles.values())
    assert Counter(hit["source"] for hit in results) == {**dict.fromkeys(SOURCES, 1), "": want[""]}
    only = q.Term("category", CATEGORIES[0])
    results = searcher.search(EVERY, filter=only, limit=None)
    assert {hit["id"] for hit in results} == ids_of(searcher, only)
    results = searcher.search(EVERY, mask=only, limit=None)
    assert {hit["id"] for hit in results} == articles.keys() - ids_of(searcher, only)


def test_columns(searcher: Searcher, articles: dict[str, Article]) -> None:
    reader = searcher.reader()
    dates, sources = reader.column_reader("date"), reader.column_reader("source")
    for docnum, fields in reader.iter_docs():
        assert dates[docnum] == articles[fields["id"]].date
        assert sources[docnum] == (fields["source"] or None)
    assert not reader.has_column("body")


# Highlights, scoring, more


def highlighted(folder: Path, text: str, *, query: str) -> str:
    build(folder, [article(1, "标题", text)])
    with open_whoosh(folder / "index").searcher() as found:
        results = found.search(QueryParser("body", found.schema).parse(query))
        results.formatter = highlight.HtmlFormatter(tagname="b", classname="m", termclass="t")
        return str(results[0].highlights("body"))


@pytest.mark.parametrize(
    ("text", "query", "want"),
    [
        ("拜登和普京通话", "普京", "拜登和<b>普京</b>通话"),
        ("國防部長說", "部长", "國防<b>部長</b>說"),
        ("试飞Ｆ－３５战机", "f35", "试飞<b>Ｆ－３５</b>战机"),
        ("新冠疫苗", "新冠*", "<b>新冠疫苗</b>"),
        ("拜登😀普京", "普京", "拜登😀<b>普京</b>"),
        ("甲<乙 普京", "普京", "甲&lt;乙 <b>普京</b>"),
    ],
)
def test_highlights(tmp_path: Path, text: str, query: str, want: str) -> None:
    found = highlighted(tmp_path, text, query=query)
    assert found.replace(' class="m t0"', "") == want


def test_highlights_of_every_hit(searcher: Searcher) -> None:
    for field in ("title", "body"):
        results = searcher.search(q.Term(field, "普京"), limit=None)
        for hit in results:
            assert ">普京</b>" in hit.highlights(field)


@pytest.mark.parametrize("model", [scoring.BM25F, scoring.TF_IDF, scoring.Frequency, scoring.PL2])
def test_other_scoring_models(index: AnyWhooshIndex, model: Any) -> None:
    with index.searcher(weighting=model()) as found:
        hits = found.search(q.Term("body", "普京"), limit=None)
        assert {hit["id"] for hit in hits} == ids_of(found, q.Term("body", "普京"))


def test_scores_do_not_depend_on_history(
    tmp_path: Path, searcher: Searcher, articles: dict[str, Article]
) -> None:
    """Deleted articles count in nothing."""
    build(tmp_path, articles.values())
    chance = random.Random(9)
    with open_whoosh(tmp_path / "index").searcher() as fresh:
        words = [text.decode() for text in fresh.lexicon("body")]
        for word in chance.sample(words, 50):
            query = q.Or([q.Term("body", word), q.Term("title", "普京")])
            one, other = (
                {hit["id"]: hit.score for hit in s.search(query, limit=None)}
                for s in (fresh, searcher)
            )
            assert one == pytest.approx(other)


def test_more_like_this_and_key_terms(searcher: Searcher) -> None:
    hit = searcher.search(q.Term("body", "普京"))[0]
    assert len(hit.more_like_this("body")) > 0
    assert len(searcher.key_terms([hit.docnum], "body")) == 5


def test_matched_terms(searcher: Searcher) -> None:
    query = q.Or([q.Term("body", "普京"), q.Term("title", "拜登")])
    results = searcher.search(query, terms=True, limit=None)
    for hit in results:
        assert hit.matched_terms()
        assert set(hit.matched_terms()) <= {("body", "普京".encode()), ("title", "拜登".encode())}


# Commits


def test_up_to_date_and_refresh(tmp_path: Path) -> None:
    build(tmp_path, [article(1, "标题", "普京")])
    index = open_whoosh(tmp_path / "index")
    searcher = index.searcher()
    assert index.up_to_date()
    assert index.refresh() is index
    assert searcher.up_to_date()
    assert searcher.refresh() is searcher
    modified = index.last_modified()
    assert modified > 0

    build(tmp_path, [article(1, "标题", "普京"), article(2, "标题", "普京")])
    assert not index.up_to_date()
    assert not searcher.up_to_date()
    assert ids_of(searcher, q.Term("body", "普京")) == {"a0001"}
    newer = index.refresh()
    assert newer.up_to_date()
    assert newer.doc_count() == 2
    searcher = searcher.refresh()
    assert searcher.up_to_date()
    assert ids_of(searcher, q.Term("body", "普京")) == {"a0001", "a0002"}
    searcher.close()


def test_a_commit_while_the_manifest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, [article(1, "标题", "普京")])

    def read_too_late(folder: Path) -> Manifest:
        monkeypatch.setattr(storage, "read_manifest", read_manifest)
        build(tmp_path, [article(2, "标题", "普京")])
        raise IndexInvalid("gone")

    monkeypatch.setattr(storage, "read_manifest", read_too_late)
    with open_whoosh(tmp_path / "index").searcher() as found:
        assert ids_of(found, EVERY) == {"a0002"}


def test_an_index_without_articles(tmp_path: Path) -> None:
    build(tmp_path, [])
    index = open_whoosh(tmp_path / "index")
    assert index.is_empty()
    assert index.doc_count() == 0
    with index.searcher() as found:
        assert ids_of(found, q.Term("body", "普京")) == set()
        assert len(found.search(EVERY, sortedby="date", groupedby="category")) == 0


def test_a_segment_whose_articles_are_all_deleted(tmp_path: Path) -> None:
    """Whoosh does not see it: there is nothing in it that it could read."""
    entries = SegmentEntry("a", 3, b"\x07"), SegmentEntry("b", 3, b"\x06"), SegmentEntry("c", 3)
    manifest = Manifest(1, VERSION, lexicon="0", segments=entries)
    segments = table_of_contents(tmp_path, manifest).segments
    assert [segment.segment_id() for segment in segments] == ["MAIN_b", "MAIN_c"]


def test_the_example_of_the_documentation(sample: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "library.md").read_text("utf-8").partition("## With Whoosh\n")[2]
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(example.splitlines()) == 10
    monkeypatch.chdir(Path(sample.path).parent)
    with redirect_stdout(StringIO()) as printed:
        exec(example, {})
    text = printed.getvalue()
    assert text.startswith("2021-12-05 拜登和普京将于周二视频通话 美方担心乌克兰边境局势 ['国际',")
    # Which pieces of the text are shown is by chance, where Whoosh finds several as good.
    assert "</b>" in text
    assert "{'国际': [" in text
