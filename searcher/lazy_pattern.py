"""Regular expressions that are compiled when they are first used.

Compiling one takes a tenth of a millisecond to several; a process that reads one article needs few
of the expressions that there are.
"""

from __future__ import annotations

import re
from typing import Any, cast


def compile_late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What stands for ``re.compile(pattern, flags)`` until it is used.

    It has the methods and attributes of a pattern. Raises re.error when it is first used and
    ``pattern`` is no expression.

    >>> compile_late("b+").sub("x", "abbc")
    'axc'
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))


class _LatePattern:
    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # A name that copy and pickle look for is none of a pattern.
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(re.compile(self.pattern, self._flags), name)
        # Kept as an attribute of the object, so that each name is asked for once.
        self.__dict__[name] = value
        return value
