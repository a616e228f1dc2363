"""Writing records as JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Any

from searcher.cli.render import safe, write


def write_record(record: Mapping[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    speak_utf8()
    write(_plain(json.dumps(record, ensure_ascii=False)))


def speak_utf8() -> None:
    """Data for programs is UTF-8 wherever it is written; half characters are escaped."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors != "backslashreplace":
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _plain(text: str) -> str:
    # JSON itself escapes only what is below a space. The rest of what could steer a terminal, and
    # half characters (from file names), stand in strings, where an escape means the same.
    return text if text.isascii() and "\x7f" not in text else text.translate(_ESCAPES)


class _Escapes(dict[int, str | int]):
    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        self[code] = code if safe(char) == char else f"\\u{code:04x}"
        return self[code]


_ESCAPES = _Escapes()
