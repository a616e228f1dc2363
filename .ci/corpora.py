"""Index the corpora of a data folder: is every file indexed or reported, and is the index sound?

    python .ci/corpora.py ../shared/data

Prints one line a corpus and exits with 1 if a file was lost.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import searcher

ENDINGS = (".md", ".markdown", ".html", ".htm", ".txt")
CORPORA = ("xwlb", "feeds", "hk")


def check(corpus: Path, index: Path) -> list[str]:
    """Index a folder, say how that went, and return what is wrong."""
    files = sum(path.name.lower().endswith(ENDINGS) for path in corpus.rglob("*"))
    report = searcher.build_index(corpus, index)
    with searcher.open_index(index) as opened:
        indexed = len(opened)
        wrong = opened.check()
        found = opened.count("北京 OR 香港 OR 中国")
    again = searcher.build_index(corpus, index)
    print(
        f"{corpus.name}: {files:,} files, {indexed:,} indexed, {report.skipped} skipped, "
        f"{len(report.problems)} problems, {report.seconds:.1f} s; "
        f"nothing changed: {again.seconds:.1f} s"
    )
    if indexed + report.skipped != files:
        wrong.append(f"{files - indexed - report.skipped} files neither indexed nor reported")
    if report.skipped and not report.problems:
        wrong.append("files skipped without a word")
    if again.committed or again.unchanged != indexed:
        wrong.append("indexed again although nothing had changed")
    if not found:
        wrong.append("nothing found")
    return [f"{corpus.name}: {problem}" for problem in wrong]


def main(data: Path) -> int:
    """Check all corpora."""
    wrong = []
    with TemporaryDirectory() as folder:
        for name in CORPORA:
            shutil.unpack_archive(data / f"{name}.tar.xz", folder)
            wrong += check(Path(folder, name), Path(folder, f"{name}.index"))
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
