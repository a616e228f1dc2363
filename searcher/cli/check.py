"""``searcher check``: whether an index is sound."""

from typing import Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import index_folder, open_index
from searcher.cli.language import told, tr
from searcher.cli.options import Option
from searcher.cli.render import counted, safe, say, write
from searcher.cli.stats import size

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
        raise QueryError(tr("--sample is for --deep"))
    with open_index(index) as opened:
        problems = opened.check(deep=deep, sample=sample)
        for problem in problems:
            write(safe(told(problem)))
        if problems:
            found = counted(len(problems), "problem")
            say(tr("{problems}; searcher index --rebuild makes the index anew", problems=found))
            return 2
        articles = counted(len(opened), "article")
        say(tr("{folder} is sound: {articles}", folder=index_folder(index), articles=articles))
        say(
            tr(
                "verified: the checksums of {size}; that terms, postings, columns and texts fit",
                size=size(opened.stats()),
            )
        )
        if deep:
            texts = len(opened) if sample is None else min(sample, len(opened))
            say(
                tr(
                    "compared: words, bigrams and boundaries of {texts}, analysed anew",
                    texts=counted(texts, "text"),
                )
            )
    return 0
