"""The versions of this package and of what its answers depend on, for reports of faults."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

import searcher
from searcher._native import is_complete

PACKAGES = ("jieba", "rjieba", "whoosh", "numpy")
"""What decides how texts are cut and found."""


def version_info() -> Mapping[str, str | bool]:
    """Versions by name; "" for what is not installed, and whether all compiled code is used.

    >>> [*version_info()]
    ['searcher', 'python', 'jieba', 'rjieba', 'whoosh', 'numpy', 'native']
    """
    return {
        "searcher": searcher.__version__,
        "python": f"{platform.python_version()} ({platform.system()} {platform.machine()})",
        **{name: _version(name) for name in PACKAGES},
        "native": is_complete(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
