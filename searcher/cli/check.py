"""``searcher check``: whether an index is sound."""

from typing import Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import index_folder, open_index
from searcher.cli.options import Option
from searcher.cli.render import counted, safe, say, write

EXAMPLES = """
Examples:
  searcher check
  searcher check --index ~/news.index && echo fine
  searcher check --deep --sample 1000
"""


def check(
    *,
    index: options.IndexFolder = "",
    deep: Annotated[
        bool, Option("Analyse the texts again, too, and compare their words with the index.")
    ] = False,
    sample: Annotated[
        int | None,
        Option("With --deep, only of so many articles, evenly chosen.", least=1, metavar="N"),
    ] = None,
) -> int:
    """Read the whole index: is it sound?

    Prints one line a problem, and exits with 2 if there is any.
    """
    if sample is not None and not deep:
        raise QueryError("--sample is for --deep")
    with open_index(index) as opened:
        problems = opened.check(deep=deep, sample=sample)
        for problem in problems:
            write(safe(problem))
        if problems:
            found = counted(len(problems), "problem")
            say(f"{found}; searcher index --rebuild makes the index anew")
            return 2
        say(f"{index_folder(index)} is sound: {counted(len(opened), 'article')}")
        stats = opened.stats()
        verified = f"{stats.bytes / 1e6:,.1f} MB in {counted(stats.segments, 'segment')}"
        say(f"verified: the checksums of {verified}; that terms, postings, columns and texts fit")
        if deep:
            texts = len(opened) if sample is None else min(sample, len(opened))
            compared = counted(texts, "text")
            say(f"compared: words, bigrams and boundaries of {compared}, analysed anew")
    return 0
