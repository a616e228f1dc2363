"""Answers of a server that have not the form that they should have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from searcher.errors import IndexInvalidError

NOT_UNDERSTOOD = (
    "the answers of the cluster cannot be understood; see whether the address is that of an "
    "OpenSearch 3, and nothing between changes answers; else run: searcher index --rebuild"
)


@contextmanager
def reading_answers() -> Iterator[None]:
    """Errors that such answers cause in the modules here become IndexInvalidError."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        if not _is_of_an_answer(error):
            raise
        raise IndexInvalidError(NOT_UNDERSTOOD) from error


def _is_of_an_answer(error: BaseException) -> bool:
    """Whether an error was raised by the modules here, which read what a server says."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = trace.tb_frame.f_globals.get("__name__", "") if trace else ""
    return str(name).startswith(__package__ or "searcher.backends.opensearch")
