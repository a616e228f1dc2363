"""The names of the commands, and the functions behind them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from searcher.cli.language import tr
from searcher.cli.render import safe
from searcher.cli.usage import UsageError

COMMANDS = (
    *("index", "add", "remove", "sources", "config"),
    *("search", "batch", "show", "open", "explain", "segment", "stats", "check"),
    *("facets", "timeline", "kwic", "words", "names", "similar", "duplicates"),
    *("export", "save", "new", "serve"),
)
"""Each is the function of that name in the module of that name, in the order of the help."""

GROUP = "eval"
"""The one name with commands of its own below it."""


def command(name: str) -> Callable[..., int]:
    """The function behind a sub-command; its module is imported now and not before."""
    function: Callable[..., int] = getattr(import_module(f"searcher.cli.{name}"), name)
    return function


def group_command(name: str) -> Callable[..., int]:
    """The function behind a sub-command of the group. Raises UsageError where there is none."""
    from searcher.cli import evaluate

    for function in evaluate.COMMANDS:
        if function.__name__ == name:
            return function
    names = ", ".join(function.__name__ for function in evaluate.COMMANDS)
    raise UsageError(
        tr("There is no searcher eval {name}; there are {names}.", name=safe(name), names=names)
    )
