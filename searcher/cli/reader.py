"""Reading a command line by the declarations of its command.

This is the only reader. Typer, which takes longer to import than a search, makes completions
(``app.py``).

What begins with ``-`` and an ASCII letter, a digit or ``-`` is an option. Anything else is a word,
so that ``-普京`` and ``-"视频通话"`` leave words out wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args, get_origin

from searcher.cli.language import joined, tr
from searcher.cli.options import REQUIRED, Option, Parameter, parameters
from searcher.cli.render import safe
from searcher.cli.usage import UsageError

HELP = ("-h", "--help")

MAX_WHOLE = 10**18 - 1
"""Larger numbers are in no array."""

Flags: TypeAlias = dict[str, tuple[Parameter, Option]]
"""The options of a command by their flags."""


def read(
    command: Callable[..., int],
    arguments: Sequence[str],
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any] | None:
    """What ``arguments`` give to ``command``, by name; None where they ask for its help page.

    ``defaults``: values of options that are not given.

    Raises:
        UsageError: an option is unknown or its value wrong, something is missing or too much.
    """
    flags: Flags = {}
    places: list[Parameter] = []
    values: dict[str, Any] = dict(command.__kwdefaults__ or {})
    for parameter in parameters(command):
        target = values.setdefault(parameter.group, {}) if parameter.group else values
        if parameter.name in defaults:
            target[parameter.name] = defaults[parameter.name]
        option = parameter.declaration
        if isinstance(option, Option):
            flags.update(dict.fromkeys(option.flags(parameter.name), (parameter, option)))
        else:
            places.append(parameter)

    words: list[str] = []
    texts: dict[tuple[str, str], tuple[str, str]] = {}
    lists: dict[str, list[str]] = {}
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words.extend(rest)
        elif not is_option(argument):
            words.append(argument)
        elif argument in HELP:
            return None
        else:
            flag, text = _take_option(argument, rest, flags)
            parameter, _ = flags[flag]
            if get_origin(parameter.kind) is list:
                lists.setdefault(parameter.name, []).append(text)
            else:
                # Of an option that is given more than once, the last counts.
                texts[parameter.group, parameter.name] = flag, text
    values.update(lists)
    for (group, name), (flag, text) in texts.items():
        target = values[group] if group else values
        target[name] = _converted(text, flag, *flags[flag])
    _take_places(words, places, values)
    for flag, (parameter, _) in flags.items():
        if parameter.default is REQUIRED and parameter.name not in values:
            raise UsageError(tr("Missing option {flag}.", flag=flag))
    return values


def is_option(argument: str) -> bool:
    """Whether an argument is an option, and no word with a sign before it."""
    second = argument[1:2]
    return argument.startswith("-") and second.isascii() and (second.isalnum() or second == "-")


def _take_option(argument: str, rest: Iterator[str], flags: Flags) -> tuple[str, str]:
    """The flag of an option and the text of its value, which may be the next of the ``rest``."""
    flag, glue, text = argument.partition("=")
    if not argument.startswith("--"):
        flag, glue, text = argument[:2], argument[2:], argument[2:]
    if flag not in flags:
        raise UsageError(_unknown(flag, argument, flags))
    if flags[flag][0].kind is bool:
        if glue:
            raise UsageError(tr("Option {flag} does not take a value.", flag=flag))
        return flag, ""
    value = text if glue else next(rest, None)
    if value is None:
        raise UsageError(_without_value(flag, *flags[flag]))
    return flag, value


def _unknown(flag: str, argument: str, flags: Iterable[str]) -> str:
    from difflib import get_close_matches

    if near := get_close_matches(flag, [*flags, *HELP], 1):
        return tr("No such option: {flag}. Did you mean {near}?", flag=safe(flag), near=near[0])
    return tr(
        "No such option: {flag}. If {word} is a word, put -- before it.",
        flag=safe(flag), word=safe(argument),
    )  # fmt: skip


def _without_value(flag: str, parameter: Parameter, option: Option) -> str:
    kinds = get_args(parameter.kind)
    if get_origin(parameter.kind) is Literal:
        wanted = tr("one of {values}", values=", ".join(kinds))
        return tr("Option {flag} needs a value: {wanted}.", flag=flag, wanted=wanted)
    if option.metavar:
        return tr("Option {flag} needs a value: {flag} {value}.", flag=flag, value=option.metavar)
    return tr("Option {flag} needs a value.", flag=flag)


def _converted(text: str, flag: str, parameter: Parameter, option: Option) -> Any:
    """The value that an option is given by a text."""
    if parameter.kind is bool:
        return option.value
    kinds = get_args(parameter.kind) or (parameter.kind,)
    if get_origin(parameter.kind) is Literal:
        if text in kinds:
            return text
        wanted = tr("one of {values}", values=", ".join(kinds))
        raise UsageError(joined(_invalid(text, flag, wanted), meant(text, kinds)))
    if str in kinds:
        return text
    number, wanted = (int, tr("a whole number")) if int in kinds else (float, tr("a number"))
    try:
        value = number(text)
    except ValueError:
        raise UsageError(_invalid(text, flag, wanted)) from None
    if option.most is not None and value > option.most:
        raise UsageError(_invalid(text, flag, tr("{most} or less", most=option.most)))
    if number is int and abs(value) > MAX_WHOLE:
        raise UsageError(_invalid(text, flag, tr("a number of at most 18 digits")))
    if option.least is not None and value < option.least:
        raise UsageError(_invalid(text, flag, tr("{least} or more", least=option.least)))
    return value


def _invalid(text: str, flag: str, wanted: str) -> str:
    return tr(
        "Invalid value for {flag}: {text} is not {wanted}.",
        flag=flag, text=repr(safe(text)), wanted=wanted,
    )  # fmt: skip


def meant(text: str, values: Iterable[str]) -> str:
    """The question whether the value most like a text was meant; "" where none is like it."""
    from difflib import get_close_matches

    near = get_close_matches(text.lower(), [*values], 1)
    return tr("Did you mean {near}?", near=near[0]) if near else ""


def _take_places(words: list[str], places: list[Parameter], values: dict[str, Any]) -> None:
    for name, kind, declaration, default, _ in places:
        if default is REQUIRED and not words:
            raise UsageError(tr("Missing argument {name}.", name=declaration.metavar))
        if get_origin(kind) is list:
            values[name] = words[:]
            words.clear()
        elif words:
            values[name] = words.pop(0)
    if words:
        raise UsageError(tr("Too many arguments: {words}.", words=safe(" ".join(words))))
