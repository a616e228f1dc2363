"""Reading the articles of a folder one after another, without an index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from os import PathLike
from typing import TYPE_CHECKING

from searcher.errors import ArticleError
from searcher.ingest.reader import read_article
from searcher.ingest.walk import Problem, scan

if TYPE_CHECKING:
    from searcher.article import Article


def read_articles(
    folder: str | PathLike[str], on_problem: Callable[[Problem], None] = lambda _: None
) -> Iterator[Article]:
    """The articles of a folder, at any depth, in the order of their paths.

    Args:
        folder: `Article.path` and `Article.id` are relative to it.
        on_problem: is told of each file that cannot be read; the rest goes on.

    Raises:
        ArticleError: the folder is not there, or cannot be opened.

    >>> [article.title for article in read_articles("corpus")]  # doctest: +SKIP
    ['拜登与普京举行视频通话', '北京冬奥会开幕']
    """
    root = os.path.join(folder, "")  # noqa: PTH118 - strings, as a Path for each costs too much
    for found in scan(root):
        if isinstance(found, Problem):
            on_problem(found)
            continue
        try:
            article = read_article(root + found.path, root=root)
        except ArticleError as error:
            on_problem(Problem(found.path, str(error)))
            continue
        yield article
