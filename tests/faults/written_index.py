"""Ways to write an index, and what is asked of one afterwards: the old answers or the new ones."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from library import article, build

from searcher import IndexNotFoundError, open_index, open_writer
from searcher.store.manifest import read_manifest

Answers = list[object] | None
"""What an index answers; None where there is none yet."""

QUERIES = ("普京", "拜登 新闻", '"第3版"', "会*", "-普京", "title:第1版")


class Way(NamedTuple):
    """A way to write an index: what is there before, and what is done then with some processes."""

    before: Callable[[Path], object]
    then: Callable[..., object]


def news(version: int, first: int, stop: int) -> list[tuple[str, str]]:
    """Titles and bodies; some of them say in which version they were written."""
    texts = []
    for number in range(first, stop):
        of = version if number % 3 == 0 else 0
        texts.append((f"第{of}版新闻{number}", f"普京与拜登会谈{number}，会议{of}"))
    return texts


def put(folder: Path, version: int, stop: int, **options: Any) -> None:
    """Bring ``folder``/index to a version."""
    articles = [article(n, *text) for n, text in enumerate(news(version, 0, stop))]
    build(folder, articles, **options)


def put_one_by_one(folder: Path) -> None:
    """Seven commits, so that the next one merges."""
    for stop in range(1, 8):
        put(folder, 1, stop)


def add_and_remove(folder: Path, jobs: int = 1) -> None:
    with open_writer(folder / "index") as writer:
        writer.add({"id": "by-hand", "title": "拜登讲话", "body": "会谈之后"})
        writer.delete("a0002")


def nothing(folder: Path) -> None:
    """A first build begins with that."""


def then_put(*version: int, **options: Any) -> Callable[..., None]:
    """A function that brings an index to a version."""
    return lambda folder, jobs=1: put(folder, *version, jobs=jobs, **options)


WAYS = {
    "first build": Way(nothing, then_put(1, 6)),
    "update": Way(then_put(1, 20), then_put(2, 22)),
    "merge": Way(put_one_by_one, then_put(1, 8)),
    "rebuild": Way(then_put(1, 6), then_put(2, 7, rebuild=True)),
    "add": Way(then_put(1, 12), add_and_remove),
}


def answers(index_folder: Path) -> Answers:
    """What an index answers. Raises what opening and searching it raises."""
    try:
        index = open_index(index_folder)
    except IndexNotFoundError:
        return None
    with index:
        found: list[object] = [len(index)]
        for query in QUERIES:
            hits = index.search(query, limit=5)
            found.append((hits.total, [(hit.id, hit.title, round(hit.score, 4)) for hit in hits]))
    return found


def left_over(index_folder: Path) -> list[str]:
    """The files of an index that its newest commit does not need."""
    manifest = read_manifest(index_folder)
    needed = {manifest.file, manifest.toc_file, "MAIN_WRITELOCK", *manifest.files}
    return sorted({path.name for path in index_folder.iterdir()} - needed)


def prepared(way: Way, folder: Path) -> tuple[Path, Answers, Answers]:
    """A folder as it is before, and what its index answers before and afterwards."""
    before, after = folder / "before", folder / "after"
    before.mkdir()
    way.before(before)
    shutil.copytree(before, after)
    way.then(after)
    return before, answers(before / "index"), answers(after / "index")
