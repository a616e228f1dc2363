"""``searcher save``: keep a search, to be told what is new."""

from typing import Annotated

from searcher import QueryError
from searcher.cli import options
from searcher.cli.folders import index_folder
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.query_text import query_of
from searcher.cli.render import counted, say

EXAMPLES = """
What matches now is not new to it; searcher new NAME shows what comes later.

Examples:
  searcher save putin 普京 -拜登
  searcher save kyiv 基辅 OR 泽连斯基 --since 2022
  searcher save putin 普京
  searcher save putin --remove
"""


def save(
    *,
    name: Annotated[str, Argument("What the search is called.", "NAME")],
    query: Annotated[list[str], Argument("What to look for.", "[QUERY]...")] = (),  # type: ignore[assignment]
    index: options.IndexFolder = "",
    remove: Annotated[bool, Option("Forget the search of this name.")] = False,
    filters: options.Filters,
) -> int:
    """Save a search under a name."""
    # Help pages are shown without numpy.
    from searcher import SavedSearches

    saved = SavedSearches()
    if remove:
        if query:
            raise QueryError(tr("--remove takes a name and no query"))
        saved.remove(name)
        say(tr("forgot {name}", name=name))
        return 0
    if not query:
        raise QueryError(tr("say what to look for: searcher save NAME QUERY"))
    total = saved.save(name, query_of(query), index_folder(index), **filters)
    say(
        tr(
            "saved {name}: {articles} so far; searcher new shows what comes",
            name=name,
            articles=counted(total, "article"),
        )
    )
    return 0
