"""The inner loops in native code, where they were compiled; numpy does the same without them.

Installing the package compiles the extension modules of this folder where there is a C compiler,
and leaves them out where there is none. They are written in Cython: typed memory views check what
they are given and where they are read, so that a damaged index raises an error here, too. With
``SEARCHER_NATIVE=0`` in the environment they are left aside.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

EXTENSIONS = (
    "building", "cutting", "finding", "inverting", "lookup", "matching", "merging", "passages",
    "postings", "ranking", "reading", "sorting", "vocabulary",
)  # fmt: skip


def extension(name: str) -> ModuleType | None:
    """The extension module with a name of EXTENSIONS, or None where numpy is to do its work.

    >>> extension("none of these") is None
    True
    """
    if os.environ.get("SEARCHER_NATIVE") == "0":
        return None
    try:
        return import_module(f"{__name__}.{name}")
    except ImportError:
        return None


def is_complete() -> bool:
    """Whether all extension modules were compiled and are used."""
    return all(extension(name) is not None for name in EXTENSIONS)
