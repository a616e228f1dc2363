"""YAML read without trust: strings, lists and mappings only.

YAML is read event by event, and nothing is built that the text does not spell out: every scalar
stays a string (`title: 2021` and `title: no` are titles), tags run no code, aliases are refused
since they can multiply, and nesting is bounded, since YAML's own loaders overflow the C stack.
Where that fails, each key is read by itself, and what is no YAML at all is taken as written.
"""

import re
from collections.abc import Iterator
from typing import Any

from searcher.ingest.plain_text import one_line
from searcher.ingest.plain_yaml import read_plain_yaml
from searcher.lazy_pattern import compile_late

MAX_DEPTH = 20
_STANDARD_TAG = compile_late(r"!|tag:yaml\.org,2002:\w+")
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_NAMED = 5  # broken keys named in a problem

# Keys whose values people write without thinking of YAML: # and quotes in them are text.
_TEXT_KEYS = "title|headline|subtitle|author|authors|source|tags|tag|categories|category|标题|標題"
_KNOWN_KEYS = f"{_TEXT_KEYS}|date|published|updated|created|link|url|layout|时间|来源|作者"
_KEY = compile_late(
    rf"^(?:([A-Za-z_\u4e00-\u9fff][\w .-]{{0,60}}?)[ \t]*:(?=\s|$)|({_KNOWN_KEYS})[ \t]*[:：])",
    re.MULTILINE | re.IGNORECASE,
)
# "title: #双减# 政策" and "- #双减": for YAML a comment, for people a word.
_HASH_IN_TEXT = compile_late(
    rf"^((?:{_TEXT_KEYS})[ \t]*:[ \t]+|[ \t]*-[ \t]+(?=#))"
    r"""(#[^\s#].*|(?![\'"|>\[{&*!%@`#])\S.*?[ \t]#[^\s#].*)$""",
    re.MULTILINE | re.IGNORECASE,
)
_COMMENT = compile_late(r"[ \t]#[ \t]")
_BLOCK_SIGN = compile_late(r"\s*[|>][+-]?\d?[ \t]*\n")
_ALIAS_OR_TAG = compile_late(r"[*&!][\w!/:.<>-]*(?:\s|$)", re.ASCII)


class RefusedError(Exception):
    """A part of YAML that is not read from untrusted files."""


def read_yaml_block(source: str) -> tuple[Any, list[str]]:
    r"""Read the YAML of a post, as far as it can be read.

    Returns:
        What the YAML says, a mapping with keys in lower case as a rule, and what could not be read.
        None where there is nothing, or nothing like YAML.

    >>> read_yaml_block("title: 'He said 'x''\n")[0]
    {'title': "He said 'x'"}
    """
    plain = read_plain_yaml(source)
    if plain is not None and not isinstance(plain.get("title"), list):
        return plain, []
    quoted = _HASH_IN_TEXT.sub(_quote, source) if "#" in source else source
    problems: list[str] = []
    try:
        values = _load(quoted)
    except (ValueError, RefusedError):
        if _KEY.search(source) is None:
            return None, ["front matter is broken YAML"]
        values, problems = _read_key_by_key(source)
    if isinstance(values, str) and _KEY.match(source.lstrip("\n")):  # title:央行, without a space
        values, problems = _read_key_by_key(source)
    if isinstance(values, dict) and isinstance(values.get("title"), list | dict):  # [快讯]
        written = [_as_written(piece, source) for key, piece in _pieces(source) if key == "title"]
        values["title"] = written[-1] if written else ""
    return values, problems


def _quote(line: re.Match[str]) -> str:
    """Put a text with # in it into quotes, without the comment behind it."""
    key, text = line.groups()
    comment = _COMMENT.search(text)
    if comment:
        text = text[: comment.start()]
    return key + "'" + text.strip().replace("'", "''") + "'"


def _load(source: str) -> Any:
    """Read YAML; raise ValueError where it is broken and RefusedError where it is not for us."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(source)
    stack: list[list[Any]] = [[]]
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                _refuse_tag(event.tag)
                is_null = not event.style and event.value in _NULLS
                stack[-1].append("" if is_null else event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                _refuse_tag(event.tag)
                if len(stack) > MAX_DEPTH:
                    raise RefusedError("nesting")
                stack.append([])
            elif isinstance(event, yaml.SequenceEndEvent):
                items = stack.pop()
                stack[-1].append(items)
            elif isinstance(event, yaml.MappingEndEvent):
                items = stack.pop()
                pairs = zip(items[::2], items[1::2], strict=True)
                stack[-1].append({str(key).strip().lower(): value for key, value in pairs})
            elif isinstance(event, yaml.AliasEvent):
                raise RefusedError("alias")
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return stack[0][0] if stack[0] else None


def _refuse_tag(tag: str | None) -> None:
    if tag is not None and not _STANDARD_TAG.fullmatch(tag):
        raise RefusedError("tag")


def _read_key_by_key(source: str) -> tuple[dict[str, Any], list[str]]:
    """Read each key by itself, and say which ones are broken."""
    values: dict[str, Any] = {}
    as_written: list[str] = []
    refused: list[str] = []
    for key, piece in _pieces(source):
        value = None
        try:
            value = _load(_HASH_IN_TEXT.sub(_quote, piece))
        except ValueError:
            as_written.append(key)
        except RefusedError:
            text = one_line(_value(piece))
            is_text = re.fullmatch(_TEXT_KEYS, key, re.IGNORECASE) is not None
            if not is_text or _ALIAS_OR_TAG.match(text) or not text.startswith(("*", "&", "!")):
                refused.append(key)
                continue
            as_written.append(key)
        if isinstance(value, dict):
            values.update(value)
        else:
            values[key] = _as_written(piece, source)
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
        yield (key.group(1) or key.group(2)).lower(), source[key.start() : end]


def _value(piece: str) -> str:
    """What stands behind the colon of a key."""
    colon = re.search("[:：]", piece)
    return piece[colon.end() :] if colon else ""


def _as_written(piece: str, source: str) -> str:
    """Give a key's value without YAML's meaning, but for a pair of quotes around it.

    >>> _as_written("title: 'He said 'x''", "title: 'He said 'x''")
    "He said 'x'"
    """
    written = _value(piece)
    if _BLOCK_SIGN.match(written):
        return one_line(written.lstrip(" \t|>+-0123456789"))
    value = one_line(written)
    quote = value[:1]
    if quote not in ("'", '"'):
        return value
    if len(value) > 1 and value.endswith(quote):
        return value[1:-1] if _is_one_quotation(value[1:-1], quote, piece, source) else value
    return value if quote in value[1:] else value[1:]


def _is_one_quotation(inside: str, quote: str, piece: str, source: str) -> bool:
    """Say whether quotes at both ends of a value belong together: not in `"双减"与"寒潮"`.

    The next quotation mark inside closes the first one, unless it stands where one opens, as
    behind a space. Chinese has no spaces, so there the other keys of the block decide: a program
    that put this value into quotes did so with others.
    """
    at = inside.find(quote)
    if at < 0:
        return True
    before, after = inside[at - 1 : at], inside[at + 1 : at + 2]
    if not before or before.isspace() or before in "(（:：,，《「":
        return True
    if not after or after.isspace() or after in ")）:：,，。、！？》」":
        return inside.count(quote) % 2 == 1
    if inside.count(quote) % 2 == 1:
        return True
    others = source.replace(piece, "", 1)
    sign = re.escape(quote)
    quoted = re.compile(rf"^[A-Za-z_]\w*[ \t]*:[ \t]+{sign}[^\n]*{sign}[ \t]*$", re.MULTILINE)
    return quoted.search(others) is not None


def _names(keys: list[str]) -> str:
    return ", ".join(keys[:_NAMED]) + (", …" if len(keys) > _NAMED else "")
