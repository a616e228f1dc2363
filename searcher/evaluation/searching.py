"""Searching as an evaluation does it: in an index for the occasion, for many queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from searcher import Index, build_index, open_index
from searcher.evaluation.runs import falling_scores

if TYPE_CHECKING:
    from searcher import Article
    from searcher.evaluation.runs import Run

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def temporary_index(
    articles: Iterable[Article], on_progress: OnProgress = silent
) -> Iterator[Index]:
    """An index of these articles, deleted after the ``with`` block."""
    with TemporaryDirectory(prefix="searcher-") as folder:
        build_index(
            articles,
            Path(folder, "index"),
            on_progress=lambda progress: on_progress(progress.stage, progress.done, progress.total),
        )
        with open_index(Path(folder, "index")) as index:
            yield index


def matching_ids(index: Index, query: str) -> set[str]:
    """The ids of all articles that match a query; not of those with only some of its words."""
    # By date, since the order does not matter here and ranking takes longer.
    results = index.search(query, limit=len(index), sort="newest", strict=True, snippets=False)
    return {hit.id for hit in results}


def search_all(
    index: Index,
    queries: Mapping[str, str],
    *,
    depth: int = 100,
    on_progress: OnProgress = silent,
    **options: Any,
) -> Run:
    """The best ``depth`` articles for each query; ``options`` are those of a search."""
    run: dict[str, list[tuple[str, float]]] = {}
    for done, (id_, query) in enumerate(queries.items(), 1):
        results = index.search(query, limit=depth, snippets=False, **options)
        ids = (hit.id for hit in results)
        run[id_] = [*zip(ids, falling_scores(results), strict=True)]
        on_progress("searching", done, len(queries))
    return run
