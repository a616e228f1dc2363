"""Which command a command line is for: the one that it names, or a search.

What is no command is a query: ``searcher 普京`` searches. A word that is nearly the name of a
command is taken for a slip, unless ``searcher search`` stands before it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from searcher.cli.commands import COMMANDS, GROUP, command, group_command
from searcher.cli.language import joined, tr
from searcher.cli.reader import HELP, is_option, read
from searcher.cli.render import safe
from searcher.cli.usage import UsageError

_MAX_NAME = 20


class Line(NamedTuple):
    """A command line: the function that it is for, what that is called, and the arguments."""

    function: Callable[..., int]
    name: str
    arguments: Sequence[str]


def run(arguments: Sequence[str]) -> int:
    """Do what a command line says; the exit code.

    Raises UsageError, where the command is not known yet, and all that a command raises.
    """
    match arguments:
        case []:
            return _show_help([], 2)
        case ["help", *names] if not names or names[0] in (*COMMANDS, GROUP):
            return _show_help(names, 0)
        case [("-h" | "--help"), *_]:
            return _show_help([], 0)
        case [("--version" | "-V") as flag]:
            from searcher.cli.version import show_version

            return show_version(short=flag == "-V")
        case ["--man", *names]:
            from searcher.cli.man import show_man

            return show_man(names)
        case [name] | [name, ("-h" | "--help")] if name == GROUP:
            return _show_help([GROUP], 0 if arguments[1:] else 2)
    return _run_line(_line(arguments))


def _run_line(line: Line) -> int:
    try:
        values = read(line.function, line.arguments, _defaults(line.function))
    except UsageError as error:
        from searcher.cli.help import say_misuse

        say_misuse(line.function, line.name, str(error))
        return 2
    if values is None:
        return _show_help(line.name.split(), 0)
    return line.function(**values)


def _line(arguments: Sequence[str]) -> Line:
    first, *rest = arguments
    if first in COMMANDS:
        return Line(command(first), first, rest)
    if first == GROUP:
        return Line(group_command(rest[0]), f"{GROUP} {rest[0]}", rest[1:])
    place = _first_word(arguments)
    if place is not None and place > 0 and arguments[place] in COMMANDS:
        name = arguments[place]
        return Line(command(name), name, [*arguments[:place], *arguments[place + 1 :]])
    if place is not None:
        _refuse_slip(arguments, place)
    return Line(command("search"), "search", arguments)


def _first_word(arguments: Sequence[str]) -> int | None:
    """The place of the first word that is no option and no value of one; None without any."""
    from searcher.cli.options import Option, parameters

    takes_value: dict[str, bool] = {}
    for parameter in parameters(command("search")):
        if isinstance(parameter.declaration, Option):
            flags = parameter.declaration.flags(parameter.name)
            takes_value |= dict.fromkeys(flags, parameter.kind is not bool)
    place = 0
    while place < len(arguments):
        argument = arguments[place]
        if argument == "--" or argument in HELP:
            return None
        if not is_option(argument):
            return place
        # The value stands in the next argument, or in this one: --limit=3, -n3.
        place += 2 if takes_value.get(argument) else 1
    return None


def _refuse_slip(arguments: Sequence[str], place: int) -> None:
    """Raise UsageError where a word is nearly the name of a command."""
    word = arguments[place]
    if not (word.isascii() and word.isalpha() and word.islower() and len(word) <= _MAX_NAME):
        return
    near = min((*COMMANDS, GROUP), key=lambda name: _slips(word, name))
    if _slips(word, near) <= (1 if len(near) < 7 else 2):
        line = " ".join(["searcher search", *arguments])
        raise UsageError(
            joined(
                tr("There is no command {word}. Did you mean {near}?", word=word, near=near),
                tr("To search for it: {line}", line=safe(line)),
            )
        )


def _slips(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, too many or swapped (Damerau and Levenshtein)."""
    before: list[int] = []
    row: list[int] = [*range(len(meant) + 1)]
    for i, letter in enumerate(typed, 1):
        new: list[int] = [i]
        for j, other in enumerate(meant, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
    return row[-1]


def _show_help(names: Sequence[str], code: int) -> int:
    from searcher.cli.help import page_of, show_page

    show_page(page_of(names), sys.stderr if code else sys.stdout)
    return code


def _defaults(function: Callable[..., int]) -> dict[str, Any]:
    """Values of options by ``searcher.toml``, where there is one."""
    from searcher.cli import settings

    if not settings.files():
        return {}
    return {name: setting.value for name, setting in settings.defaults(function).items()}
