"""Index and search a few articles with the installed package: ``python try_wheel.py native|numpy``.

``native``: all native modules have to be in use; ``numpy``: none of them may be there.
"""

import sys
import tempfile
from pathlib import Path

import searcher
from searcher import Article, build_index, open_index
from searcher._native import EXTENSIONS, extension


def main() -> int:
    """Build and search; 1 where the result or the modules are not those expected."""
    there = [name for name in EXTENSIONS if extension(name) is not None]
    expected = list(EXTENSIONS) if sys.argv[1] == "native" else []
    if there != expected:
        print(f"{sys.executable}: the native modules are {there}, not {expected}", file=sys.stderr)
        return 1
    bodies = [f"新华社北京第{number}次报道：国防部长会见普京，谈F-35。" for number in range(600)]
    articles = [Article(f"a{n}", f"a{n}.md", "标题", body) for n, body in enumerate(bodies)]
    with tempfile.TemporaryDirectory() as folder:
        build_index(articles, Path(folder, "index"), jobs=1)
        with open_index(Path(folder, "index")) as index:
            counts = [index.count(query) for query in ("普京", "部长", "f35", '"第59次"', "拜登")]
            problems = index.check()
    if counts != [600, 600, 600, 1, 0] or problems:
        print(f"{searcher.__file__}: found {counts}, problems {problems}", file=sys.stderr)
        return 1
    print(f"{sys.version.split()[0]}: {', '.join(there) or 'no native modules'}; found {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
