"""The lines of a batch: each asks one query, as text, with an id before a tab, or as JSON."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from searcher import QueryError, SearcherError

if TYPE_CHECKING:
    from searcher import Index, Results


class Request(NamedTuple):
    """One line of input: its id, and either a query with its own options or what is wrong."""

    id: str
    query: str
    options: Mapping[str, Any]
    problem: str = ""


def answers(
    index: "Index", lines: Iterable[bytes], **defaults: Any
) -> "Iterator[tuple[Request, Results | SearcherError]]":
    """Each request of ``lines`` with its answer; no more of them are held than the index wants."""
    waiting: deque[Request] = deque()

    def good() -> Iterator[Mapping[str, Any]]:
        for request in requests(lines):
            waiting.append(request)
            if not request.problem:
                yield {**request.options, "query": request.query}

    def bad() -> Iterator[tuple[Request, SearcherError]]:
        while waiting and waiting[0].problem:
            request = waiting.popleft()
            yield request, QueryError(request.problem)

    for answer in index.batch(good(), **defaults):
        yield from bad()
        yield waiting.popleft(), answer
    yield from bad()


def requests(lines: Iterable[bytes]) -> Iterator[Request]:
    """What each line asks for."""
    for number, raw in enumerate(lines, 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError:
            shown = raw.decode(errors="replace").strip("\r\n")
            yield Request(str(number), shown, {}, f"line {number} is not UTF-8")
            continue
        if line.strip():
            yield _request(str(number), line)


def _request(number: str, line: str) -> Request:
    if line.lstrip().startswith("{"):
        return _object(number, line)
    id_, tab, query = line.partition("\t")
    return Request(id_.strip() or number, query, {}) if tab else Request(number, line, {})


def _object(number: str, line: str) -> Request:
    import json

    try:
        given: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Request(number, line, {}, f"line {number} is not a JSON object: {error}")
    id_ = given.pop("id", None)
    if id_ is None:
        id_ = number
    query = given.pop("query", None)
    problem = ""
    if isinstance(id_, bool) or not isinstance(id_, str | int):
        id_, problem = number, f'line {number} has an "id" that is neither text nor a whole number'
    elif query is None:
        problem = f'line {number} has no "query"'
    elif not isinstance(query, str):
        problem = f'line {number} has a "query" that is not text'
    if problem:
        return Request(str(id_), query if isinstance(query, str) else line, {}, problem)
    return Request(str(id_), query, given)
