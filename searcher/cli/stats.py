"""``searcher stats``: what is in an index."""

from searcher.cli import options
from searcher.cli.folders import open_index
from searcher.cli.options import Json

EXAMPLES = """
Examples:
  searcher stats
  searcher stats --json
"""


def stats(*, index: options.IndexFolder = "", as_json: Json = False) -> int:
    """Show what is in the index: how much, from when, from where."""
    with open_index(index) as opened:
        print(opened.stats())
    return 0
