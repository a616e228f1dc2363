"""Bringing an index up to date: what changed and no more, the same with any number of processes."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from indexing import counts, file_states, many, segments, write, write_corpus
from library import CORPUS, article, build, found, index_of

from searcher import (
    Article,
    ArticleError,
    IndexInvalidError,
    IndexOutdatedError,
    Progress,
    QueryError,
    SourceError,
    build_index,
    open_index,
    open_writer,
)
from searcher.ingest import walk
from searcher.store.manifest import checksum
from searcher.write import batches


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path)


# What changed, and no more


def test_nothing_changed_nothing_written(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert counts(build_index(corpus, index)) == (3, 0, 0, 0, True)
    before = file_states(index)
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, False)
    assert file_states(index) == before


def test_added_changed_and_removed_files(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    write(corpus, "d.md", "新西兰")
    write(corpus, "a.md", "特朗普当选")
    (corpus / "b.md").unlink()
    assert counts(build_index(corpus, index)) == (1, 1, 1, 1, True)
    with open_index(index) as opened:
        assert len(opened) == 3
        for query, total in {"普京": 0, "拜登": 0, "特朗普": 1, "新西兰": 1, "乌克兰": 1}.items():
            assert opened.count(query) == total, query
        assert opened.get("b.md") is None
        assert opened.get("a.md") is not None
        assert opened.check() == []


def test_a_change_of_time_or_size_alone_is_a_change(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    status = (corpus / "a.md").stat()
    write(corpus, "a.md", "普亰")
    os.utime(corpus / "a.md", ns=(0, status.st_mtime_ns + 1))
    status = (corpus / "b.md").stat()
    write(corpus, "b.md", "拜登来了")
    os.utime(corpus / "b.md", ns=(0, status.st_mtime_ns))
    assert counts(build_index(corpus, index)) == (0, 2, 0, 1, True)


def test_a_file_that_is_renamed(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    (corpus / "a.md").rename(corpus / "z.md")
    assert counts(build_index(corpus, index)) == (1, 0, 1, 2, True)
    with open_index(index) as opened:
        assert [hit.path for hit in opened.search("普京")] == ["z.md"]


def test_everything_vanished(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    shutil.rmtree(corpus)
    corpus.mkdir()
    assert counts(build_index(corpus, index)) == (0, 0, 3, 0, True)
    with open_index(index) as opened:
        assert (len(opened), opened.search("普京").total, opened.check()) == (0, 0, [])
        assert opened.stats().articles == 0
    assert segments(index) == []


def test_a_pattern_that_no_file_matches_removes_nothing(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    before = build_index(corpus, index).added
    with pytest.raises(SourceError, match="no file matches --glob"):
        build_index(corpus, index, glob=["["])
    with open_index(index) as opened:
        assert len(opened) == before
    assert build_index(corpus, index, glob=["["], replace=True).removed == before


def test_an_empty_corpus(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    assert counts(build_index(tmp_path / "corpus", tmp_path / "index")) == (0, 0, 0, 0, True)
    with open_index(tmp_path / "index") as opened:
        for query in ("普京", '"普"', "普*", "-普京", "*", "date:2021", "author:x", "普 OR 京"):
            assert opened.search(query).total == 0


def test_rebuilding_starts_from_nothing(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    assert counts(build_index(corpus, index, rebuild=True)) == (3, 0, 0, 0, True)
    assert len(segments(index)) == 1


def test_skipped_files_are_tried_again_only_when_changed(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    (corpus / "bad.md").write_bytes(b"\x00\x01\x02\xff" * 100)
    first = build_index(corpus, index)
    assert first.skipped == 1
    assert [problem.path for problem in first.problems] == ["bad.md"]
    again = build_index(corpus, index)
    assert (again.skipped, again.problems, again.committed) == (1, (), False)
    write(corpus, "bad.md", "好了")
    mended = build_index(corpus, index)
    assert (mended.skipped, mended.added, mended.committed) == (0, 1, True)
    (corpus / "a.md").write_bytes(b"\x00\x01\x02\xff" * 100)
    broken = build_index(corpus, index)
    assert (broken.skipped, broken.removed + broken.changed) == (1, 1)
    with open_index(index) as opened:
        assert opened.count("普京") == 0


def test_a_corpus_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="nowhere"):
        build_index(tmp_path / "nowhere", tmp_path / "index")
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("jobs", [0, -1])
def test_a_number_of_jobs_that_makes_no_sense(corpus: Path, tmp_path: Path, jobs: int) -> None:
    with pytest.raises(QueryError):
        build_index(corpus, tmp_path / "index", jobs=jobs)


def test_a_folder_that_cannot_be_opened_keeps_its_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.md", "sub/b.md", "sub/below/c.md", "subs.md"):
        write(tmp_path / "corpus", name, "普京")
    index = tmp_path / "index"
    build_index(tmp_path / "corpus", index)

    def refuse(base: str, prefix: str, entered: dict[tuple[int, int], str]) -> object:
        if prefix == "sub/":
            raise PermissionError(13, "Permission denied")
        return open_folder(base, prefix, entered)

    open_folder = walk._open
    with monkeypatch.context() as patch:
        patch.setattr(walk, "_open", refuse)
        (tmp_path / "corpus" / "a.md").unlink()
        for removed in (1, 0):
            report = build_index(tmp_path / "corpus", index)
            assert (report.removed, report.unchanged, len(report.problems)) == (removed, 3, 1)
    # The listing is whole again, which the next commit remembers.
    assert counts(build_index(tmp_path / "corpus", index)) == (0, 0, 0, 3, True)
    assert counts(build_index(tmp_path / "corpus", index)) == (0, 0, 0, 3, False)


def test_the_sample_corpus(tmp_path: Path) -> None:
    report = build_index(CORPUS, tmp_path / "index")
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert report.added + report.skipped == len(files)
    with open_index(tmp_path / "index") as index:
        assert index.check() == []
        for query in ["拜登 普京", "普京", '"视频通话"', "乔·拜登", "克里姆林宫", "17.5万"]:
            assert index.count(query) > 0, query


# Several corpora


def test_several_corpora(tmp_path: Path) -> None:
    for folder, text in {"one": "普京", "two": "拜登"}.items():
        write(tmp_path / folder, "a.md", text)
    both = [tmp_path / "one", tmp_path / "two"]
    index = tmp_path / "index"
    assert counts(build_index(both, index)) == (2, 0, 0, 0, True)
    assert counts(build_index(both, index)) == (0, 0, 0, 2, False)
    with open_index(index) as opened:
        assert [hit.path for hit in opened.search("普京")] == ["one/a.md"]
        assert [hit.path for hit in opened.search("拜登")] == ["two/a.md"]
    with pytest.raises(SourceError, match="two"):
        build_index(both[:1], index)
    assert counts(build_index(both[:1], index, replace=True)) == (0, 0, 1, 1, True)
    with open_index(index) as opened:
        assert (opened.count("普京"), opened.count("拜登")) == (1, 0)


def test_corpora_of_one_name(tmp_path: Path) -> None:
    for folder, text in {"one/news": "普京", "two/news": "拜登"}.items():
        write(tmp_path / folder, "a.md", text)
    both = [str(tmp_path / "one/news"), str(tmp_path / "two/news")]
    index = tmp_path / "index"
    assert counts(build_index(both, index)) == (2, 0, 0, 0, True)
    assert counts(build_index(both, index)) == (0, 0, 0, 2, False)
    with open_index(index) as opened:
        hits = [*opened.search("普京"), *opened.search("拜登")]
        assert len({hit.id for hit in hits}) == len({hit.path for hit in hits}) == 2


def test_another_corpus_takes_the_place(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    other = tmp_path / "other"
    path = write(other, "a.md", "拜京")
    revision = (corpus / "a.md").stat().st_mtime_ns
    os.utime(path, ns=(revision, revision))
    build_index(corpus, index)
    build_index(other, index, replace=True)
    with open_index(index) as opened:
        assert (len(opened), opened.count('"拜京"'), opened.count("普京")) == (1, 1, 0)


# Articles given as objects


def test_an_iterable_of_articles(tmp_path: Path) -> None:
    first, second = article(1, "普京"), article(2, "拜登")
    assert counts(build(tmp_path, iter([first, second]))) == (2, 0, 0, 0, True)
    before = file_states(tmp_path / "index")
    assert counts(build(tmp_path, [second, first])) == (0, 0, 0, 2, False)
    assert file_states(tmp_path / "index") == before
    changed = replace(second, author="新华社")
    assert counts(build(tmp_path, (a for a in [changed, article(3)]))) == (1, 1, 1, 0, True)


def test_every_field_comes_back(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=8))
    given_ = Article(
        id="x1",
        path="目录/文 件.md",
        title="拜登和普京😀",
        body="第一段。\n第二段𠮷。",
        date=datetime(2021, 12, 5, 23, 30, tzinfo=zone),
        author="新华社",
        source="来源",
        categories=("国际", "时政", "international"),
        url="https://example.com/?a=1",
    )
    with index_of(tmp_path, given_) as index:
        assert index.get("x1") == given_
        assert index.get("x") == given_
        assert index.get("目录/文 件.md") == given_
        assert index.get("y") is None
        (hit,) = index.search("拜登")
        for name in ("id", "path", "title", "date", "author", "source", "categories", "url"):
            assert getattr(hit, name) == getattr(given_, name), name


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "", "body": ""},
        {"title": "", "body": "\n\n"},
        {"title": "控\x00制\n\x1f字\x7f\x85", "body": "\x01\x02正文\x1b[31m"},
        {"author": "\x1f", "categories": ("a\x1fb", "c\nd", "", "e,f")},
        {
            "title": "半\ud800个",
            "body": "半\udfff个",
            "author": "\ud83d",
            "categories": ("\ud83d",),
        },
        {"title": "两\ud83d\ude00半", "body": "\ude00\ud83d"},
        {"date": None},
        {"date": datetime.min.replace(tzinfo=timezone.utc)},
        {"date": datetime.max.replace(tzinfo=timezone.utc)},
        {"date": datetime.max.replace(tzinfo=timezone(timedelta(hours=-23, minutes=-59)))},
        {"date": datetime.min.replace(tzinfo=timezone(timedelta(hours=23, minutes=59)))},
        {"date": datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=8, minutes=5, seconds=43)))},
        {"date": datetime(2021, 12, 5)},
        {"url": "x\ny", "source": "\t"},
        {"title": "长" * 70_000},
        {"body": "😀" * 40_000 + "末"},
        {"categories": tuple(f"类{n}" for n in range(500))},
    ],
)
def test_odd_articles_do_no_harm(tmp_path: Path, fields: dict[str, object]) -> None:
    odd = replace(article(1, "标题", "正文"), **fields)  # type: ignore[arg-type]  # any field
    plain = article(2, "普京", "新闻")
    build(tmp_path, [odd, plain])
    assert not build(tmp_path, [odd, plain]).committed
    with open_index(tmp_path / "index") as index:
        assert index.check() == []
        assert found(index, "普京") == {"a0002"}
        assert found(index, "*") == {"a0001", "a0002"}
        got = index.get("a0001")
        assert got is not None
        shown = "".join((got.title, got.body, got.author, got.source, got.url, *got.categories))
        assert not any(c < " " and c != "\n" for c in shown)
        assert "\n" not in got.title + got.author + got.url
        shown.encode()
        for hit in index.search("*", sort="oldest"):
            hit.title.encode()
        index.stats()


def test_an_id_that_occurs_again_is_reported(tmp_path: Path) -> None:
    twice = [article(1, "普京"), article(1, "拜登")]
    for _ in range(3):
        report = build(tmp_path, twice)
        assert [problem.path for problem in report.problems] == ["a0001"]
    assert not report.committed
    with open_index(tmp_path / "index") as index:
        assert (len(index), index.count("普京"), index.check()) == (1, 1, [])
    assert counts(build(tmp_path, twice[1:])) == (0, 1, 0, 0, True)


def test_an_iterable_that_fails_changes_nothing(tmp_path: Path) -> None:
    def articles() -> Iterator[Article]:
        yield article(1, "拜登")
        raise ZeroDivisionError

    build(tmp_path, [article(0, "普京")])
    with pytest.raises(ZeroDivisionError):
        build(tmp_path, articles())
    with open_index(tmp_path / "index") as index:
        assert found(index, "*") == {"a0000"}
    assert counts(build(tmp_path, [article(0, "普京"), article(1, "拜登")]))[:2] == (1, 0)


def test_progress(corpus: Path, tmp_path: Path) -> None:
    steps: list[Progress] = []
    build_index(corpus, tmp_path / "index", on_progress=steps.append)
    stages = [step.stage for step in steps]
    assert set(stages) <= {"listing", "reading and segmenting", "writing", "merging"}
    assert stages.index("reading and segmenting") < stages.index("writing")
    reading = [step for step in steps if step.stage == "reading and segmenting"]
    assert reading[-1].done == reading[-1].total == 3


# Any number of processes


def test_jobs_make_no_difference(tmp_path: Path) -> None:
    files = []
    for jobs in (1, 2, 3):
        index = tmp_path / str(jobs)
        build_index(many(1300, 1), index, jobs=jobs)
        build_index(many(1700, 1), index, jobs=jobs)
        files.append(sorted(path.read_bytes() for path in segments(index)))
        with open_index(index) as opened:
            assert len(opened) == 1700
            assert opened.check() == []
    assert files[0] == files[1] == files[2]


def test_many_batches_come_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_BATCH_ARTICLES", 500)
    articles = [article(n, "要闻", f"w{n}") for n in range(3300)]
    files = []
    for jobs in (1, 2):
        build_index(articles, tmp_path / str(jobs), jobs=jobs)
        files.append([path.read_bytes() for path in segments(tmp_path / str(jobs))])
    assert files[0] == files[1]


def test_jobs_make_no_difference_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_BATCH_ARTICLES", 250)
    corpus = tmp_path / "corpus"
    for made in many(600, 2):
        write(corpus, f"{int(made.id[1:]) % 7}/{made.path}", made.title.replace(":", "") or "无题")
    (corpus / "3" / "bad.md").write_bytes(b"\x00\xff" * 99)
    reports = [build_index(corpus, tmp_path / str(jobs), jobs=jobs) for jobs in (1, 2)]
    assert len({replace(report, seconds=0) for report in reports}) == 1
    one, two = ([path.read_bytes() for path in segments(tmp_path / str(jobs))] for jobs in (1, 2))
    assert one == two


# Another version


def make_another_schema(index: Path) -> None:
    """Say in the manifest that the index was written with another schema."""
    (path,) = index.glob("*.json")
    data = json.loads(path.read_bytes())
    del data["crc32"]
    data["schema"] = "00000000"
    data["crc32"] = checksum(json.loads(json.dumps(data)))
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def test_an_index_of_another_schema_keeps_its_sources(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    write(tmp_path / "more", "x.md", "德国")
    build_index([corpus, tmp_path / "more"], index, exclude=["b.md"])
    make_another_schema(index)
    assert counts(build_index(index=index)) == (3, 0, 0, 0, True)
    with open_index(index) as opened:
        assert [source.name for source, _ in opened.sources()] == ["corpus", "more"]


def test_articles_added_by_another_version_are_not_lost(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    with open_writer(index) as writer:
        writer.add(article(1, "新西兰"))
    make_another_schema(index)
    for rebuild in (False, True):
        with pytest.raises(SourceError, match="--replace"):
            build_index(corpus, index, rebuild=rebuild)
    with pytest.raises(IndexOutdatedError):
        open_writer(index)
    assert build_index(corpus, index, replace=True).added == 3


def test_added_articles_in_a_damaged_segment_are_not_dropped_in_silence(
    corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    with open_writer(index) as writer:
        writer.add(article(1, "新西兰"))
    for path in segments(index):
        path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(IndexInvalidError, match="--replace"):
        build_index(corpus, index, rebuild=True)
    assert build_index(corpus, index, rebuild=True, replace=True).added == 3
    with open_index(index) as opened:
        assert opened.check() == []


def test_a_touched_file_is_not_read_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    for path in corpus.rglob("*.md"):
        path.touch()
    monkeypatch.setattr(batches, "read_document", lambda file: pytest.fail(f"read {file.path}"))
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, True)
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, False)


def test_only_the_sources_that_are_given_are_read(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    write(tmp_path / "more", "x.md", "德国")
    (corpus / "a.md").unlink()
    assert counts(build_index(tmp_path / "more", index, add=True)) == (1, 0, 0, 3, True)
    assert counts(build_index(index=index)) == (0, 0, 1, 3, True)


def test_a_path_that_two_sources_have(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(corpus, index)
    write(tmp_path / "sub", "c.md", "德国")
    report = build_index(tmp_path / "sub", index, add=True)
    assert counts(report) == (0, 0, 0, 3, True)
    assert [problem.path for problem in report.problems] == ["sub/c.md"]
    report = build_index(index=index, rebuild=True)
    assert [problem.path for problem in report.problems] == ["sub/c.md"]
    with open_index(index) as opened:
        assert (len(opened), opened.count("德国")) == (3, 0)
