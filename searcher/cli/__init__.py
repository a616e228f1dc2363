"""The console command: picks the sub-command, and turns whatever happens into an exit code.

Exit codes: 0 found or done, 1 nothing found, 2 an error, 130 interrupted.
"""

import os
import sys
from collections.abc import Callable, Sequence

from searcher import SearcherError
from searcher.cli.language import choose, told, tr

VARIABLE = "_SEARCHER_COMPLETE"
"""Set by the shell when it asks for completions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``arguments`` (``sys.argv`` by default); the exit code."""
    # numpy would start a thread for each core, which takes longer than a search and is not used.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_streams()
    given = sys.argv[1:] if arguments is None else list(arguments)
    return _guarded(lambda: _run(given))


def _run(arguments: list[str]) -> int:
    if VARIABLE in os.environ or arguments[:1] in (["--install-completion"], ["--show-completion"]):
        from searcher.cli.app import app
        from searcher.cli.commands import COMMANDS, command

        app(map(command, COMMANDS))(arguments, prog_name="searcher", complete_var=VARIABLE)
        return 0
    from searcher.cli.dispatch import run
    from searcher.cli.usage import UsageError

    line, wrong = choose(arguments)
    try:
        if wrong:
            raise UsageError(wrong)
        return run(line)
    except UsageError as error:
        _say(str(error))
        return 2


def _guarded(action: Callable[[], int]) -> int:
    try:
        code = action()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say(tr("interrupted"))
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except SearcherError as error:
        _say(told(error))
        return 2
    except MemoryError:
        _say(tr("there is not enough memory; stop other programs, and try again"))
        return 2
    except OSError as error:
        _drop_output()
        what = told(error.strerror or error)
        _say(f"{what}: {error.filename}" if error.filename else what)
        return 2
    except Exception as error:
        if os.environ.get("SEARCHER_TRACEBACK"):
            raise
        what = f"{type(error).__name__}: {error}{_place(error)}"
        _say(tr("unexpected error, please report it: {what}", what=what))
        _say(tr("set SEARCHER_TRACEBACK=1 to see where it comes from"))
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
