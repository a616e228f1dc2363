"""This project, through its public names only."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.engines import Hit, Query
from searcher import open_index

if TYPE_CHECKING:
    from bench.documents import Documents
    from bench.segmenting import Timings
    from searcher import Article


_SEGMENTING = ("listing", "reading and segmenting")


class Ours:
    def build(
        self, documents: Documents, folder: Path, timings: Timings, *, processes: int = 1
    ) -> None:
        # Here, because searching does not need them.
        from bench.documents import articles
        from searcher import build_index

        stage, start = "segment", perf_counter()

        def on_progress(progress: Any) -> None:
            # Reading, segmenting and posting lists go together there; after them files are written.
            nonlocal stage, start
            start = timings.add(stage, start)
            stage = "segment" if progress.stage in _SEGMENTING else "write"

        build_index(
            documents.folder or articles(documents),
            folder,
            jobs=processes,
            on_progress=on_progress,
        )
        timings.add(stage, start)

    def open(self, folder: Path) -> None:
        self._folder = folder
        self._index = open_index(folder)

    def search(self, query: Query) -> list[Hit]:
        results = self._index.search(
            _text(query),
            limit=query.limit,
            offset=query.offset,
            sort="newest" if query.newest else "relevance",
            **_options(query),
        )
        return [Hit(hit.title, hit.date, _snippet(hit)) for hit in results]

    def count(self, query: Query) -> int:
        return int(self._index.count(_text(query), **_options(query)))

    def update(self, article: Article, documents: Documents, *, by_listing: bool = False) -> None:
        """Bring the whole index up to date, or take in the one article, and look at it."""
        from bench.documents import articles
        from searcher import build_index, open_writer

        if not by_listing:
            with open_writer(self._folder) as writer:
                if documents.folder is None:
                    writer.add(article)
                else:
                    writer.update(documents.folder / article.path)
            self._index.refresh()
            return
        collection = documents.folder or (
            article if article.id == other.id else other for other in articles(documents)
        )
        build_index(collection, self._folder)
        self._index.refresh()

    def close(self) -> None:
        self._index.close()


def _text(query: Query) -> str:
    return {"literal": '"{}"', "prefix": "{}*"}.get(query.form, "{}").format(query.text)


def _options(query: Query) -> dict[str, Any]:
    options: dict[str, Any] = {"any": True} if query.form == "any" else {}
    for name in ("since", "until", "category"):
        if getattr(query, name) is not None:
            options[name] = getattr(query, name)
    return options


def _snippet(hit: Any) -> str:
    """Mark the matches in the first snippet of the body, as the peers do."""
    for snippet in hit.snippets:
        if snippet.field == "body":
            pieces, end = [], 0
            for start, stop in snippet.spans:
                pieces += [snippet.text[end:start], "<b>", snippet.text[start:stop], "</b>"]
                end = stop
            return "".join([*pieces, snippet.text[end:]])
    return ""


engine = Ours
