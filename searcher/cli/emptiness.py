"""Which filter left nothing of a query, said where nothing was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from searcher.cli.language import tr
from searcher.cli.render import counted, say

if TYPE_CHECKING:
    from searcher import Index

FILTERS = ("since", "until", "category", "author", "source", "any", "aliases")


def say_why_empty(index: Index, query: str, asked: Mapping[str, Any]) -> None:
    """Say how many articles there are without each filter that leaves none."""
    filters = {name: value for name, value in asked.items() if name in FILTERS}
    for found in index.excluding(query, **filters):
        filters_found = " ".join(
            f"--{each.option} {each.text}" if each.option else each.text for each in found.filters
        )
        say(
            tr(
                "without {filter}: {articles}",
                filter=filters_found,
                articles=counted(found.articles, "article"),
            )
        )
