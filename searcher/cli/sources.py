"""``searcher sources``: where the articles of an index come from."""

from typing import TYPE_CHECKING, Annotated

from searcher.cli import options
from searcher.cli.folders import index_folder, open_index
from searcher.cli.language import tr
from searcher.cli.options import Argument
from searcher.cli.render import Page, counted, say

if TYPE_CHECKING:
    from searcher import Source

EXAMPLES = """
Examples:
  searcher sources                          # name, articles, place
  searcher sources move corpus ~/archive
  searcher sources remove more
"""


def sources(
    *,
    action: Annotated[
        list[str],
        Argument("Nothing, or: move NAME FOLDER, or: remove NAME.", "[move|remove]..."),
    ] = [],  # noqa: B006 - never changed
    index: options.IndexFolder = "",
    as_json: options.Json = False,
) -> int:
    """List the sources of the index, or change them.

    With move, a folder is said to be at another place now, where nothing is read again that has
    not changed. With remove, a source leaves the index with all its articles; files stay.
    """
    import searcher

    match action:
        case []:
            return _list(index, as_json=as_json)
        case ["move", old, new]:
            open_index(index).close()
            with searcher.open_writer(index_folder(index)) as writer:
                writer.move_source(old, new)
            say(
                tr(
                    "{name} is at {place}; searcher index looks at what changed",
                    name=old,
                    place=new,
                )
            )
        case ["remove", name]:
            open_index(index).close()
            with searcher.open_writer(index_folder(index)) as writer:
                removed = writer.remove_source(name)
            articles = counted(removed, "article")
            say(
                tr("{name} is no source any more: {articles} removed", name=name, articles=articles)
            )
        case _:
            raise searcher.QueryError(
                tr(
                    "write: searcher sources, searcher sources move NAME FOLDER, "
                    "or searcher sources remove NAME"
                )
            )
    return 0


def _list(index: str, *, as_json: bool) -> int:
    with open_index(index) as opened:
        found = opened.sources()
    if as_json:
        from searcher.cli.records import write_record

        write_record({"sources": [_record(source, articles) for source, articles in found]})
    else:
        page = Page("auto", pager=False)
        rows = [
            (source.name, f"{articles:9,}  {source.where or by_hand(source.kind)}")
            for source, articles in found
        ]
        page.show(page.table(rows))
    return 0


def by_hand(kind: str) -> str:
    """What is said of sources that are at no place."""
    return tr("added one by one") if kind == "added" else tr("given by a program")


def _record(source: "Source", articles: int) -> dict[str, object]:
    return {
        "name": source.name,
        "kind": source.kind,
        "where": source.where,
        "articles": articles,
        "glob": list(source.selection.globs),
        "exclude": list(source.selection.excludes),
        "follow": source.selection.follow,
    }
