"""How a command declares its parameters, and the quick way to read a plain command line.

A command is a function with keyword parameters, each annotated with an `Argument` or an
`Option`. Typer makes help, completion and error messages from these (see ``app.py``), but
importing it takes longer than a search. So a command line that is complete and correct is read
here, by the same declarations, and Typer sees only the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin


class Argument:
    """A parameter given by its position; a ``list`` takes all that are left."""

    def __init__(self, text: str, metavar: str | None = None) -> None:
        self.help = text
        self.metavar = metavar


class Option:
    """A parameter given by name: ``--like-this`` from its own name, unless a flag says else."""

    def __init__(
        self, text: str, *flags: str, least: float | None = None, metavar: str | None = None
    ) -> None:
        self.help = text
        self.given_flags = flags
        self.least = least
        self.metavar = metavar

    def flags(self, name: str) -> tuple[str, ...]:
        """All its flags, when the parameter is called ``name``."""
        if any(flag.startswith("--") for flag in self.given_flags):
            return self.given_flags
        return (*self.given_flags, "--" + name.replace("_", "-"))


Color = Annotated[
    Literal["auto", "always", "never"],
    Option("Colour the output; auto: on a terminal, unless NO_COLOR is set."),
]
NoPager = Annotated[bool, Option("Never show the output through $PAGER.")]
Json = Annotated[bool, Option("Print one JSON object.", "--json")]
IndexFolder = Annotated[
    str, Option("The index folder.  [default: $SEARCHER_INDEX or index]", metavar="DIR")
]
Limit = Annotated[int, Option("Show at most this many hits.", "-n", least=0, metavar="N")]
Offset = Annotated[int, Option("Leave out this many of the best hits.", least=0, metavar="N")]
Sort = Annotated[Literal["relevance", "newest", "oldest"], Option("The order of the hits.")]
Since = Annotated[
    str | None, Option("Only articles of this day, month or year, or later.", metavar="DATE")
]
Until = Annotated[
    str | None, Option("Only articles of this day, month or year, or earlier.", metavar="DATE")
]
Category = Annotated[
    str | None, Option("Only articles whose category contains this.", metavar="NAME")
]
Author = Annotated[str | None, Option("Only articles whose author contains this.", metavar="NAME")]
AnyWord = Annotated[bool, Option("One of the words is enough.", "--any")]
NoAliases = Annotated[bool, Option("Only names as they are written: 普京 does not find 普丁.")]
Expand = Annotated[bool, Option("Add words that the best hits have in common.")]
Fresh = Annotated[
    float | None,
    Option(
        "Prefer newer articles; half of what that gains is gone after DAYS.",
        least=0,
        metavar="DAYS",
    ),
]


def declarations(
    command: Callable[..., int],
) -> Iterator[tuple[str, Any, Argument | Option, bool]]:
    """Of each parameter: its name, its type, its declaration, and whether it must be given."""
    defaults = command.__kwdefaults__ or {}
    for name, hint in command.__annotations__.items():
        if hasattr(hint, "__metadata__"):
            kind, declaration = get_args(hint)
            yield name, kind, declaration, name not in defaults


def read(command: Callable[..., int], arguments: Sequence[str]) -> dict[str, Any] | None:
    """What ``arguments`` give to ``command``, or None where Typer has to look at them.

    Unlike Typer it also takes ``-普京`` and ``-"视频通话"`` for words to be left out, since no
    option begins like that.
    """
    options: dict[str, tuple[str, Any, Option]] = {}
    places: list[tuple[str, Any, bool]] = []
    for name, kind, declaration, required in declarations(command):
        if isinstance(declaration, Option):
            options.update((flag, (name, kind, declaration)) for flag in declaration.flags(name))
        else:
            places.append((name, kind, required))

    values: dict[str, Any] = {}
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words.extend(rest)
        elif not _is_option(argument):
            words.append(argument)
        elif not _take_option(argument, rest, options, values):
            return None
    if not _take_places(words, places, values):
        return None
    return {**(command.__kwdefaults__ or {}), **values}


def _is_option(argument: str) -> bool:
    second = argument[1:2]
    return argument.startswith("-") and second.isascii() and (second.isalnum() or second == "-")


def _take_option(
    argument: str,
    rest: Iterator[str],
    options: dict[str, tuple[str, Any, Option]],
    values: dict[str, Any],
) -> bool:
    flag, glue, text = argument.partition("=")
    if not argument.startswith("--") and len(argument) > 2:
        flag, glue, text = argument[:2], "glued", argument[2:]
    if flag not in options:
        return False
    name, kind, option = options[flag]
    if kind is bool:
        values[name] = True
        return not glue
    value = _convert(text if glue else next(rest, None), kind, option)
    values[name] = value
    return value is not None


def _convert(text: str | None, kind: Any, option: Option) -> Any:
    """The value of an option, or None when it is not plainly right."""
    if text is None or text.startswith("-"):
        return None
    kinds: Iterable[Any] = get_args(kind) or (kind,)
    if get_origin(kind) is Literal:
        return text if text in kinds else None
    if str in kinds:
        return text
    digits = text if int in kinds else text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(text) if int in kinds else float(text)
    return None if option.least is not None and number < option.least else number


def _take_places(
    words: list[str], places: list[tuple[str, Any, bool]], values: dict[str, Any]
) -> bool:
    for name, kind, required in places:
        if required and not words:
            return False
        if get_origin(kind) is list:
            values[name] = words[:]
            words.clear()
        elif words:
            values[name] = words.pop(0)
    return not words
