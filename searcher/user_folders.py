"""The folders of a user for settings and for data, after the custom of the system.

Every search looks for settings, and the package platformdirs takes longer to import than to search.
"""

from __future__ import annotations

import os
import sys

NAME = "searcher"


def config_folder() -> str:
    """The folder of the user's settings: ``~/.config/searcher``, or what the system has for it.

    Linux: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    return _folder("APPDATA", "XDG_CONFIG_HOME", ".config")


def data_folder() -> str:
    """The folder of the user's data: ``~/.local/share/searcher``, or what the system has for it."""
    return _folder("LOCALAPPDATA", "XDG_DATA_HOME", ".local/share")


def cache_folder() -> str:
    """The folder of what can be made again: ``~/.cache/searcher``, or what the system has."""
    if sys.platform == "darwin":
        return f"{_home()}/Library/Caches/{NAME}"
    folder = _folder("LOCALAPPDATA", "XDG_CACHE_HOME", ".cache")
    return os.path.join(folder, "Cache") if sys.platform == "win32" else folder  # noqa: PTH118 - as below


def _home() -> str:
    # os.path throughout, since a search needs no pathlib.
    return os.path.expanduser("~")  # noqa: PTH111 - as above


def _folder(windows: str, variable: str, usual: str) -> str:
    home = _home()
    if sys.platform == "win32":
        base = os.environ.get(windows) or home
    elif sys.platform == "darwin":
        base = f"{home}/Library/Application Support"
    else:
        base = os.environ.get(variable) or f"{home}/{usual}"
    return os.path.join(base, NAME)  # noqa: PTH118 - as above
