"""``searcher check``: whether an index is sound."""

from searcher.cli import options
from searcher.cli.folders import index_folder, open_index
from searcher.cli.render import counted, safe, say, write

EXAMPLES = """
Examples:
  searcher check
  searcher check --index ~/news.index && echo fine
"""


def check(*, index: options.IndexFolder = "") -> int:
    """Read the whole index: is it sound?

    Prints one line a problem, and exits with 2 if there is any.
    """
    with open_index(index) as opened:
        problems = opened.check()
        for problem in problems:
            write(safe(problem))
        if problems:
            found = counted(len(problems), "problem")
            say(f"{found}; searcher index --rebuild makes the index anew")
            return 2
        say(f"{index_folder(index)} is sound: {counted(len(opened), 'article')}")
    return 0
