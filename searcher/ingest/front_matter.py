"""The YAML block at the top of a post, read without trust: strings, lists and mappings only.

YAML is read event by event, and nothing is built that the text does not spell out: every scalar
stays a string (`title: 2021` and `title: no` are titles), tags run no code, aliases are refused
since they can multiply, and nesting is bounded, since YAML's own loaders overflow the C stack.
Where that fails, each key is read by itself, and what is no YAML at all is taken as written.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from searcher.ingest.markup import one_line

MAX_FRONT_MATTER = 100_000
"""Characters; what lies beyond is not read."""

_MAX_DEPTH = 20
_STANDARD_TAG = re.compile(r"!|tag:yaml\.org,2002:\w+")
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_KEY = re.compile(r"^([A-Za-z_][\w .-]{0,60}?)[ \t]*:(?=\s|$)", re.MULTILINE)
# The top of a block that is never closed: keys, list items, indented lines.
_UNCLOSED = re.compile(
    r"-{3,}[ \t]*\n((?:(?:[A-Za-z_][\w.-]*:(?:[ \t].*)?|[ \t]+\S.*|-[ \t].*)\n)+)"
)
_NAMED = 5  # broken keys named in a problem


class FrontMatter(NamedTuple):
    """The values by key (lower case), the text below them, and what could not be read."""

    values: dict[str, Any]
    body: str
    problems: tuple[str, ...] = ()


class _Refused(Exception):  # noqa: N818 - reads as what it says
    """A part of YAML that is not read from untrusted files."""


def split_front_matter(text: str) -> FrontMatter:
    r"""Take the front matter off a text with "\n" line ends, if it begins with one.

    >>> split_front_matter("---\ntitle: 'He said 'x''\n---\n文").values
    {'title': "He said 'x'"}
    """
    from frontmatter.default_handlers import YAMLHandler

    text = text.strip()
    if not text.startswith("---"):
        return FrontMatter({}, text)
    handler = YAMLHandler()
    if not handler.detect(text):
        return FrontMatter({}, text)
    problems: list[str] = []
    try:
        source, body = handler.split(text)
    except ValueError:
        unclosed = _UNCLOSED.match(text + "\n", 0, MAX_FRONT_MATTER)
        if unclosed is None:
            return FrontMatter({}, text)
        source, body = unclosed.group(1), text[unclosed.end() :]
        problems.append("front matter is not closed by ---")
    if len(source) > MAX_FRONT_MATTER:
        source = source[:MAX_FRONT_MATTER]
        problems.append(f"front matter is longer than {MAX_FRONT_MATTER:,} characters")
    try:
        values = _load(source)
    except (ValueError, _Refused):
        if _KEY.search(source) is None:
            return FrontMatter({}, text)
        values, broken = _salvage(source)
        problems += broken
    if values is None:
        values = {}
    if not isinstance(values, dict) or (values and not any(map(str.isascii, values))):
        return FrontMatter({}, text)  # a text between two rules
    if isinstance(values.get("title"), list | dict):  # [快讯] without quotes
        written = [_as_written(piece) for key, piece in _pieces(source) if key == "title"]
        values["title"] = written[-1] if written else ""
    return FrontMatter(values, body.strip(), tuple(problems))


def _load(source: str) -> Any:
    """Read YAML; raise ValueError where it is broken and _Refused where it is not for us."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(source)
    stack: list[list[Any]] = [[]]
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.AliasEvent):
                raise _Refused("alias")
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                if event.tag is not None and not _STANDARD_TAG.fullmatch(event.tag):
                    raise _Refused("tag")
                if isinstance(event, yaml.ScalarEvent):
                    is_null = not event.style and event.value in _NULLS
                    stack[-1].append("" if is_null else event.value)
                elif len(stack) > _MAX_DEPTH:
                    raise _Refused("nesting")
                else:
                    stack.append([])
            elif isinstance(event, yaml.SequenceEndEvent):
                items = stack.pop()
                stack[-1].append(items)
            elif isinstance(event, yaml.MappingEndEvent):
                items = stack.pop()
                pairs = zip(items[::2], items[1::2], strict=True)
                stack[-1].append({str(key).strip().lower(): value for key, value in pairs})
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return stack[0][0] if stack[0] else None


def _salvage(source: str) -> tuple[dict[str, Any], list[str]]:
    """Read each key by itself, and say which ones are broken."""
    values: dict[str, Any] = {}
    as_written: list[str] = []
    refused: list[str] = []
    for key, piece in _pieces(source):
        try:
            value = _load(piece)
        except ValueError:
            value = None
            as_written.append(key)
        except _Refused:
            refused.append(key)
            continue
        values |= value if isinstance(value, dict) else {key: _as_written(piece)}
    problems = []
    if as_written:
        problems.append(f"front matter is broken YAML; taken as written: {_names(as_written)}")
    if refused:
        problems.append(f"front matter uses YAML tags or aliases; left out: {_names(refused)}")
    return values, problems or ["front matter is broken YAML"]


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """Cut the source before each key that begins a line."""
    keys = list(_KEY.finditer(source))
    ends = [key.start() for key in keys[1:]] + [len(source)]
    for key, end in zip(keys, ends, strict=False):
        yield key.group(1).lower(), source[key.start() : end]


def _as_written(piece: str) -> str:
    """Give a key's value without YAML's meaning, but for a pair of quotes around it.

    >>> _as_written("title: 'He said 'x''")
    "He said 'x'"
    """
    value = one_line(piece.partition(":")[2])
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.lstrip("'\"|>") if value[:1] in ("'", '"', "|", ">") else value


def _names(keys: list[str]) -> str:
    return ", ".join(keys[:_NAMED]) + (", …" if len(keys) > _NAMED else "")
