"""How an answer is shown: what is to be said about it, then JSON, a table as CSV, or a page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from searcher import ExportError, QueryError
from searcher.cli.emptiness import say_why_empty
from searcher.cli.language import told, tr
from searcher.cli.render import Page, say

if TYPE_CHECKING:
    from searcher import Index


class _Found(Protocol):
    """What all matches of a query say."""

    @property
    def query(self) -> str: ...
    @property
    def total(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


FORMS = "2021-12-05, 2021-12, 2021, 2021年12月5日, 今天, 上周, 本月, 去年 or 7d"
"""The forms of a date, as the library names them."""

_NO_DATE = ("date not understood: ", "no such date: ", "too long ago: ")
"""How notes on dates begin."""

Table = tuple[Sequence[str], Iterable[Sequence[object]]]
"""A header, and rows."""


def check_output(output: Mapping[str, Any]) -> None:
    """Raise QueryError where more than one form is asked for."""
    choose_one(**{"--json": output.get("json"), "--csv": output.get("csv")})


def choose_one(**asked: object) -> None:
    """Raise QueryError where more than one of several options is given."""
    if sum(map(bool, asked.values())) > 1:
        *others, last = asked
        raise QueryError(
            tr("choose one of {options} and {last}", options=", ".join(others), last=last)
        )


def check_place(file: str) -> None:
    """Raise ExportError where a file cannot be written because its folder is not there."""
    folder = os.path.dirname(file)  # noqa: PTH120 - pathlib would change what was typed
    if folder and not os.path.isdir(folder):  # noqa: PTH112 - as above
        raise ExportError(
            tr("there is no folder {folder}; make it, or write elsewhere", folder=folder)
        )


def page_for(output: Mapping[str, Any]) -> Page:
    """The page on which an answer for people is shown."""
    return Page(output.get("color", "auto"), pager=not output.get("no_pager"))


def say_notes(notes: Iterable[str]) -> None:
    """Say what the library notes about a query; what is no date is followed by forms of dates."""
    notes = [*notes]
    for note in notes:
        say(told(note))
    if any(note.startswith(_NO_DATE) for note in notes):
        say(tr("a date is written as {forms}", forms=told(FORMS)))


def say_about(index: Index, found: _Found, filters: Mapping[str, Any]) -> None:
    """Say what is noted about a query, and which filter left nothing of it."""
    say_notes(found.notes)
    if not found.total:
        say_why_empty(index, found.query, filters)


def show(
    output: Mapping[str, Any],
    *,
    record: Callable[[], Mapping[str, Any]],
    lines: Callable[[Page], Iterable[str]],
    table: Callable[[], Table] | None = None,
    summary: str = "",
) -> None:
    """Show an answer in the form that was asked for.

    ``record`` makes JSON of it, ``table`` a table for CSV, and ``lines`` what a page shows, which
    ``summary`` follows on standard error.
    """
    if output.get("json"):
        from searcher.cli.records import write_record

        write_record(record())
    elif output.get("csv") and table is not None:
        from searcher.cli.tables import write_csv

        write_csv(*table())
    else:
        page = page_for(output)
        page.show(lines(page))
        if summary:
            say(summary)
