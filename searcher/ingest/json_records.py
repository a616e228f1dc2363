"""The records of JSON and of JSON Lines, one by one, without holding the whole file."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, TextIO

from searcher.errors import ArticleError
from searcher.ingest.decoding import MAX_BYTES, decode
from searcher.lazy_pattern import compile_late

# The names under which an object keeps its list of articles.
_LIST_KEYS = frozenset(
    "articles items data news posts docs documents results records entries rows list response "
    "文章 新闻 新聞 数据 列表".split()
)
_MAX_WRAPPERS = 5  # objects around the list: {"response": {"docs": […]}}
_CHUNK = 1 << 16  # characters
MAX_BROKEN = 1_000
"""Broken records of a file of JSON after which its rest is not read: they may be one in another."""

_SPACE = compile_late(r"[\s,]*")
_NEXT_OBJECT = compile_late(r"[\n,]\s{0,50}(?=\{)")
_LONGEST_GAP = 60  # characters in which that is found


class Record(NamedTuple):
    """One record of a file: its number from 1, and its values or what is wrong with it."""

    number: int
    values: dict[str, Any] | None
    problem: str = ""


# -- JSON Lines ----------------------------------------------------------------------------------


def json_lines(stream: BinaryIO) -> Iterator[Record]:
    r"""Read JSON Lines: one object a line; empty lines are passed over.

    >>> from io import BytesIO
    >>> [record.values for record in json_lines(BytesIO(b'{"title": "a"}\n'))]
    [{'title': 'a'}]
    """
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            yield Record(number, None, f"line is longer than {MAX_BYTES // 2**20} MB")
        elif line.strip():
            yield _record_of_line(line, number)


def _record_of_line(line: bytes, number: int) -> Record:
    problem = ""
    try:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            text, _, problems = decode(line)
            problem = "; ".join(problems)
        return _record(json.loads(text), number, problem)
    except (ValueError, RecursionError, ArticleError) as error:
        return Record(number, None, _not_json(error))


def _record(value: Any, number: int, problem: str = "") -> Record:
    if isinstance(value, dict):
        return Record(number, value, problem)
    return Record(number, None, "is no JSON object")


def _not_json(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} (character {error.pos + 1})"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return str(error)


# -- JSON ----------------------------------------------------------------------------------------


def json_values(text: TextIO) -> Iterator[Record]:
    """Read the objects of JSON: of an array, of an object that holds an array, or a single one.

    Several objects one after another are read like an array of them. Behind a broken record,
    reading goes on where the next object begins.
    """
    reader = _Reader(text)
    number = 0
    while reader.peek():
        for record in _records(reader, 0):
            number += 1
            yield record._replace(number=number)


def _records(reader: "_Reader", depth: int) -> Iterator[Record]:
    """Read the records of the next value, and go behind it."""
    first = reader.peek()
    if first == "[":
        reader.skip_one()
        yield from _elements(reader)
    elif first == "{" and depth < _MAX_WRAPPERS:
        reader.skip_one()
        yield from _object(reader, depth)
    else:
        yield from _one(reader)


def _elements(reader: "_Reader") -> Iterator[Record]:
    """Read the elements of a list whose bracket is behind us."""
    while True:
        first = reader.peek()
        if first == "]":
            reader.skip_one()
            return
        if not first:
            yield Record(0, None, "the file ends within a list; its end may be missing")
            return
        yield from _one(reader)


def _one(reader: "_Reader") -> Iterator[Record]:
    """Read one record; after a broken one, go to where the next object begins."""
    try:
        value = reader.value()
    except (ValueError, RecursionError) as error:
        yield Record(0, None, _not_json(error))
        reader.go_to_next_object()
    else:
        yield _record(value, 0)


def _object(reader: "_Reader", depth: int) -> Iterator[Record]:
    """Read an object whose bracket is behind us: the records in it, or else itself as one."""
    values: dict[str, Any] = {}
    has_records = False
    while True:
        first = reader.peek()
        if first == "}":
            reader.skip_one()
            break
        if not first and depth:
            return
        try:
            key = str(reader.value())
            reader.skip_colon()
            following = reader.peek()
            if key.lower() not in _LIST_KEYS or following not in ("[", "{"):
                values[key] = reader.value()
                continue
        except (ValueError, RecursionError) as error:
            yield Record(0, None, _not_json(error))
            reader.go_to_next_object()
            return
        has_records = True
        yield from _records(reader, depth + 1)
    if not has_records:
        yield _record(values, 0)


class _Reader:
    """A text of JSON that is read on as far as the next value needs it."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._is_whole = False  # nothing follows the buffer
        self._broken = 0  # records
        # Not strict: programs write line ends into strings as they are.
        self._decode = json.JSONDecoder(strict=False).raw_decode

    def _read_on(self) -> None:
        """Read as much as is held already, so that a long value is looked at only a few times."""
        held = self._buffer[self._at :]
        more = self._text.read(max(_CHUNK, len(held)))
        self._is_whole = not more
        self._buffer = held + more
        self._at = 0

    def peek(self) -> str:
        """The next character that is neither white space nor a comma, or "" at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            if space is not None:
                self._at = space.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._is_whole:
                return ""
            self._read_on()

    def skip_one(self) -> None:
        self._at += 1

    def skip_colon(self) -> None:
        if self.peek() != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", self._buffer, self._at)
        self._at += 1

    def value(self) -> Any:
        """The next value; raise ValueError where it is broken or too long."""
        self.peek()
        failed_at = -1
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                # The same error though there is more text is none that more text mends.
                is_string = error.msg.startswith("Unterminated string")
                distance = error.pos - self._at
                if self._is_whole or (distance == failed_at and not is_string):
                    raise
                failed_at = distance
            else:
                # A number at the end of the buffer may go on.
                if end < len(self._buffer) or self._is_whole:
                    self._at = end
                    return value
            if len(self._buffer) - self._at > MAX_BYTES:
                raise ValueError(f"is longer than {MAX_BYTES // 2**20} MB")
            self._read_on()

    def go_to_next_object(self) -> None:
        """Go to where the next object begins, behind a comma or on a new line, or to the end."""
        self._at += 1
        self._broken += 1
        while self._broken <= MAX_BROKEN:
            found = _NEXT_OBJECT.search(self._buffer, self._at)
            if found is not None:
                self._at = found.end()
                return
            if self._is_whole:
                break
            self._at = max(self._at, len(self._buffer) - _LONGEST_GAP)
            self._read_on()
        self._buffer = ""
        self._at = 0
        self._is_whole = True
