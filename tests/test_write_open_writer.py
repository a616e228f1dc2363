"""A writer that stays open: what it adds, removes and looks at again can be found at once."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import counts, file_states, segments, write, write_corpus
from library import article, build, found

from searcher import (
    Article,
    ArticleError,
    IndexFolderError,
    IndexLockedError,
    IndexOutdatedError,
    Source,
    SourceError,
    build_index,
    open_index,
    open_writer,
)
from searcher.write import open_writer as module
from searcher.write import sync
from searcher.write.records import OnProblem, read_records


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    corpus = write_corpus(tmp_path)
    build_index(corpus, tmp_path / "index")
    return corpus


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Path:
    return tmp_path / "index"


def paths(index: Path, query: str = "*") -> set[str]:
    with open_index(index) as opened:
        assert opened.check() == []
        return {hit.path for hit in opened.search(query, limit=1000, strict=True)}


# Adding


def test_what_is_added_is_found_by_a_reader_that_refreshes(index: Path) -> None:
    with open_index(index) as opened, open_writer(index) as writer:
        for number in range(30):
            writer.add({"title": f"新闻{number}", "body": "普京访问北京。"})
            assert writer.commit().added == 1
            assert opened.refresh()
            assert opened.count(f'"新闻{number}"') == 1
        assert len(opened) == 33
        assert opened.check() == []


def test_a_refresh_opens_only_what_is_new(tmp_path: Path) -> None:
    build(tmp_path, [article(number, f"普京{number}") for number in range(100, 120)])
    index = tmp_path / "index"
    with open_index(index) as opened, open_writer(index) as writer:
        before = opened._backend.segments[0].matcher.segment  # type: ignore[attr-defined]  # embedded
        writer.add(article(7, "新西兰"))
        writer.commit()
        opened.refresh()
        assert opened._backend.segments[0].matcher.segment is before  # type: ignore[attr-defined]
        writer.delete("a0105")
        writer.commit()
        opened.refresh()
        assert opened._backend.segments[0].matcher is not before  # type: ignore[attr-defined]
        assert opened._backend.segments[0].matcher.size == 20  # type: ignore[attr-defined]
        assert opened.count("普京") == 19
        assert opened.count("新西兰") == 1


def test_fields_of_a_mapping(index: Path) -> None:
    with open_writer(index) as writer:
        writer.add(
            {
                "title": "标题",
                "body": "一\n二",
                "date": "2021-12-05",
                "path": "x/y.md",
                "author": "新华社",
                "categories": ["国际", "时政", "国际"],
                "url": "https://example.com/",
            }
        )
    with open_index(index) as opened:
        got = opened.get("x/y.md")
        assert got is not None
        assert (got.title, got.body, got.source) == ("标题", "一\n二", "新华社")
        assert got.categories == ("国际", "时政")
        assert got.date is not None
        assert got.date.year == 2021


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"title": "只有标题"}, "needs a body"),
        ({"body": "只有正文"}, "needs a title"),
        ({"title": 5, "body": ""}, "must be text"),
        ({"title": "", "body": "", "headline": ""}, "no field 'headline'"),
        ({"title": "", "body": "", "categories": 5}, "list of texts"),
        ({"title": "", "body": "", "categories": [5]}, "must be text"),
        (5, "mapping or an Article"),
    ],
)
def test_what_is_no_article(index: Path, given_: Any, message: str) -> None:
    with open_writer(index) as writer:
        writer.add(article(1, "前面的"))
        with pytest.raises(ArticleError, match=message):
            writer.add([given_])
    assert paths(index, "前面的")


def test_a_date_that_is_not_understood_is_reported(index: Path) -> None:
    with open_writer(index) as writer:
        writer.add({"title": "标题", "body": "正文", "date": "昨天"})
        (problem,) = writer.commit().problems
        assert "昨天" in problem.message


def test_the_same_id_takes_the_place(index: Path) -> None:
    with open_writer(index) as writer:
        writer.add([article(1, "甲"), article(1, "乙")])
        assert counts(writer.commit()) == (1, 0, 0, 0, True)
        writer.add(article(1, "丙"))
        assert counts(writer.commit()) == (0, 1, 0, 0, True)
        assert counts(writer.commit()) == (0, 0, 0, 0, False)
    with open_index(index) as opened:
        assert found(opened, "丙") == {"a0001"}
        assert opened.count("甲") == opened.count("乙") == 0


def test_the_same_id_again_after_a_batch_was_prepared(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BATCH_ARTICLES", 3)
    with open_writer(index) as writer:
        for round_ in range(4):
            writer.add(article(number, f"第{round_}轮") for number in range(5))
        report = writer.commit()
        assert (report.added, report.removed) == (5, 0)
    with open_index(index) as opened:
        assert len(opened) == 8
        assert opened.count('"第3轮"') == 5
        assert opened.check() == []


def test_an_exception_leaves_the_index_as_it_was(index: Path) -> None:
    before = paths(index)

    def fail() -> None:
        with open_writer(index) as writer:
            writer.add(article(1))
            writer.delete("a.md")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert paths(index) == before
    assert build_index(index=index).unchanged == 3


def test_nothing_done_nothing_written(index: Path) -> None:
    before = file_states(index)
    with open_writer(index):
        pass
    assert file_states(index) == before


def test_half_characters_and_very_long_texts(index: Path) -> None:
    with open_writer(index) as writer:
        writer.add({"title": "半\ud800个", "body": "正文", "path": "a\ud800b"})
        assert writer.delete("a\ud800b") == 0
        assert writer.delete("a\ufffdb") == 1
        with pytest.raises(ArticleError, match="longer than"):
            writer.add({"title": "长", "body": "长" * (1 << 25)})


def test_a_closed_writer_does_nothing(index: Path, corpus: Path) -> None:
    writer = open_writer(index)
    writer.close()
    writer.close()
    for action in (
        lambda: writer.add(article(1)),
        lambda: writer.delete("a.md"),
        lambda: writer.update(corpus),
        writer.commit,
    ):
        with pytest.raises(IndexFolderError, match="closed"):
            action()


def test_adding_a_file_that_its_source_leaves_out(index: Path, corpus: Path) -> None:
    write(corpus, ".hidden.md", "德国")
    (corpus / ".searcherignore").write_text("d.md\n")
    write(corpus, "d.md", "德国")
    with open_writer(index) as writer:
        writer.add_files([corpus / "d.md"])
        (problem,) = writer.commit().problems
        assert "left out" in problem.message
        with pytest.raises(ArticleError, match="no file"):
            writer.add_files(corpus / "typo.md")


def test_a_new_index(tmp_path: Path) -> None:
    with open_writer(tmp_path / "new") as writer:
        writer.add(article(1, "普京"))
    assert paths(tmp_path / "new", "普京")


def test_another_writer_is_refused(index: Path, corpus: Path) -> None:
    write(corpus, "d.md", "德国")
    with open_writer(index):
        with pytest.raises(IndexLockedError):
            build_index(corpus, index)
        with pytest.raises(IndexLockedError):
            open_writer(index)
    assert build_index(corpus, index).added == 1


def test_an_index_with_another_lexicon_is_refused(index: Path, tmp_path: Path) -> None:
    (tmp_path / "lexicon.txt").write_text("碳汇林\n", "utf-8")
    build_index(index=index, lexicon=tmp_path / "lexicon.txt")
    (tmp_path / "lexicon.txt").write_text("碳汇\n", "utf-8")
    with pytest.raises(IndexOutdatedError, match="searcher index"):
        open_writer(index)
    build_index(index=index)
    with open_writer(index) as writer:
        writer.add(article(1))


# Surviving


def test_what_was_added_survives(index: Path, corpus: Path, tmp_path: Path) -> None:
    with open_writer(index) as writer:
        writer.add(article(1, "新西兰"))
    assert counts(build_index(corpus, index)) == (0, 0, 0, 4, False)
    write(corpus, "d.md", "德国")
    assert counts(build_index(corpus, index)) == (1, 0, 0, 4, True)
    assert counts(build_index(corpus, index, rebuild=True))[0] == 5
    (tmp_path / "lexicon.txt").write_text("碳汇林\n", "utf-8")
    assert counts(build_index(corpus, index))[0] == 5
    other = tmp_path / "other"
    write(other, "e.md", "法国")
    assert build_index(other, index, replace=True).removed == 4
    with open_index(index) as opened:
        got = opened.get("a0001")
        assert got == article(1, "新西兰")
        assert len(opened) == 2


def test_what_was_removed_stays_away(index: Path, corpus: Path) -> None:
    with open_writer(index) as writer:
        assert writer.delete(["a.md", "nowhere"]) == 1
    write(corpus, "d.md", "德国")
    write(corpus, "a.md", "普京又来了")
    assert build_index(corpus, index).added == 1
    assert paths(index) == {"b.md", "sub/c.md", "d.md"}
    assert build_index(corpus, index, rebuild=True).added == 3
    with open_writer(index) as writer:
        writer.add_files(corpus / "a.md")
    assert "a.md" in paths(index, "普京")
    write(corpus, "a.md", "普京走了")
    assert build_index(corpus, index).changed == 1


def test_what_was_added_goes_before_a_file(index: Path, corpus: Path) -> None:
    with open_index(index) as opened:
        original = opened.get("a.md")
        assert original is not None
    with open_writer(index) as writer:
        writer.add({"id": original.id, "path": "a.md", "title": "更正", "body": "正文"})
        assert writer.commit().changed == 1
    for rebuild in (False, True):
        write(corpus, "d.md", f"德国{rebuild}")
        build_index(corpus, index, rebuild=rebuild)
        with open_index(index) as opened:
            assert opened.count("更正") == 1
            assert opened.count("普京") == 0
            assert len(opened) == 4


def test_deleting_by_a_path_that_is_not_the_id(index: Path) -> None:
    with open_writer(index) as writer:
        writer.add([{"id": "x1", "path": "p/q", "title": "甲", "body": "乙"}, article(2)])
        assert writer.delete("p") == 0
        assert writer.delete("p/q") == 1
        writer.add({"id": "x1", "path": "p/q", "title": "甲", "body": "乙"})
        writer.commit()
        assert writer.delete("p") == 0
        assert writer.delete(["p/q", "x1"]) == 1
    assert "p/q" not in paths(index)


# Looking at paths again


def test_paths_that_changed(index: Path, corpus: Path, tmp_path: Path) -> None:
    write(corpus, "a.md", "特朗普")
    write(corpus, "new/x.md", "德国")
    write(corpus, "new/.hidden.md", "法国")
    (corpus / "b.md").unlink()
    with open_writer(index) as writer:
        writer.update([corpus / "a.md", corpus / "b.md", corpus / "new", tmp_path / "elsewhere"])
        report = writer.commit()
        assert counts(report) == (1, 1, 1, 0, True)
        (problem,) = report.problems
        assert "none of the sources" in problem.message
        writer.update(corpus)
        assert counts(writer.commit()) == (0, 0, 0, 3, False)
        shutil.move(corpus / "new", corpus / "moved")
        writer.update([corpus / "new", corpus / "moved" / "x.md"])
        assert counts(writer.commit()) == (1, 0, 1, 0, True)
    assert paths(index) == {"a.md", "moved/x.md", "sub/c.md"}
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, True)
    assert counts(build_index(corpus, index)) == (0, 0, 0, 3, False)


def test_a_text_of_the_same_size_and_times(index: Path, corpus: Path) -> None:
    status = (corpus / "a.md").stat()
    write(corpus, "a.md", "普亰")
    os.utime(corpus / "a.md", ns=(status.st_atime_ns, status.st_mtime_ns))
    with open_writer(index) as writer:
        writer.update(corpus / "a.md")
    assert paths(index, '"普亰"') == {"a.md"}


def test_a_folder_that_is_gone_keeps_its_articles(index: Path, corpus: Path) -> None:
    corpus.rename(corpus.with_name("away"))
    with open_writer(index) as writer:
        writer.update([corpus, corpus / "a.md"])
        report = writer.commit()
        assert (report.removed, len(report.problems)) == (0, 2)
        assert "kept" in report.problems[0].message
    report = build_index(index=index)
    assert (report.unchanged, report.removed, len(report.problems)) == (3, 0, 1)
    assert len(paths(index)) == 3


def test_a_file_that_became_unreadable_and_whole_again(index: Path, corpus: Path) -> None:
    with open_writer(index) as writer:
        (corpus / "a.md").write_bytes(bytes(range(256)) * 40)
        writer.update(corpus / "a.md")
        report = writer.commit()
        assert (report.removed, report.skipped) == (1, 1)
        write(corpus, "a.md", "普京")
        writer.update(corpus / "a.md")
        report = writer.commit()
        assert (report.added, report.skipped) == (1, 0)


def test_what_was_removed_is_not_looked_at_again(index: Path, corpus: Path) -> None:
    with open_writer(index) as writer:
        writer.delete("a.md")
        write(corpus, "a.md", "普京又来了")
        writer.update(corpus / "a.md")
    assert paths(index) == {"b.md", "sub/c.md"}


def test_a_folder_that_was_away_for_a_while(index: Path, corpus: Path) -> None:
    before = paths(index)
    (corpus / "sub").rename(corpus.with_name("away"))
    with open_writer(index) as writer:
        writer.update(corpus / "sub")
    assert paths(index) < before
    # All files have the times that they had when the whole was compared.
    corpus.with_name("away").rename(corpus / "sub")
    assert build_index(index=index).added == 1
    assert paths(index) == before


def test_what_changes_twice_before_a_commit(
    index: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (1, 1000):
        monkeypatch.setattr(module, "MAX_BATCH_ARTICLES", size)
        with open_writer(index) as writer:
            writer.add({"title": "由手", "body": "加", "path": "hand.md"})
            write(corpus, "new/x.md", "德国")
            write(corpus, "new/y.md", "法国")
            writer.update([corpus / "new", corpus])
            shutil.rmtree(corpus / "new")
            writer.update(corpus / "new")
            write(corpus, "new/y.md", "奥地利")
            writer.update(corpus)
            shutil.rmtree(corpus / "new")
            writer.update([corpus / "new" / "y.md", corpus])
        assert paths(index) == {"a.md", "b.md", "sub/c.md", "hand.md"}


# Sources


def test_a_source_that_moves(index: Path, corpus: Path) -> None:
    away = corpus.rename(corpus.with_name("away"))
    with open_writer(index) as writer:
        with pytest.raises(SourceError, match="it has: corpus"):
            writer.move_source("news", away)
        with pytest.raises(ArticleError):
            writer.move_source("corpus", away / "nowhere")
        with pytest.raises(SourceError, match="was a folder"):
            writer.move_source("corpus", away / "a.md")
        writer.move_source("corpus", away)
    assert counts(build_index(index=index)) == (0, 0, 0, 3, False)
    copied = Path(shutil.copytree(away, away.with_name("copied")))
    with open_writer(index) as writer:
        writer.move_source(str(away), copied)
    # The times are others now, the bytes are not.
    assert counts(build_index(index=index)) == (0, 0, 0, 3, True)


def test_a_source_that_is_removed(index: Path, corpus: Path, tmp_path: Path) -> None:
    write(tmp_path / "more", "a.md", "德国")
    build_index(tmp_path / "more", index, add=True)
    with open_index(index) as opened:
        assert [(source.name, n) for source, n in opened.sources()] == [("corpus", 3), ("more", 1)]
    with open_writer(index) as writer:
        assert writer.remove_source("corpus") == 3
    assert paths(index) == {"more/a.md"}
    assert [source.name for source, _ in open_index(index).sources()] == ["more"]


# A law: an index that was changed step by step is one that was built at once.

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "delete", "commit"]), st.integers(0, 5), st.integers(0, 3)),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_any_steps_come_to_the_last_of_each(
    steps: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    index = tmp_path_factory.mktemp("steps") / "index"
    expected: dict[str, str] = {}
    with open_writer(index) as writer:
        writer.add(article(9, "总在"))
        for step, number, text in steps:
            made = article(number, f"文{text}")
            if step == "add":
                writer.add(made)
                expected[made.id] = made.title
            elif step == "delete":
                assert writer.delete(made.id) == (expected.pop(made.id, None) is not None)
            else:
                writer.commit()
    with open_index(index) as opened:
        assert opened.check() == []
        assert {each.id: each.title for each in opened} == expected | {"a0009": "总在"}


# Files with many articles


def lines(path: Path, *titles: str) -> Path:
    texts = [json.dumps({"headline": title, "body": "正文"}) + "\n" for title in titles]
    path.write_text("".join(texts), "utf-8")
    return path


def test_a_file_with_many_articles_as_a_source(tmp_path: Path) -> None:
    index = tmp_path / "index"
    file = lines(tmp_path / "news.jsonl", "甲", "乙", "丙")
    fields = {"title": "headline"}
    assert counts(build_index(file, index, fields=fields)) == (3, 0, 0, 0, True)
    assert counts(build_index(file, index)) == (0, 0, 0, 3, False)
    lines(file, "甲", "丁")
    with file.open("a") as stream:
        stream.write("{\n")
    report = build_index(index=index)
    assert counts(report) == (0, 1, 1, 1, True)
    assert [problem.path for problem in report.problems] == ["news.jsonl#3"]
    lines(file, "甲", "丁", "戊")
    with open_writer(index) as writer:
        writer.update(file)
        assert counts(writer.commit()) == (1, 0, 0, 2, True)


def test_a_file_with_many_articles_is_read_when_it_changes(
    corpus: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(tmp_path / "news.jsonl", "甲", "乙")
    build_index(file, index, add=True, fields={"title": "headline"})
    reads: list[str] = []

    def counted(source: Source, on_problem: OnProblem) -> Iterator[Article]:
        reads.append(source.name)
        return read_records(source, on_problem)

    monkeypatch.setattr(sync, "read_records", counted)
    write(corpus, "d.md", "德国")
    assert counts(build_index(index=index)) == (1, 0, 0, 5, True)
    assert reads == []
    assert counts(build_index(index=index, fields={"title": "body"}))[:3] == (0, 2, 0)
    assert counts(build_index(index=index, rebuild=True))[0] == 6
    assert reads == ["news.jsonl"] * 2


def test_adding_files_and_streams(index: Path, tmp_path: Path) -> None:
    file = lines(tmp_path / "news.jsonl", "甲", "乙")
    alone = write(tmp_path / "elsewhere", "alone.md", "丙")
    with open_writer(index) as writer:
        writer.add_files([file, alone], fields={"title": "headline"})
        with file.open("rb") as stream:
            writer.add_stream(stream, name="-", fields={"title": "headline"})
        assert writer.commit().added == 5
        for wrong in (tmp_path / "elsewhere", tmp_path / "nowhere.md", tmp_path / "x.pdf"):
            if wrong.suffix == ".pdf":
                wrong.touch()
            with pytest.raises(ArticleError):
                writer.add_files(wrong)
        alone.write_bytes(bytes(range(256)) * 40)
        writer.add_files(alone)
        assert len(writer.commit().problems) == 1
    assert build_index(index=index).unchanged == 8


def test_many_small_commits_leave_few_segments(tmp_path: Path) -> None:
    build(tmp_path, [article(n, "旧") for n in range(100)])
    index = tmp_path / "index"
    with open_writer(index) as writer:
        for number in range(200, 300):
            writer.add(article(number, "新"))
            writer.commit()
    assert len(segments(index)) < 24
    assert len(paths(index)) == 200
