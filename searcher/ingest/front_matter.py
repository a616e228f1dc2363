"""The block at the top of a post, in the dialects of Jekyll, Hexo, Hugo, Zola and Pelican.

Each reader below looks whether the text begins with its dialect, and gives None where it does not.
Values are strings, lists and mappings of strings, and dates where TOML says so.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from searcher.ingest.fields import as_strings
from searcher.ingest.plain_text import one_line
from searcher.ingest.plain_yaml import read_plain_yaml
from searcher.ingest.yaml_block import read_yaml_block
from searcher.lazy_pattern import compile_late

MAX_FRONT_MATTER = 100_000
"""Characters; what lies beyond is not read."""

_MAX_DOTS = 100  # in a line of TOML: the time for a key grows with the square of its parts

# Keys by which a block without an opening line is known.
_CHINESE_KEYS = "标题 標題 日期 时间 時間 发布时间 作者 来源 來源 标签 分类 链接".split()
_KNOWN_KEYS = frozenset(
    "title date tags tag categories category author authors layout slug updated modified permalink "
    "summary description status lang source link url draft published keywords".split()
).union(_CHINESE_KEYS)
_TITLE_KEYS = frozenset(("title", "标题", "標題"))
# The groups in which Zola and Hugo keep values of their own.
_GROUPS = ("taxonomies", "extra", "params")

_FENCE = compile_late(r"(-{3,}|\+{3,}|;{3,})[ \t]*(yaml|toml|json)?[ \t]*(?:\n|$)")
_KEY_LINES = r"(?:(?:[A-Za-z_][\w.-]*:(?:[ \t].*)?|[ \t]+\S.*|-[ \t].*)\n)+"
# The top of a block that is never closed: keys, list items, indented lines.
_UNCLOSED = compile_late(rf"-{{3,}}[ \t]*\n({_KEY_LINES})")
_CLOSED_BY_DOTS = compile_late(rf"-{{3,}}[ \t]*\n({_KEY_LINES})\.\.\.[ \t]*\n")
_BOUNDARY = compile_late(r"^-{3,}\s*$", re.MULTILINE)
_CLOSING = compile_late(r"^(?:-{3,}|;{3,})[ \t]*$", re.MULTILINE)
_HEAD_LINE = compile_late(
    rf"(?:[A-Za-z_][\w.-]{{0,60}}|{'|'.join(_CHINESE_KEYS)})[ \t]*[:：].*"
    r"|[ \t]+\S.*|-[ \t].*|#.*|[ \t]*"
)
_JSON_HEAD_LINE = compile_late(r'[ \t]*(?:"[^"\n]*"[ \t]*:.*|[\[\]{}",].*|)')
_HEADER = compile_late(r"([A-Za-z\u4e00-\u9fff][\w -]{0,40}?)[ \t]*[:：](?!//)[ \t]*(.*)")
_MAX_HEADERS = 50
_MAX_HEADER = 500  # characters; a longer line is text
_ORG_LINE = compile_late(r"#\+([A-Za-z_]{1,40}):[ \t]*(.*)")
_IN_COMMENT = compile_late(
    r"<!--\s*\n?((?:---|\+\+\+)[ \t]*\n(?:(?!-->).){1,5000}?\n(?:---|\+\+\+)[ \t]*\n?)\s*-->",
    re.DOTALL,
)
_TOML_LINE = compile_late(r"^([A-Za-z_][\w-]*)[ \t]*=[ \t]*(\S.*)$", re.MULTILINE)


class FrontMatter(NamedTuple):
    """The values by key (lower case), the text below them, and what could not be read."""

    values: dict[str, Any]
    body: str
    problems: tuple[str, ...] = ()


def split_front_matter(text: str) -> FrontMatter:
    r"""Take the front matter off a text with "\n" line ends, if it begins with one.

    >>> split_front_matter("---\ntitle: 'He said 'x''\n---\n文").values
    {'title': "He said 'x'"}
    >>> split_front_matter('+++\ntitle = "题"\n+++\n文').values
    {'title': '题'}
    """
    text = text.strip()
    if text.startswith("<!--"):
        text = _without_comment(text)
    for read in (_fenced, _json_object, _without_opener, _header_lines, _org_lines, _pandoc_lines):
        found = read(text)
        if found is not None:
            return found
    return FrontMatter({}, text)


def _without_comment(text: str) -> str:
    """Take a block of front matter out of the comment in which some editors hide it."""
    comment = _IN_COMMENT.match(text)
    return comment.group(1) + text[comment.end() :] if comment else text


def _fenced(text: str) -> FrontMatter | None:
    """Read a block between two lines of ---, +++ or ;;;."""
    fence = _FENCE.match(text)
    if fence is None:
        return None
    sign, dialect = fence.groups()
    if sign[0] == "-" and dialect in (None, "yaml"):
        return _yaml(text, fence)
    closing = re.compile(rf"^\{sign[0]}{{3,}}[ \t]*$", re.MULTILINE).search(text, fence.end())
    if closing is None:
        return None
    source = text[fence.end() : closing.start()]
    body = text[closing.end() :].strip()
    if len(source) > MAX_FRONT_MATTER:
        return None
    if sign[0] == "+" or dialect == "toml":
        return _toml(source, body)
    return _json_pairs(source, body)


# -- YAML ----------------------------------------------------------------------------------------


def _yaml(text: str, fence: re.Match[str]) -> FrontMatter | None:
    problems: list[str] = []
    dots = _CLOSED_BY_DOTS.match(text, 0, MAX_FRONT_MATTER) if "\n..." in text else None
    if dots is not None:
        source, body = dots.group(1), text[dots.end() :]
    else:
        try:
            opened = text[fence.start(1) : fence.end(1)] + text[fence.end(0) - 1 :]
            source, body, plain = _split(opened)
            if plain is not None and not isinstance(plain.get("title"), list):
                return FrontMatter(plain, body.strip()) if not plain or _has_keys(plain) else None
        except ValueError:
            unclosed = _UNCLOSED.match(text + "\n", 0, MAX_FRONT_MATTER)
            if unclosed is None:
                return None
            source, body = unclosed.group(1), text[unclosed.end() :]
            problems.append("front matter is not closed by ---")
    if len(source) > MAX_FRONT_MATTER:
        source = source[:MAX_FRONT_MATTER]
        problems.append(f"front matter is longer than {MAX_FRONT_MATTER:,} characters")
    values, broken = read_yaml_block(source)
    if values is None:
        if broken:
            return None
        values = {}
    if not isinstance(values, dict) or (values and not _has_keys(values)):
        return None  # a text between two rules
    return FrontMatter(values, body.strip(), (*problems, *broken))


def _split(text: str) -> tuple[str, str, dict[str, str | list[str]] | None]:
    """The block between two rules, what is below, and the values of the block if these are plain.

    Raises ValueError where there are no rules.
    """
    pieces = _BOUNDARY.split(text, 2)
    if len(pieces) == 3 and len(pieces[1]) <= MAX_FRONT_MATTER:
        plain = read_plain_yaml(pieces[1])
        if plain is not None:
            return pieces[1], pieces[2], plain
    # What is not a list of plain values; importing takes as long as reading a hundred plain posts.
    from frontmatter.default_handlers import YAMLHandler

    source, body = YAMLHandler().split(text)
    return source, body, None


def _has_keys(values: Mapping[str, Any]) -> bool:
    return any(key.isascii() or key in _TITLE_KEYS for key in values)


def _without_opener(text: str) -> FrontMatter | None:
    """Read the block of a Hexo post, which only a line below it sets apart."""
    closing = _CLOSING.search(text, 0, MAX_FRONT_MATTER)
    if closing is None or closing.start() == 0:
        return None
    source, body = text[: closing.start()], text[closing.end() :].strip()
    if source.startswith('"'):
        if all(_JSON_HEAD_LINE.fullmatch(line) for line in source.split("\n")):
            return _json_pairs(source, body)
        return None
    if not all(_HEAD_LINE.fullmatch(line) for line in source.split("\n")):
        return None
    values, problems = read_yaml_block(source)
    if not isinstance(values, dict) or not _is_known(values):
        return None
    return FrontMatter(values, body, tuple(problems))


def _is_known(values: Mapping[str, Any]) -> bool:
    """Say whether the keys are those of an article: its title, or two others."""
    known = _KNOWN_KEYS.intersection(values)
    return bool(known & _TITLE_KEYS) or len(known) > 1


# -- TOML and JSON -------------------------------------------------------------------------------


def _toml(source: str, body: str) -> FrontMatter | None:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        if any(line.count(".") > _MAX_DOTS for line in source.split("\n")):
            raise ValueError("too many dots")
        values = as_strings(tomllib.loads(source))
    except (ValueError, RecursionError):
        lines = _TOML_LINE.findall(source)
        if not lines:
            return None
        values = {key.lower(): _toml_value(written) for key, written in lines}
        return FrontMatter(values, body, ("front matter is broken TOML; taken as written",))
    return FrontMatter(_with_groups(values), body)


def _toml_value(written: str) -> str:
    """Give a value without TOML's meaning, but for a pair of quotes around it."""
    value = one_line(written)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return value


def _json_object(text: str) -> FrontMatter | None:
    """Read a JSON object at the top of a post, as Hugo has it."""
    if not text.startswith("{"):
        return None
    try:
        found, end = json.JSONDecoder().raw_decode(text[:MAX_FRONT_MATTER])
        values = as_strings(found)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not _is_known(values):
        return None
    body = (
        _CLOSING.sub("", text[end:], count=1) if _CLOSING.match(text[end:].lstrip()) else text[end:]
    )
    return FrontMatter(_with_groups(values), body.strip())


def _json_pairs(source: str, body: str) -> FrontMatter | None:
    """Read the pairs of a JSON object whose brackets may be missing, as Hexo has them."""
    pairs = source.strip()
    if not pairs.startswith("{"):
        pairs = "{" + pairs.rstrip(",") + "}"
    try:
        values = as_strings(json.loads(pairs))
    except (ValueError, RecursionError):
        values, problems = read_yaml_block(source)
        if not isinstance(values, dict) or not _is_known(values):
            return None
        return FrontMatter(values, body, tuple(problems))
    if not isinstance(values, dict) or not _has_keys(values):
        return None
    return FrontMatter(values, body)


def _with_groups(values: dict[str, Any]) -> dict[str, Any]:
    """Add the values of groups such as [taxonomies], where there is no such value above them."""
    for name in _GROUPS:
        group = values.get(name)
        if isinstance(group, dict):
            values = {**group, **values}
    return values


# -- lines of "Title: …" -------------------------------------------------------------------------


def _header_lines(text: str) -> FrontMatter | None:
    """Read the lines above the first empty one, where each is a key and its value, as written."""
    values: dict[str, Any] = {}
    key = ""
    end = 0
    for _ in range(_MAX_HEADERS):
        line_end = text.find("\n", end)
        line = text[end : line_end if line_end >= 0 else len(text)]
        if not line.strip():
            break
        if len(line) > _MAX_HEADER:
            return None
        header = _HEADER.fullmatch(line)
        if line[0].isspace() and key:
            values[key] += " " + line.strip()
        elif header is not None:
            key = header.group(1).strip().lower()
            values[key] = header.group(2).strip()
        else:
            return None
        end = line_end + 1 if line_end >= 0 else len(text)
        if line_end < 0:
            break
    if not _is_known(values):
        return None
    return FrontMatter(values, text[end:].strip())


def _org_lines(text: str) -> FrontMatter | None:
    """Read lines such as `#+TITLE: …` of Emacs."""
    values: dict[str, Any] = {}
    end = 0
    while text.startswith("#+", end):
        line, _, _ = text[end:MAX_FRONT_MATTER].partition("\n")
        found = _ORG_LINE.fullmatch(line)
        if found is None:
            break
        values[found.group(1).lower()] = found.group(2).strip()
        end += len(line) + 1
    return FrontMatter(values, text[end:].strip()) if _is_known(values) else None


def _pandoc_lines(text: str) -> FrontMatter | None:
    """Read up to three lines of title, authors and date, each behind a %."""
    values: dict[str, Any] = {}
    end = 0
    for key in ("title", "author", "date"):
        if not text.startswith("% ", end):
            break
        line, _, _ = text[end:MAX_FRONT_MATTER].partition("\n")
        values[key] = line[2:].strip()
        end += len(line) + 1
    return FrontMatter(values, text[end:].strip()) if values.get("title") else None
