"""The lines of a text file that an evaluation reads, each with its place for error messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searcher import EvaluationError


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, with its place: ``("qrels.tsv, line 3", "q1\\t0\\td1\\t1")``.

    Raises:
        EvaluationError: the file cannot be read, or a line is not UTF-8.
    """
    place = str(path)
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                place = f"{path}, line {number}"
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if line.strip():
                    yield place, line
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{place}: not UTF-8; convert the file first") from error


def checked_id(value: object, place: str) -> str:
    """``value`` as the id of a document or a query, which a run file must be able to hold.

    Raises:
        EvaluationError: it is no string or whole number, or has white space or control characters.
    """
    id_ = str(value) if isinstance(value, str | int) else ""
    if not id_ or " " in id_ or not id_.isprintable():
        raise EvaluationError(f"{place}: {value!r} is no id; an id is a string without white space")
    return id_
