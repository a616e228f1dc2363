"""The writer protocol suffices: a sync works the same with an engine of dicts and JSON lines."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from indexing import write
from library import article

from searcher import Report, build_index
from searcher.backends.writing import (
    Document,
    IndexedDocument,
    IndexSettings,
    IndexState,
    WriteBackend,
    key_hash,
)
from searcher.ingest import walk
from searcher.ingest.walk import Problem
from searcher.sources import Source
from searcher.text.analyser import default_analyser
from searcher.write import batches
from searcher.write.sync import SyncRun, update

SETTINGS = IndexSettings(analysis="1", lexicon="ab", engines="none")


@dataclass(frozen=True)
class BulkLines:
    """Documents as lines of a bulk request: an action, and a source with terms; for any process."""

    index: str

    def __call__(self, documents: Sequence[Document]) -> bytes:
        lines: list[object] = []
        for document in documents:
            action = {"_index": self.index, "_id": key_hash(document.key)}
            source = {
                "path": document.article.path,
                "revision": document.revision,
                "contents": document.contents,
                "source": document.source,
                "terms": [token.term for token in default_analyser().tokens(document.article.body)],
            }
            lines += {"index": action}, source
        return "".join(json.dumps(line) + "\n" for line in lines).encode()


class BulkBackend:
    """Keeps the newest committed sources in a dict, as a server would by ``_id``."""

    def __init__(self) -> None:
        self.sources: dict[int, dict[str, object]] = {}
        self.state: IndexState | None = None
        self.calls: list[str] = []

    def start(
        self, settings: IndexSettings, lexicon_files: Sequence[str], *, rebuild: bool
    ) -> IndexState | None:
        if rebuild or self.state is None or self.state.settings != settings:
            self.state = None
        self._next = dict(self.sources) if self.state else {}
        self.calls = []
        return self.state

    def indexed(self, keys: Collection[int] | None = None) -> dict[int, IndexedDocument]:
        names = ("revision", "contents", "source")
        return {
            key: IndexedDocument(*(int(str(source[name])) for name in names))
            for key, source in self._next.items()
            if keys is None or key in keys
        }

    def below(self, path: str) -> Iterator[int]:
        raise NotImplementedError

    def stored(self, sources: Collection[int]) -> Iterator[Document]:
        return iter(())

    def paths(self, keys: Collection[int]) -> Iterator[tuple[int, str]]:
        return ((key, str(self.sources[key]["path"])) for key in keys)

    def delete(self, keys: Iterable[int]) -> None:
        for key in keys:
            del self._next[key]
            self.calls.append("delete")

    def preparer(
        self, count: int, sample: Iterable[Document]
    ) -> Callable[[Sequence[Document]], bytes]:
        assert len(list(sample)) <= count
        return BulkLines("news")

    def add(self, payload: bytes) -> None:
        lines = [json.loads(line) for line in payload.splitlines()]
        for action, source in zip(lines[::2], lines[1::2], strict=True):
            assert action["index"]["_id"] not in self._next, "added before the old one was deleted"
            self._next[action["index"]["_id"]] = source
        self.calls.append("add")

    def commit(self, state: IndexState) -> list[Problem]:
        self.state, self.sources = state, self._next
        self.calls.append("commit")
        return []

    def paths_kept(self) -> set[object]:
        return {source["path"] for source in self.sources.values()}


def sync(backend: BulkBackend, corpus: object, jobs: int = 1) -> Report:
    if isinstance(corpus, Path):
        source = Source(0, "corpus", "folder", str(corpus))
    else:
        source = Source(0, "articles", "articles")
    run = SyncRun(
        IndexState(SETTINGS, sources=(source,)),
        read=frozenset([0]),
        articles=() if isinstance(corpus, Path) else corpus,  # type: ignore[arg-type]  # articles
        jobs=jobs,
    )
    writer: WriteBackend[bytes] = backend
    return update(writer, run, time.perf_counter())


def same(report: Report) -> Report:
    return replace(report, seconds=0)


def test_both_engines_give_the_same_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index, backend = tmp_path / "corpus", tmp_path / "index", BulkBackend()

    def both() -> Report:
        report = sync(backend, corpus)
        assert same(report) == same(build_index(corpus, index, jobs=1))
        return report

    for name in ("a.md", "b.md", "c/d.md", "c/e.md"):
        write(corpus, name, f"普京{name[0]}")
    assert both().added == 4
    assert backend.calls == ["add", "commit"]
    assert both().unchanged == 4
    assert backend.calls == []

    write(corpus, "a.md", "拜登来了")
    (corpus / "b.md").unlink()
    (corpus / "c" / "e.md").write_bytes(b"\x00\x01\x02\xff" * 99)
    write(corpus, "f.md", "新的")
    report = both()
    assert (report.added, report.changed, report.removed, report.skipped) == (1, 1, 2, 1)
    assert backend.calls == ["delete", "delete", "add", "delete", "commit"]
    assert backend.paths_kept() == {"a.md", "c/d.md", "f.md"}
    assert both().skipped == 1

    def refuse(base: str, prefix: str, entered: dict[tuple[int, int], str]) -> object:
        if prefix == "c/":
            raise PermissionError(13, "Permission denied")
        return opened(base, prefix, entered)

    opened = walk._open
    monkeypatch.setattr(walk, "_open", refuse)
    (corpus / "f.md").unlink()
    report = both()
    assert (report.removed, report.unchanged) == (1, 2)
    assert backend.paths_kept() == {"a.md", "c/d.md"}


def test_other_processes_prepare_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_BATCH_ARTICLES", 10)
    made = [article(n, "要闻", f"第{n}条普京") for n in range(55)]
    one, two = BulkBackend(), BulkBackend()
    assert same(sync(one, made)) == same(sync(two, made, jobs=2))
    assert one.sources == two.sources
    assert len(two.sources) == 55
    assert two.calls == ["add"] * 6 + ["commit"]


def test_other_settings_start_anew() -> None:
    backend = BulkBackend()
    sync(backend, [article(1)])
    backend.state = IndexState(SETTINGS._replace(lexicon="cd"))
    assert sync(backend, [article(1)]).added == 1
