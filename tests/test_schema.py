"""The schema says what an index consists of; a column is added in one place, and filled in one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from indexing import segments
from library import article, build

from searcher import IndexOutdatedError, open_index
from searcher.store import schema
from searcher.store.bitmap import read_bitmap
from searcher.store.container import ContainerWriter
from searcher.store.manifest import read_manifest
from searcher.store.schema import Column, Section
from searcher.store.segment_reader import SegmentReader
from searcher.store.stored_documents import StoredFields, decode_fields, encode_fields, header
from searcher.write import columns
from searcher.write.columns import Batch
from searcher.write.merge_policy import MERGE_FACTOR


@pytest.fixture
def with_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a column: a line of the schema, and the function that fills it."""

    def paragraphs(batch: Batch) -> Sequence[int]:
        return [document.article.body.count("\n") + 1 for document in batch.documents]

    column = Column("paragraphs", "<u2", "paragraphs of the body")
    monkeypatch.setattr(schema, "COLUMNS", (*schema.COLUMNS, column))
    monkeypatch.setitem(columns.FILL, "paragraphs", paragraphs)


def live_paragraphs(folder: Path) -> dict[str, int]:
    """The column ``paragraphs`` of all segments, by the ids of the live documents."""
    values: dict[str, int] = {}
    for entry in read_manifest(folder).segments:
        segment = SegmentReader(folder / entry.file)
        column = segment.column("paragraphs")
        assert (column.dtype.str, len(column)) == ("<u2", len(segment))
        for number in np.flatnonzero(~read_bitmap(entry.deleted, entry.documents)).tolist():
            id_ = segment.stored_fields(number).id
            assert id_ not in values
            values[id_] = column.item(number)
    return values


@pytest.mark.usefixtures("with_paragraphs")
def test_a_column_is_added(tmp_path: Path) -> None:
    articles = [article(n, f"新闻{n}", "\n".join("普京" * (n % 5 + 1))) for n in range(120)]
    expected = {a.id: a.body.count("\n") + 1 for a in articles}
    index = tmp_path / "index"
    # Several segments, with documents deleted and changed.
    build(tmp_path, articles[:100])
    build(tmp_path, [article(3, "改了", "一\n二\n三"), *articles[10:104]])
    expected |= {"a0003": 3}
    kept = {"a0003", *(a.id for a in articles[10:104])}
    assert len(segments(index)) == 2
    assert live_paragraphs(index) == {id_: expected[id_] for id_ in kept}
    # Many deleted: the large segment is written anew.
    build(tmp_path, articles[60:104])
    assert live_paragraphs(index) == {a.id: expected[a.id] for a in articles[60:104]}
    # Many small segments are merged.
    for last in range(105, 105 + 2 * MERGE_FACTOR):
        build(tmp_path, articles[60:last])
        assert len(segments(index)) < MERGE_FACTOR + 2
    assert live_paragraphs(index) == {a.id: expected[a.id] for a in articles[60:120]}
    with open_index(index) as opened:
        assert opened.check() == []


@pytest.mark.usefixtures("with_paragraphs")
def test_an_added_column_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, [article(n) for n in range(10)])
    (path,) = segments(tmp_path / "index")
    with monkeypatch.context() as patch:
        write = ContainerWriter.write
        patch.setattr(
            ContainerWriter,
            "write",
            lambda out, name, values: write(
                out, name, values[1:] if name == "paragraphs" else values
            ),
        )
        build(tmp_path, [article(n) for n in range(10)], rebuild=True)
    with open_index(tmp_path / "index") as index:
        assert [problem.split(": ")[1] for problem in index.check()] == [
            "the column paragraphs has 9 values"
        ]
    assert not path.exists()


def test_an_index_without_the_column_is_rebuilt(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    build(tmp_path, [article(1)])
    assert not build(tmp_path, [article(1)]).committed
    request.getfixturevalue("with_paragraphs")
    with pytest.raises(IndexOutdatedError, match="searcher index"):
        open_index(tmp_path / "index")
    assert build(tmp_path, [article(1)]).added == 1
    assert live_paragraphs(tmp_path / "index") == {"a0001": 1}


def test_a_column_that_is_not_filled_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "COLUMNS", (*schema.COLUMNS, Column("unknown", "<u2", "")))
    with pytest.raises(KeyError, match="unknown"):
        build(tmp_path, [article(1)])


def sections_of(path: Path) -> list[Section]:
    container = SegmentReader(path).container
    return [Section(name, (container.place(name)[2],)) for name in container.names()]


def test_a_segment_file_has_the_sections_of_the_schema(tmp_path: Path) -> None:
    build(tmp_path, [article(n, "普京", "拜登", author="新华社") for n in range(3)])
    expected = {section.name: section.dtypes for section in schema.segment_sections()}
    for path in segments(tmp_path / "index"):
        found = sections_of(path)
        assert {section.name for section in found} == set(expected)
        for section in found:
            assert section.dtypes[0] in expected[section.name], section


def test_all_that_the_schema_lists_is_filled() -> None:
    by_merge = {
        kind: {column.name for column in schema.COLUMNS if column.merge == kind}
        for kind in ("copy", "rank")
    }
    assert by_merge == {"copy": set(columns.FILL), "rank": set(columns.RANK)}
    assert set(columns.KEYWORDS) == set(schema.KEYWORD_FIELDS)
    assert len({section.name for section in schema.segment_sections()}) == len(
        schema.segment_sections()
    )


def test_stored_fields_are_those_of_the_schema() -> None:
    stored = {field.name for field in schema.STORED_FIELDS}
    assert stored == {*StoredFields._fields, "body"}
    made = article(1, author="作者", source="来源", url="u", categories=("一", "二"))
    raw = header(encode_fields(made))
    assert decode_fields(raw) == ["a0001", "a0001.md", "作者", "来源", "u", "一", "二"]
