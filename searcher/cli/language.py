"""The language that the command line speaks: by ``--lang``, or by the variables of the process."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from searcher.translation import ENGLISH, LANGUAGES, Catalogue, filled, language_of, preferred

FLAG = "--lang"

_current: Catalogue | None = None


def choose(arguments: Sequence[str]) -> list[str]:
    """Speak the language that a command line or the system asks for; the line without ``--lang``.

    A language that there is not is asked for in vain: the line is returned with it, and the
    reader of the command says what is wrong.
    """
    left: list[str] = []
    wanted = ""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            left += [argument, *rest]
        elif argument == FLAG or argument.startswith(f"{FLAG}="):
            _, equals, value = argument.partition("=")
            value = value if equals else next(rest, "")
            wanted = language_of(value) if value else ""
            if not wanted:
                use(preferred(os.environ) or ENGLISH)
                from searcher.cli.reader import UsageError

                raise UsageError(
                    tr("{flag} is one of {languages}.", flag=FLAG, languages=", ".join(LANGUAGES))
                )
        else:
            left.append(argument)
    use(wanted or system_language())
    return left


def system_language() -> str:
    """The language of the variables; on Windows, without any, that of the desktop."""
    named = any(os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    if named or sys.platform != "win32":
        return preferred(os.environ)
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return language_of(locale.windows_locale.get(number, "")) or ENGLISH


def use(language: str) -> None:
    """Speak one of :data:`searcher.translation.LANGUAGES` from now on."""
    global _current
    from searcher.translation import catalogue

    _current = None if language == ENGLISH else catalogue(language)


def tr(message: str, **values: object) -> str:
    """A message in the chosen language, its placeholders filled in.

    >>> tr("wrote {file}", file="a.csv")
    'wrote a.csv'
    """
    text = _current.text(message) if _current else message
    return filled(text, values) if values else text


def plural(one: str, many: str, number: int) -> str:
    """The form of a message for a number of things, placeholders as they are."""
    if _current:
        return _current.plural(one, many, number)
    return one if number == 1 else many


def told(sentence: object) -> str:
    """What the library said (an error, a note, a problem) in the chosen language."""
    return _current.sentence(str(sentence)) if _current else str(sentence)
