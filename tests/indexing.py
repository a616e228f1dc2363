"""What the tests of building an index share: small corpora, and what is in an index folder."""

import random
from collections.abc import Iterator
from pathlib import Path

from library import article
from texts import random_text

from searcher import Article, Report


def file_states(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, size and time of every file in a folder."""
    return {
        path.name: ((status := path.stat()).st_ino, status.st_size, status.st_mtime_ns)
        for path in folder.iterdir()
    }


def counts(report: Report) -> tuple[int, int, int, int, bool]:
    """How many were added, changed, removed and unchanged, and whether that was committed."""
    return report.added, report.changed, report.removed, report.unchanged, report.committed


def segments(folder: Path) -> list[Path]:
    """The segment files of an index."""
    return sorted(folder.glob("*.seg"))


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file with a short article."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: {text}\n---\n{text}的正文", "utf-8")
    return path


def write_corpus(folder: Path) -> Path:
    """Write ``folder``/corpus with three articles."""
    for name, text in {"a.md": "普京", "b.md": "拜登", "sub/c.md": "乌克兰"}.items():
        write(folder / "corpus", name, text)
    return folder / "corpus"


def many(count: int, seed: int) -> Iterator[Article]:
    """Articles with ids from a0000 on, and texts made by chance."""
    chance = random.Random(seed)
    for number in range(count):
        yield article(number, random_text(chance, 5).replace("\n", " "), random_text(chance, 25))
