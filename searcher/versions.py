"""The versions of this package and of what its answers depend on, for reports of faults."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import searcher

PACKAGES = ("jieba", "rjieba", "whoosh", "numpy")
"""What decides how texts are cut and found."""

NATIVE = "searcher._native"
"""The module of compiled functions, which a build may have or not."""


def version_info() -> Mapping[str, str | bool]:
    """Versions by name; "" for what is not installed, and whether there is compiled code.

    >>> [*version_info()]
    ['searcher', 'python', 'jieba', 'rjieba', 'whoosh', 'numpy', 'native']
    """
    return {
        "searcher": searcher.__version__,
        "python": f"{platform.python_version()} ({platform.system()} {platform.machine()})",
        **{name: _version(name) for name in PACKAGES},
        "native": _is_native(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _is_native() -> bool:
    if find_spec(NATIVE) is None:
        return False
    try:
        import_module(NATIVE)
    except ImportError:
        return False
    return True
