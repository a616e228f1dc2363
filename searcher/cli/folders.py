"""Where the articles and the index are, unless the command line says so.

That is what ``SEARCHER_…`` says, or ``searcher.toml``, or the default.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher import IndexNotFoundError
from searcher.cli.language import tr
from searcher.cli.settings import set_cluster_variables, setting

if TYPE_CHECKING:
    from searcher import Index

VARIABLES = {"index": "SEARCHER_INDEX", "sources": "SEARCHER_CORPUS"}


def corpus_folders(given: Sequence[str]) -> list[str]:
    """The folders and files to read; empty where those that the index has are meant."""
    if given:
        return [*given]
    if variable := os.environ.get(VARIABLES["sources"]):
        return [variable]
    said = setting("sources")
    return [*said.value] if said else []


def index_folder(given: str) -> str:
    """The folder of the index, or its address on a cluster."""
    given = given or os.environ.get(VARIABLES["index"], "")
    if not given:
        said = setting("index")
        given = str(said.value) if said else "index"
    if "://" in given:
        set_cluster_variables()
    return given


def open_index(given: str, *, partial: bool = False) -> Index:
    """Open the index; when there is none, the error says which command makes it."""
    import searcher

    folder = index_folder(given)
    try:
        return searcher.open_index(folder, partial=partial)
    except IndexNotFoundError:
        corpus = (corpus_folders(()) or ["corpus"])[0]
        words = ["searcher index"]
        if not os.path.isdir(corpus):  # noqa: PTH112 - pathlib is not needed for a search
            words.append("FOLDER")
        if given:
            words.append(f"--index {given}")
        message = tr(
            "there is no index in {folder} yet; run: {line}",
            folder=repr(folder),
            line=" ".join(words),
        )
        raise IndexNotFoundError(message) from None
