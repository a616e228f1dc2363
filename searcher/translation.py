"""What the program says in other languages: catalogues of messages in the form of gettext.

The messages are written in English where they are said. `locale/zh_CN.po` and `locale/zh_TW.po`
have their translations; they are read as they are when another language is wanted, which takes a
few milliseconds, so nothing has to be compiled before the program runs.

The library raises and notes English text. `Catalogue.sentence` finds the template that such a text
was made from, and says it in the other language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ENGLISH = "en"
SIMPLIFIED = "zh_CN"
TRADITIONAL = "zh_TW"
LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)

LIBRARY = "library"
"""The context (msgctxt) of messages that the library makes, placeholders filled in."""

MAX_NESTED = 4
"""How deep a value in a sentence may be a sentence itself."""

MAX_SENTENCE = 10_000
"""Characters of the longest text that is compared with templates."""

_ENTRY = re.compile(
    r'^(?:msgctxt "(?P<context>.*)"\n)?'
    r'msgid "(?P<one>.*)"\n'
    r'(?:msgid_plural "(?P<many>.*)"\n)?'
    r'msgstr(?:\[0\])? "(?P<text>.*)"$',
    re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(.)")
_PLACE = re.compile(r"\{(\w+)\}")
_REGIONS = ("tw", "hk", "mo", "hant")


class Entry(NamedTuple):
    """One message of a catalogue; ``many`` is its plural in English, "" where it has none."""

    context: str
    one: str
    many: str
    text: str


def parse_po(content: str) -> Iterator[Entry]:
    """The entries of a .po file whose strings stand on one line each, its header left out.

    >>> list(parse_po('msgid "yes"\\nmsgstr "是"'))
    [Entry(context='', one='yes', many='', text='是')]
    """
    for found in _ENTRY.finditer(content):
        if found["one"]:
            yield Entry(*(_unescaped(text or "") for text in found.groups()))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text)


class Template(NamedTuple):
    """A message with placeholders: ``literals`` stand around ``names``, one more of them."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    text: str

    def values(self, said: str) -> dict[str, str] | None:
        """What stands at the placeholders of a text made from this one; None for any other.

        >>> Template(("no ", " here"), ("what",), "").values("no index here")
        {'what': 'index'}
        """
        first, *others = self.literals
        if not said.startswith(first):
            return None
        found: dict[str, str] = {}
        place = len(first)
        for name, literal in zip(self.names, others, strict=True):
            if literal is others[-1] and len(found) == len(self.names) - 1:
                end = len(said) - len(literal)
                if end < place or not said.endswith(literal):
                    return None
            else:
                end = said.find(literal, place)
                if end < 0:
                    return None
            found[name] = said[place:end]
            place = end + len(literal)
        return found

    @property
    def weight(self) -> int:
        """The number of characters that are the template's own."""
        return sum(map(len, self.literals))


class Catalogue:
    """The messages of one language; what it does not have stays English.

    >>> Catalogue([Entry("", "{n} day", "{n} days", "{n} 天")]).plural("{n} day", "{n} days", 2)
    '{n} 天'
    """

    def __init__(self, entries: Iterator[Entry] | list[Entry] = []) -> None:  # noqa: B006 - never changed
        self._texts: dict[str, str] = {}
        self._sentences: dict[str, str] = {}
        for context, one, _, text in entries:
            (self._sentences if context == LIBRARY else self._texts)[one] = text
        self._templates: list[Template] | None = None

    def text(self, message: str) -> str:
        """A message in this language."""
        return self._texts.get(message) or message

    def plural(self, one: str, many: str, number: int) -> str:
        """A message about a number of things; Chinese has one form for all numbers."""
        return self._texts.get(one) or (one if number == 1 else many)

    def sentence(self, said: str, depth: int = 0) -> str:
        """A text of the library in this language; a text that no template fits stays as it is.

        >>> catalogue = Catalogue([Entry("library", "no {what} here", "", "这里没有{what}")])
        >>> catalogue.sentence("no index here")
        '这里没有index'
        """
        if not self._sentences or len(said) > MAX_SENTENCE:
            return said
        if text := self._sentences.get(said):
            return text
        if self._templates is None:
            self._templates = sorted(
                _templates(self._sentences), key=lambda each: each.weight, reverse=True
            )
        for template in self._templates:
            values = template.values(said)
            if values is not None:
                if depth < MAX_NESTED:
                    values = {
                        name: self.sentence(value, depth + 1) for name, value in values.items()
                    }
                return filled(template.text, values)
        return said


def _templates(sentences: Mapping[str, str]) -> Iterator[Template]:
    for message, text in sentences.items():
        pieces = _PLACE.split(message)
        if len(pieces) > 1:
            yield Template(tuple(pieces[::2]), tuple(pieces[1::2]), text)


def filled(message: str, values: Mapping[str, object]) -> str:
    """A message with its placeholders filled in; braces in the values stay as they are.

    >>> filled("wrote {what}", {"what": "{a}"})
    'wrote {a}'
    """
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), message)


@cache
def catalogue(language: str) -> Catalogue:
    """The messages in one of :data:`LANGUAGES`."""
    if language == ENGLISH:
        return Catalogue()
    path = Path(__file__).with_name("locale") / f"{language}.po"
    return Catalogue(parse_po(path.read_text("utf-8")))


def language_of(name: str) -> str:
    """Our language for the name of a locale or a language tag; "" for one that there is not.

    >>> language_of("zh_HK.UTF-8"), language_of("zh-Hans"), language_of("C"), language_of("de_DE")
    ('zh_TW', 'zh_CN', 'en', '')
    """
    main, *parts = re.split(r"[-_.@]", name.strip().lower())
    if main == "zh":
        is_traditional = "hans" not in parts and any(part in _REGIONS for part in parts)
        return TRADITIONAL if is_traditional else SIMPLIFIED
    return ENGLISH if main in ("en", "c", "posix") else ""


def preferred(variables: Mapping[str, str]) -> str:
    """The language that the variables of a process ask for, as gettext reads them.

    The first of LC_ALL, LC_MESSAGES and LANG that is set is the locale; LANGUAGE, a list with
    colons between, goes before it unless the locale is C.

    >>> preferred({"LANG": "zh_TW.UTF-8"}), preferred({"LANG": "C", "LANGUAGE": "zh_CN"})
    ('zh_TW', 'en')
    """
    locale = next(filter(None, map(variables.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    wanted = [locale]
    if locale.partition(".")[0] not in ("C", "POSIX"):
        wanted = [*variables.get("LANGUAGE", "").split(":"), locale]
    return next(filter(None, map(language_of, wanted)), ENGLISH)
