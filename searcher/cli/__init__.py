"""The console command: picks the sub-command, and turns whatever happens into an exit code.

Exit codes: 0 found or done, 1 nothing found, 2 an error, 130 interrupted.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from searcher import SearcherError, __version__

COMMANDS = (
    *("index", "add", "remove", "sources", "config"),
    *("search", "batch", "show", "explain", "segment", "stats", "check"),
    *("facets", "timeline", "kwic", "words", "names", "similar", "duplicates"),
    *("export", "save", "new", "serve"),
)
"""Each is the function of that name in the module of that name, in the order of the help."""

VARIABLE = "_SEARCHER_COMPLETE"
"""Set by the shell when it asks for completions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``arguments`` (``sys.argv`` by default); the exit code."""
    # numpy would start a thread for each core, which takes longer than a search and is not used.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_streams()
    given = sys.argv[1:] if arguments is None else list(arguments)
    return _guarded(lambda: _run(given))


def command(name: str) -> Callable[..., int]:
    """The function behind a sub-command; its module is imported now and not before."""
    function: Callable[..., int] = getattr(import_module(f"searcher.cli.{name}"), name)
    return function


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"searcher {__version__}\n")
        return 0
    if arguments and arguments[0] in COMMANDS and VARIABLE not in os.environ:
        from searcher.cli.reader import UsageError, read

        function = command(arguments[0])
        try:
            values = read(function, arguments[1:], _defaults(function))
        except UsageError:
            values = None
        if values is not None:
            return function(**values)
    # It reads the same once more, and shows the help page or what is wrong.
    from searcher.cli.app import app

    app(map(command, COMMANDS))(arguments, prog_name="searcher", complete_var=VARIABLE)
    return 0


def _defaults(function: Callable[..., int]) -> dict[str, Any]:
    """Values of options by ``searcher.toml``, where there is one."""
    from searcher.cli import settings

    if not settings.files():
        return {}
    return {name: setting.value for name, setting in settings.defaults(function).items()}


def _guarded(action: Callable[[], int]) -> int:
    try:
        code = action()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except SearcherError as error:
        _say(str(error))
        return 2
    except MemoryError:
        _say("there is not enough memory; stop other programs, and try again")
        return 2
    except OSError as error:
        _drop_output()
        what = error.strerror or str(error)
        _say(f"{what}: {error.filename}" if error.filename else what)
        return 2
    except Exception as error:
        if os.environ.get("SEARCHER_TRACEBACK"):
            raise
        _say(f"unexpected error, please report it: {type(error).__name__}: {error}{_place(error)}")
        _say("set SEARCHER_TRACEBACK=1 to see where it comes from")
        return 2
    return code


def _say(message: str) -> None:
    from searcher.cli.render import say

    say(f"searcher: {message}")


def _place(error: Exception) -> str:
    """The innermost line of this package, where a report would look first."""
    place, trace = "", error.__traceback__
    while trace:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("searcher"):
            place = f" ({name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return place


def _drop_output() -> None:
    """Forget what cannot be written; without this, Python would complain about it at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        from searcher.cli.render import drop

        drop(sys.stdout)


def _open_streams() -> None:
    """Give every standard stream that is closed an end that swallows all and says nothing.

    Otherwise the next file that is opened would be taken for it.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as we
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - stays open until exit
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - stays open until exit
