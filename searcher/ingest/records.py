"""Files that hold many articles: JSON Lines, JSON, RSS and Atom, CSV and TSV."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO
from urllib.parse import urlsplit

from searcher.article import Article, make_id
from searcher.errors import ArticleError
from searcher.ingest.csv_records import csv_rows
from searcher.ingest.decoding import decode
from searcher.ingest.feed import MAX_FEED, feed_entries
from searcher.ingest.fields import (
    AUTHOR_KEYS,
    BODY_KEYS,
    CATEGORY_KEYS,
    DATE_KEYS,
    ID_KEYS,
    SOURCE_KEYS,
    TITLE_KEYS,
    URL_KEYS,
    as_strings,
    first_value,
    read_fields,
    read_url,
)  # fmt: skip
from searcher.ingest.html import html_to_text
from searcher.ingest.json_records import Record, json_lines, json_values
from searcher.ingest.kinds import ending_of
from searcher.ingest.path_dates import date_of_path
from searcher.ingest.plain_text import Text, one_line, typed_to_text
from searcher.ingest.walk import Problem, printable
from searcher.lazy_pattern import compile_late

RecordKind = Literal["jsonl", "json", "feed", "csv", "tsv"]
"""How a file of records is written."""

_KINDS: dict[str, RecordKind] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".xml": "feed", ".rss": "feed", ".atom": "feed", ".csv": "csv", ".tsv": "tsv",
}  # fmt: skip

# What a field is called in `fields`, and the name under which its value is looked for first.
_FIRST_KEYS = {
    "title": TITLE_KEYS[0], "body": BODY_KEYS[0], "date": DATE_KEYS[0], "author": AUTHOR_KEYS[0],
    "source": SOURCE_KEYS[0], "categories": CATEGORY_KEYS[0], "url": URL_KEYS[0], "id": ID_KEYS[0],
}  # fmt: skip
FIELDS = tuple(_FIRST_KEYS)
"""The fields that `fields` can name."""

_SAMPLE = 1 << 16  # bytes by which encoding and kind are told
_MAX_TITLE = 60  # characters of a first line that stands in for a title
_MAX_KEY = 200  # characters
_MAX_DISTINCT = 1_000_000  # keys that are remembered to find those that come twice


def read_records(
    path: str | Path, *, name: str, fields: Mapping[str, str] | None = None
) -> Iterator[Article | Problem]:
    """Read the articles of a file, one by one; a broken record is a problem, and the rest goes on.

    Args:
        path: a file that ends in .jsonl, .ndjson, .json, .xml, .rss, .atom, .csv or .tsv; what
            ends otherwise is told by its beginning.
        name: what the file is called in `Article.path`: `name#key`, where the key is the record's
            own id, guid or address, else its number.
        fields: which value of a record is which field, as `{"title": "headline"}`; fields that are
            not named are found by their usual names. `a.b` is the value b in the value a.

    Raises:
        ArticleError: the file cannot be opened, or `fields` names a field that there is not.

    >>> [article.title for article in read_records("news.jsonl", name="news.jsonl")]
    ... # doctest: +SKIP
    ['拜登与普京举行视频通话']
    """
    if "\0" in str(path):
        raise ArticleError("cannot be read: there is a NUL in its name")
    kind = _KINDS.get(ending_of(Path(path).name))
    try:
        with Path(path).open("rb") as stream:
            yield from read_record_stream(stream, name=name, fields=fields, kind=kind)
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror or error}") from error


def read_record_stream(
    stream: BinaryIO,
    *,
    name: str,
    fields: Mapping[str, str] | None = None,
    kind: RecordKind | None = None,
) -> Iterator[Article | Problem]:
    r"""Read the articles of a stream of bytes, such as standard input; see `read_records`.

    Args:
        stream: is read once, from where it is; what it holds need not fit into memory.
        name: as in `read_records`.
        fields: as in `read_records`.
        kind: how the records are written; told by their beginning where it is None.

    Raises:
        ArticleError: `fields` names a field that there is not.

    >>> stream = io.BytesIO('{"id": 7, "title": "题", "body": "文"}\n'.encode())
    >>> [article.path for article in read_record_stream(stream, name="-")]
    ['-#7']
    """
    mapping = _checked(fields or {})
    seen: Counter[int] = Counter()
    try:
        for record in _records(stream, kind):
            yield _article(record, name, mapping, seen)
    except OSError as error:
        yield Problem(printable(name), f"cannot be read further: {error.strerror or error}")


def _checked(fields: Mapping[str, str]) -> Mapping[str, str]:
    for field in fields:
        if field not in _FIRST_KEYS:
            raise ArticleError(f"no field is called {field!r}; the fields are {', '.join(FIELDS)}")
    return fields


# -- from bytes to records -----------------------------------------------------------------------


def _records(stream: BinaryIO, kind: RecordKind | None) -> Iterator[Record]:
    sample = _read_at_most(stream, _SAMPLE)
    whole: BinaryIO = io.BufferedReader(_Rejoined(sample, stream), _SAMPLE)
    if kind is None or kind in ("json", "jsonl"):
        kind = _told_kind(sample, kind)
    if kind == "jsonl":
        return json_lines(whole)
    if kind == "feed":
        data = _read_at_most(whole, MAX_FEED + 1)
        if len(data) > MAX_FEED:
            problem = f"feed is larger than {MAX_FEED // 2**20} MB; split the file"
            return iter([Record(1, None, problem)])
        return feed_entries(data)
    if kind is None:
        problem = "neither JSON nor a feed nor a table; say which it is"
        return iter([Record(1, None, problem)])
    text = _text(whole, sample)
    if kind == "json":
        return json_values(text)
    return csv_rows(text, "\t" if kind == "tsv" else "")


def _told_kind(sample: bytes, kind: RecordKind | None) -> RecordKind | None:
    """Tell by the beginning of a file how it is written, where its name does not say it right."""
    beginning = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if beginning.startswith(b"["):
        return "json"
    if beginning.startswith(b"{"):
        first, _, second = beginning.partition(b"\n")
        # Pretty-printed JSON has no line that is an object and has another one below it.
        is_complete = first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{")
        is_lines = is_complete or (_is_json(first) and bool(second.strip()))
        return "jsonl" if is_lines or kind == "jsonl" else "json"
    if kind is not None:
        return kind
    if beginning.startswith(b"<"):
        return "feed"
    header = beginning.split(b"\n", 1)[0]
    if b"\t" in header:
        return "tsv"
    return "csv" if b"," in header or b";" in header else None


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _read_at_most(stream: BinaryIO, size: int) -> bytes:
    """Read a number of bytes, or all up to the end: one read of a pipe may give less."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Rejoined(io.RawIOBase):
    """The beginning of a stream that has been read already, and then the rest of it."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning = beginning
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._beginning[: len(buffer)]
        self._beginning = self._beginning[len(data) :]
        if not data:
            data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _text(stream: BinaryIO, sample: bytes) -> TextIO:
    """Decode a stream by the encoding of its beginning."""
    # A character may be cut in two at the end of the sample.
    cut = sample[: sample.rfind(b"\n") + 1] if len(sample) == _SAMPLE else sample
    try:
        encoding = decode(cut or sample[:-4]).encoding
    except ArticleError:
        encoding = "utf-8"
    if encoding == "utf-8":
        encoding = "utf-8-sig"
    elif encoding.startswith("utf-16"):
        encoding = "utf-16" if sample[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding
    return io.TextIOWrapper(stream, encoding, errors="replace", newline="")


# -- from records to articles --------------------------------------------------------------------


def _article(
    record: Record, name: str, fields: Mapping[str, str], seen: Counter[int]
) -> Article | Problem:
    place = f"{name}#{record.number}"
    if record.values is None:
        return Problem(printable(place), f"record {record.number}: {record.problem}")
    try:
        read = as_strings(record.values)
    except (ValueError, RecursionError) as error:
        return Problem(printable(place), f"record {record.number}: {error}")
    values: dict[str, Any] = {key: value for key, value in read.items() if value}
    for field, source in fields.items():
        value = _inner_value(values, source)
        if value:
            values[_FIRST_KEYS[field]] = value
    content = _body(first_value(values, BODY_KEYS))
    title = _flat(first_value(values, TITLE_KEYS))
    if not title and not content.text:
        known = ", ".join(list(values)[:8])
        return Problem(
            printable(place),
            f"record {record.number} has neither title nor text; its values are {known}; "
            "say which is which with fields",
        )
    if title:
        values["title"] = title
    found = read_fields(values)
    problems = [record.problem, *content.problems, *found.problems]
    if not content.text:
        problems.append("no text below the title")
    path = f"{name}#{_key(values, record.number, seen)}"
    return Article(
        id=make_id(path),
        path=path,
        title=found.title or _first_words(content) or "?",
        body=content.text,
        date=found.date or date_of_path(_path_of_url(found.url)),
        author=found.author,
        source=found.source,
        categories=found.categories,
        url=found.url,
        problems=tuple(dict.fromkeys(filter(None, problems))),
    )


def _inner_value(values: Mapping[str, Any], name: str) -> Any:
    """The value of a name, or of names within each other: a.b."""
    name = name.strip().lower()
    if name in values:
        return values[name]
    value: Any = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _first_words(content: Text) -> str:
    """What stands in for a title: the first heading, else the first sentence or part of one."""
    line = content.heading or content.text.partition("\n")[0]
    beginning = line[:_MAX_TITLE]
    for ends in ("。！？!?", "，,；;：:、 "):
        places = [beginning.rfind(end) for end in ends]
        if len(line) > _MAX_TITLE and max(places) > 0:
            return beginning[: max(places)].strip()
    return beginning.strip()


def _key(values: Mapping[str, Any], number: int, seen: Counter[int]) -> str:
    """What names a record within its file; a number is added where a key comes again."""
    own = first_value(values, ID_KEYS)
    key = one_line(own)[:_MAX_KEY] if isinstance(own, str) else ""
    if not key:
        key = next(filter(None, (read_url(values.get(url)) for url in URL_KEYS)), "")[:_MAX_KEY]
    if not key:
        return str(number)
    mark = hash(key)
    if mark in seen or len(seen) < _MAX_DISTINCT:
        seen[mark] += 1
    return key if seen[mark] < 2 else f"{key}~{seen[mark]}"


def _path_of_url(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


# Where programs put the text of a value: {"rendered": "<p>…"} of WordPress, {"value": …} of feeds.
_INNER_KEYS = ("rendered", "value", "html", "text", "#text", "content", "raw")


def _flat(value: Any) -> str:
    """The text in a value, its paragraphs as lines."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_flat, value)))
    if isinstance(value, dict):
        return _flat(first_value(value, _INNER_KEYS))
    return value if isinstance(value, str) else ""


_TAG = compile_late(
    r"</?(?:a|b|blockquote|br|div|em|figure|h[1-6]|i|img|li|ol|p|pre|section|span|strong|table|td"
    r"|tr|u|ul)(?:\s[^<>]*)?/?>|<!\[CDATA\[",
    re.IGNORECASE,
)
_BLOCK = compile_late(r"<(?:blockquote|br|div|h[1-6]|li|p|table|tr)\b", re.IGNORECASE)
_REFERENCE = compile_late(r"&(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)


def _body(value: Any) -> Text:
    """Read the text of a record: HTML if it has tags, else lines."""
    written = _flat(value)
    if not _TAG.search(written):
        if not _REFERENCE.search(written):
            return typed_to_text(written)
        # Escaped once too often, or text with a few references in it.
        return html_to_text(written.replace("<", "&lt;").replace("\n", "<br>"))
    if not _BLOCK.search(written):
        written = written.replace("\n", "<br>")
    return html_to_text(written)
