"""Help pages: what a command is for, its arguments and options, and examples.

A page is made from the declarations of its command, in the language that the user speaks. It is
shown on a terminal, and man pages are made from the same (``man.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, Literal, NamedTuple, TextIO, get_args, get_origin

from searcher.cli.commands import COMMANDS, GROUP, command, group_command
from searcher.cli.language import FLAG, tr
from searcher.cli.options import REQUIRED, Argument, Option, Parameter, parameters
from searcher.cli.render import safe, say, terminal_width
from searcher.cli.usage import UsageError
from searcher.cli.widths import columns, wrap
from searcher.translation import LANGUAGES

SUMMARY = """Search a folder of Chinese news.

searcher index reads the articles, searcher search finds them. What is no command is looked for:
searcher 普京 is searcher search 普京."""

EXAMPLES = """
Examples:
  searcher index
  searcher 拜登 普京
  searcher search --help
  searcher help kwic
"""

EXAMPLES_HEADING = "Examples:"

_MIN_TEXT = 30
"""Columns that are left for the description of an option."""
_MAX_NAME = 30
"""Columns of a name that has its description beside it, and not below."""
_DEFAULT_WIDTH = 80
_COMMENT = re.compile(r"^(.*? {2,}# |.*? # )(.+)$")


class Row(NamedTuple):
    """An argument, option or command, and what it is."""

    name: str
    text: str


class Part(NamedTuple):
    """Rows below a title."""

    title: str
    rows: list[Row]


class HelpPage(NamedTuple):
    """What a help page says, in the language chosen.

    Attributes:
        name: the command with those above it, as in ``searcher eval run``.
        usage: what follows the name on a command line.
        description: paragraphs.
        parts: arguments, options, commands.
        notes: what is shown as it is written, line by line.
    """

    name: str
    usage: str
    description: list[str]
    parts: list[Part]
    notes: str


def page_of(names: Sequence[str]) -> HelpPage:
    """The page of the program, of the group ``eval``, or of the command with these names.

    Raises UsageError where there is no such command.
    """
    match names:
        case []:
            return top_page()
        case [name] if name == GROUP:
            return group_page()
        case [group, name] if group == GROUP:
            return command_page(group_command(name), names)
        case [name] if name in COMMANDS:
            return command_page(command(name), names)
        case _:
            line = " ".join(names)
            raise UsageError(
                tr("There is no command {line}; searcher --help shows all.", line=safe(line))
            )


def top_page() -> HelpPage:
    """The page of the program."""
    from searcher.cli import evaluate
    from searcher.cli.commands import COMMANDS, GROUP, command

    rows = [Row(name, summary(command(name))) for name in COMMANDS]
    rows.append(Row(GROUP, tr(evaluate.HELP)))
    options = [
        Row("--version", tr("Print the versions of the program and of what it uses, and exit.")),
        Row("-V", tr("Print the version of the program, and exit.")),
        Row("--man [COMMAND]", tr("Print a man page: searcher --man search | man -l -")),
        Row("--install-completion", tr("Teach the shell to complete.")),
        Row("--show-completion", tr("Print what teaches the shell to complete.")),
        _language_row(),
        _help_row(),
    ]
    parts = [Part(tr("Options"), options), Part(tr("Commands"), rows)]
    usage = tr("[OPTIONS] COMMAND [ARGS]..., or [OPTIONS] QUERY...")
    return HelpPage("searcher", usage, paragraphs(SUMMARY), parts, notes_in(EXAMPLES))


def group_page() -> HelpPage:
    """The page of the group ``eval``."""
    from searcher.cli import evaluate

    rows = [Row(each.__name__, summary(each)) for each in evaluate.COMMANDS]
    parts = [Part(tr("Options"), [_help_row()]), Part(tr("Commands"), rows)]
    usage = tr("[OPTIONS] COMMAND [ARGS]...")
    return HelpPage("searcher eval", usage, paragraphs(evaluate.HELP), parts, "")


def command_page(function: Callable[..., int], names: Sequence[str]) -> HelpPage:
    """The page of one command."""
    arguments, options = [], []
    for parameter in parameters(function):
        declaration = parameter.declaration
        if isinstance(declaration, Option):
            options.append(Row(_flags(parameter, declaration), _described(parameter, declaration)))
        else:
            arguments.append(Row(_place(parameter), tr(declaration.help)))
    options += [_language_row(), _help_row()]
    parts = [Part(tr("Arguments"), arguments)] if arguments else []
    parts.append(Part(tr("Options"), options))
    return HelpPage(
        " ".join(["searcher", *names]),
        usage_of(function),
        paragraphs(function.__doc__ or ""),
        parts,
        notes_in(examples_of(function)),
    )


def examples_of(function: Callable[..., int]) -> str:
    """What stands below the options of a command, in English."""
    found = import_module(function.__module__).EXAMPLES
    text: str = found[function.__name__] if isinstance(found, dict) else found
    return text


def usage_of(function: Callable[..., int]) -> str:
    """What follows the name of a command on a command line."""
    places = (each for each in parameters(function) if isinstance(each.declaration, Argument))
    return " ".join([tr("[OPTIONS]"), *map(_place, places)])


def summary(function: Callable[..., int]) -> str:
    """What a command does, in one line."""
    return next(iter(paragraphs(function.__doc__ or "")), "")


def english_paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each as one line."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [" ".join(part.split()) for part in parts]


def paragraphs(text: str) -> list[str]:
    """The same in the language chosen."""
    return [tr(part) for part in english_paragraphs(text)]


def notes_in(text: str) -> str:
    """Notes with examples in the language chosen: prose by paragraphs, else line by line."""
    return "\n\n".join(_note(part) for part in text.strip("\n").split("\n\n"))


def examples_heading() -> str:
    """The line above examples, in the language chosen."""
    return tr(EXAMPLES_HEADING)


def _note(part: str) -> str:
    first, *others = part.splitlines()
    if not any(line.startswith(" ") for line in (first, *others)):
        return tr(" ".join(part.split()))
    lines = []
    for line in (first, *others):
        lead = line[: len(line) - len(line.lstrip())]
        if first == EXAMPLES_HEADING and lead:
            found = _COMMENT.match(line)
            lines.append(found[1] + tr(found[2]) if found else line)
        else:
            lines.append(lead + tr(line.strip()))
    return "\n".join(lines)


def note_messages(text: str) -> Iterator[str]:
    """The English messages that notes consist of, as :func:`notes_in` looks them up."""
    for part in text.strip("\n").split("\n\n"):
        first, *others = part.splitlines()
        if not any(line.startswith(" ") for line in (first, *others)):
            yield " ".join(part.split())
            continue
        for line in (first, *others):
            if not (first == EXAMPLES_HEADING and line.startswith(" ")):
                yield line.strip()
            elif found := _COMMENT.match(line):
                yield found[2]


def show_page(page: HelpPage, stream: TextIO) -> None:
    """Write a help page."""
    width = terminal_width(stream) or _DEFAULT_WIDTH
    stream.write("".join(f"{line}\n" for line in lines(page, width)))


def lines(page: HelpPage, width: int) -> Iterator[str]:
    """A help page, in lines of ``width`` columns."""
    lead = tr("Usage: ")
    yield from _wrapped(f"{page.name} {page.usage}", width, lead, " " * columns(lead))
    for paragraph in page.description:
        yield ""
        yield from _wrapped(paragraph, width, "  ", "  ")
    for title, rows in page.parts:
        yield ""
        yield tr("{title}:", title=title)
        yield from _rows(rows, width)
    if page.notes:
        yield ""
        for number, part in enumerate(page.notes.split("\n\n")):
            if number:
                yield ""
            yield from _wrapped(part, width, "", "") if "\n" not in part else part.splitlines()


def _rows(rows: Sequence[Row], width: int) -> Iterator[str]:
    """Names on the left, each with its description to the right of it, or below."""
    widest = max(columns(row.name) for row in rows if columns(row.name) <= _MAX_NAME)
    indent = " " * (widest + 4)
    for name, text in rows:
        lead = f"  {name}"
        if columns(name) > widest:
            yield lead
            lead = indent
        lead += " " * (len(indent) - columns(lead))
        yield from _wrapped(text, max(width, len(indent) + _MIN_TEXT), lead, indent)


def _wrapped(text: str, width: int, first: str, indent: str) -> Iterator[str]:
    for number, (start, end) in enumerate(wrap(text, width - columns(indent))):
        yield (indent if number else first) + text[start:end]


def say_misuse(function: Callable[..., int], name: str, what: str) -> None:
    """Say what is wrong with the command line of a command, and where to read on."""
    full = f"searcher {name}"
    say(f"{tr('Usage: ')}{full} {usage_of(function)}")
    say(tr("Try {command} for help.", command=f"'{full} --help'"))
    say("")
    say(tr("Error: {what}", what=what))


def _place(parameter: Parameter) -> str:
    name = parameter.declaration.metavar or parameter.name.upper()
    if parameter.default is not REQUIRED and not name.startswith("["):
        name = f"[{name}]"
    return f"{name}..." if get_origin(parameter.kind) is list and "..." not in name else name


def _flags(parameter: Parameter, option: Option) -> str:
    flags = sorted(option.flags(parameter.name), key=len)
    value = option.metavar or _value(parameter.kind)
    return ", ".join(flags) + (f" {value}" if value else "")


def _value(kind: Any) -> str:
    kinds = get_args(kind) or (kind,)
    if get_origin(kind) is Literal:
        return f"[{'|'.join(kinds)}]"
    if bool in kinds:
        return ""
    return "TEXT" if str in kinds else "N"


def _described(parameter: Parameter, option: Option) -> str:
    text = tr(option.help)
    if parameter.default is REQUIRED:
        return f"{text}  [{tr('required')}]"
    if isinstance(parameter.default, bool) or parameter.default in (None, "", [], ()):
        return text
    return f"{text}  [{tr('default: {value}', value=parameter.default)}]"


def _language_row() -> Row:
    text = tr("The language of messages and help.  [default: that of the system]")
    return Row(f"{FLAG} [{'|'.join(LANGUAGES)}]", text)


def _help_row() -> Row:
    return Row("-h, --help", tr("Show this page and exit."))
