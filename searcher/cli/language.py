"""The language that the command line speaks: by ``--lang``, or by the variables of the process."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from searcher.translation import ENGLISH, LANGUAGES, Catalogue, filled, language_of, preferred

FLAG = "--lang"

_current: Catalogue | None = None


def choose(arguments: Sequence[str]) -> tuple[list[str], str]:
    """Speak the language that a command line or the system asks for.

    Returns the line without ``--lang``, and what is wrong with the language, "" for nothing.
    """
    left: list[str] = []
    wanted = wrong = ""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            left += [argument, *rest]
        elif argument == FLAG or argument.startswith(f"{FLAG}="):
            _, equals, value = argument.partition("=")
            value = value if equals else next(rest, "")
            wanted = language_of(value) if value else ""
            wrong = "" if wanted else value or FLAG
        else:
            left.append(argument)
    use(wanted or system_language())
    if wrong:
        known = ", ".join(LANGUAGES)
        wrong = tr("There is no language {name}; give one of {known}.", name=wrong, known=known)
    return left, wrong


def system_language() -> str:
    """The language of the variables; on Windows, without any, that of the desktop."""
    named = any(os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    if sys.platform == "win32" and not named:
        import ctypes
        import locale

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return language_of(locale.windows_locale.get(number, "")) or ENGLISH
    return preferred(os.environ)


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


def joined(*sentences: str) -> str:
    """Sentences one after another; in Chinese, nothing stands between them."""
    between = "" if _current else " "
    return between.join(sentence for sentence in sentences if sentence)


def plural(one: str, many: str, number: int) -> str:
    """The form of a message for a number of things, placeholders as they are."""
    if _current:
        return _current.plural(one, many, number)
    return one if number == 1 else many


def told(sentence: object) -> str:
    """What the library said (an error, a note, a problem) in the chosen language."""
    return _current.sentence(str(sentence)) if _current else str(sentence)
