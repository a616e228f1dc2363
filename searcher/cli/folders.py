"""Where the articles and the index are, unless the command line says so: ``SEARCHER_…`` or here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from searcher import IndexNotFoundError

if TYPE_CHECKING:
    from searcher import Index


def corpus_folders(given: Sequence[str]) -> list[str]:
    """The folders and files to read; empty where those that the index has are meant."""
    variable = os.environ.get("SEARCHER_CORPUS")
    return [*given] or ([variable] if variable else [])


def index_folder(given: str) -> str:
    """The folder of the index."""
    return given or os.environ.get("SEARCHER_INDEX") or "index"


def open_index(given: str) -> Index:
    """Open the index; when there is none, the error says which command makes it."""
    import searcher

    folder = index_folder(given)
    try:
        return searcher.open_index(folder)
    except IndexNotFoundError:
        corpus = (corpus_folders(()) or ["corpus"])[0]
        words = ["searcher index"]
        if not os.path.isdir(corpus):  # noqa: PTH112 - pathlib is not needed for a search
            words.append("FOLDER")
        if given:
            words.append(f"--index {given}")
        message = f"there is no index in {folder!r} yet; run: {' '.join(words)}"
        raise IndexNotFoundError(message) from None
