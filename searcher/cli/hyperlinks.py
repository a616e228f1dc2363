"""Links on a terminal (OSC 8): a text that opens a file or a page when it is clicked.

https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

_TERMINALS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour")
"""Beginnings of TERM."""
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty", "rio"})
"""Values of TERM_PROGRAM."""
_MIN_VTE, _MIN_KONSOLE = 5000, 201200
_MAX_URI = 2083
"""The longest address that terminals take."""

_LINK = re.compile(r"\x1b\]8;;[^\x1b]*\x1b\\")


def knows_links(variables: Mapping[str, str]) -> bool:
    """Whether the terminal is one that is known to know links; a doubt is a no.

    >>> knows_links({"TERM": "xterm-kitty"}), knows_links({"TERM": "screen", "VTE_VERSION": "7000"})
    (True, False)
    """
    term = variables.get("TERM", "")
    # Within screen and tmux it depends on their version and on the terminal around them.
    if term == "dumb" or term.startswith(("screen", "tmux")) or "TMUX" in variables:
        return False
    return (
        term.startswith(_TERMINALS)
        or variables.get("TERM_PROGRAM") in _PROGRAMS
        or "WT_SESSION" in variables
        or "DOMTERM" in variables
        or _number(variables.get("VTE_VERSION")) >= _MIN_VTE
        or _number(variables.get("KONSOLE_VERSION")) >= _MIN_KONSOLE
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def file_uri(file: str) -> str:
    """The address of a file, with the name of this machine; "" for no file."""
    if not file:
        return ""
    host = os.uname().nodename if hasattr(os, "uname") else ""
    uri = Path(file).as_uri()
    return uri.replace("file://", f"file://{host}", 1) if host.isascii() else uri


def is_web_address(url: str) -> bool:
    """Whether an address of an article is one of the web that can be opened without harm.

    >>> is_web_address("https://example.org/a"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()


def linked(text: str, uri: str) -> str:
    """``text`` as a link to an address; as it is without one, or where it could steer a terminal.

    >>> linked("a", "file:///a")
    '\\x1b]8;;file:///a\\x1b\\\\a\\x1b]8;;\\x1b\\\\'
    """
    if not uri or len(uri) > _MAX_URI or not (uri.isascii() and uri.isprintable()):
        return text
    return f"\x1b]8;;{uri}\x1b\\{text}\x1b]8;;\x1b\\"


def without_links(line: str) -> str:
    """A line without its links, for pagers that do not know them."""
    return _LINK.sub("", line)
