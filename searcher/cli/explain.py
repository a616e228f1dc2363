"""``searcher explain``: why an article has its place, or why it is not found at all."""

from typing import Annotated

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Argument, Json

EXAMPLES = """
Examples:
  searcher explain '拜登 普京' k3x9q2mfaa
"""


def explain(
    *,
    query: Annotated[str, Argument("The query.", "QUERY")],
    id: Annotated[str, Argument("The id or the path of an article.", "ID")],  # noqa: A002
    index: options.IndexFolder = "",
    as_json: Json = False,
) -> int:
    """Say why an article is found, or why not."""
    with open_index(index) as opened:
        print(opened.explain(query, id))
    return 0
