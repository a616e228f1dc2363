"""Operators of other search engines: what is understood of them, and notes on what is not."""

import re
from collections.abc import Iterable

from searcher.lazy_pattern import compile_late

MAX_NEAR_DISTANCE = 9999
"""Characters between words; a larger distance counts as this one."""

MAX_NEAR_WORDS = 8
"""Words of a quotation with a distance; the rest is left out."""

MAX_WILDCARD_LENGTH = 4
"""Characters before a ``?`` that stands for a character; after more of them it ends a question."""

NEAR_HINT = '"拜登 普京"~20 finds both within 20 characters'
_FIELDS_HINT = (
    "fields: title, author, category, source, site, path, date, since, until, after, before"
)

_FOREIGN = compile_late(r"(?:NEAR|ADJ|AROUND|XOR)(?:/[0-9]{0,9})?")
_FIELD_NAME = compile_late(r"[A-Za-z]{2,20}")
_SHORT = compile_late(r"[\w-]+")
_QUESTION = compile_late("[吗呢么吧啊呀谁何哪几]|什|多少|怎|是否")
_SCHEME = compile_late(r"https?://", re.IGNORECASE)


def foreign_operator(text: str) -> str:
    """The note on a word that is an operator elsewhere, or ""."""
    if not _FOREIGN.fullmatch(text):
        return ""
    return f"{text} is no operator: read as a plain word; {NEAR_HINT}"


def unknown_field(name: str, value: str, fields: Iterable[str]) -> str:
    """The note on ``name:value`` where no field has this name, or "".

    A name is one of a field if it is in small letters (``titel:``) or nearly one that there is.
    ``http://…``, ``12:30`` and ``WHO：…`` are text.
    """
    if not _FIELD_NAME.fullmatch(name) or value.startswith("//"):
        return ""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), fields, 1, 0.75)
    if not near and not name.islower():
        return ""
    meant = f"; did you mean {near[0]}:?" if near else ""
    return f"no field is called {name}: read as plain words{meant} ({_FIELDS_HINT})"


def split_suffix(text: str) -> tuple[str, str]:
    """A word without a similarity or weight (``~2``, ``^2``) behind it, and a note on that.

    ``10~20`` and ``10^9`` are numbers.

    >>> split_suffix("普京^2")
    ('普京', '^2 is no operator: ignored; no word can be given more weight')
    """
    head = text.rstrip("0123456789.~^")
    tail = text[len(head) :]
    places = [place for place in (tail.find("~"), tail.find("^")) if place >= 0]
    if not places or text[0].isdigit():
        return text, ""
    head, suffix = text[: len(head) + min(places)], tail[min(places) :]
    sign, shown = suffix[0], suffix if len(suffix) <= 10 else suffix[:10] + "…"
    if sign == "^":
        return head, f"{shown} is no operator: ignored; no word can be given more weight"
    if not head:
        where = "belongs right behind a quotation"
        return text, f"{shown} {where}: read as plain words; {NEAR_HINT}"
    return head, f"{shown} after a word is no operator: ignored; {NEAR_HINT}"


def wildcards(text: str) -> tuple[int, str]:
    """How many ``?`` at the end of a word stand for a character each, and a note.

    After a long word, or in a question, they are question marks.

    >>> wildcards("普?"), wildcards("普京是谁?")
    ((1, ''), (0, ''))
    """
    head = text.rstrip("?")
    if _QUESTION.search(head) or len(head) > MAX_WILDCARD_LENGTH:
        return 0, ""
    if "?" not in head and _SHORT.fullmatch(head):
        return len(text) - len(head), ""
    if _SHORT.fullmatch(head.replace("?", "")):
        return 0, "? works only at the end of a word: read as plain words"
    return 0, ""


def host_of(text: str) -> str:
    """The host in what stands after ``site:``, where that is written as an address.

    >>> host_of("https://news.cctv.com/2021")
    'news.cctv.com'
    """
    return _SCHEME.sub("", text, count=1).removeprefix("*.").partition("/")[0]
