"""``searcher remove``: articles leave an index, and stay away."""

from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.article_files import ArticleFiles
from searcher.cli.folders import index_folder, open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.render import counted, say

if TYPE_CHECKING:
    from searcher import Index

EXAMPLES = """
Examples:
  searcher remove call.md 'news.jsonl#1'
  searcher remove --query 'path:more'
"""


def remove(
    *,
    ids: Annotated[list[str], Argument("Ids or paths of articles.", "ID|PATH...")] = [],  # noqa: B006 - never changed
    query: Annotated[
        str, Option("Remove all articles that match this query.", "-q", metavar="QUERY")
    ] = "",
    index: options.IndexFolder = "",
) -> int:
    """Remove articles from the index.

    Files stay as they are, but searcher index leaves them out from now on; searcher add takes them
    in again.
    """
    import searcher

    if bool(ids) == bool(query.strip()):
        raise searcher.QueryError(tr("give ids or paths of articles, or a --query, and not both"))
    # It says so where there is no index.
    with open_index(index) as opened:
        names = _matching(opened, query) if query else [_named(opened, id_) for id_ in ids]
    with searcher.open_writer(index_folder(index)) as writer:
        removed = writer.delete(names)
    say(tr("{articles} removed", articles=counted(removed, "article")))
    if not removed:
        say("searcher: " + tr("nothing matches; searcher search shows ids and paths"))
    return 0 if removed else 1


def _named(opened: "Index", given: str) -> str:
    """An id for a file that the index has an article of; what was given for all else."""
    return (ArticleFiles(opened).path_of(given) if given not in opened else "") or given


def _matching(opened: "Index", query: str) -> list[str]:
    """The ids of the articles that match a query as it stands."""
    total = opened.count(query)
    return [hit.id for hit in opened.search(query, limit=total, strict=True, snippets=False)]
