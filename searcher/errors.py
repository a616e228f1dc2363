"""The errors that this package raises, all below one base class.

SearcherError
├── ArticleError                a file cannot be read as an article at all
├── SourceError                 a run would not do to the sources of an index what was meant
├── ConfigError                 a searcher.toml cannot be used
├── QueryError                  an option of a search makes no sense (query strings never raise)
├── LexiconError                a line of a lexicon file cannot be used
├── IndexFolderError            something about an index folder
│   ├── IndexNotFoundError      there is no index here yet
│   ├── IndexInvalidError       the folder holds something else, or the index is damaged
│   ├── IndexUnreadableError    the system does not let us read a file of the index
│   ├── IndexUnwritableError    the system does not let us write a file of the index
│   ├── IndexOutdatedError      built by another version, or with another lexicon
│   ├── IndexLockedError        another process is writing this index
│   ├── IndexUnavailableError   no node of a cluster answers, or it refuses what is asked
│   │   └── IndexPartialError   a part of an index on a cluster did not answer
│   └── IndexReadOnlyError      Whoosh was asked to write; only searcher.build_index can
├── ExportError                 matches cannot be written to a file in this form
├── SavedSearchError            there is no such saved search, or its file is damaged
├── ServeError                  a server cannot be started as asked
├── EvaluationError             a collection, run or qrels file cannot be used
├── TimeLimitError              an answer took longer than Index.time_limit allows
└── NotEnoughMemoryError        there is not enough memory for what was asked

Each message says what to do next.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class SearcherError(Exception):
    """Base of every error raised on purpose by this package."""


class ArticleError(SearcherError):
    """A file cannot be read as an article: binary, undecodable, too large or unreadable."""


class SourceError(SearcherError):
    """The sources of an index are others than a run takes for granted; says how to go on."""


class ConfigError(SearcherError):
    """A key or a value of a searcher.toml cannot be used; the message names the file."""


class QueryError(SearcherError):
    """An option of a search makes no sense, such as a negative limit or an unknown date."""


class LexiconError(SearcherError):
    """A line of a lexicon file cannot be used; the message names file and line."""


class IndexFolderError(SearcherError):
    """Base of the errors about an index folder."""


class IndexNotFoundError(IndexFolderError):
    """There is no index in this folder yet."""


class IndexInvalidError(IndexFolderError):
    """The folder holds something that is no index of ours, or a damaged one."""


class IndexUnreadableError(IndexFolderError):
    """The system does not let us read a file of an index; the message has the system's words."""


class IndexUnwritableError(IndexFolderError):
    """The system does not let us write a file of an index: no space, no permission.

    The message has the system's words, the file, and whether the index is as it was.
    """


class IndexOutdatedError(IndexFolderError):
    """The index was built by another version or with another lexicon or analyser."""


class IndexLockedError(IndexFolderError):
    """Another process is writing this index."""


class IndexUnavailableError(IndexFolderError):
    """No node of a cluster answers, or the cluster refuses what is asked of it."""


class IndexPartialError(IndexUnavailableError):
    """Some shards of an index on a cluster did not answer, so the answer would not be whole."""


class IndexReadOnlyError(IndexFolderError):
    """Whoosh was asked to write to an index, which it can only read."""

    def __init__(
        self, message: str = "Whoosh cannot write this index; add articles by searcher.build_index"
    ) -> None:
        super().__init__(message)


class ExportError(SearcherError):
    """Matches cannot be written in this form: it is unknown, or the package for it is missing."""


class SavedSearchError(SearcherError):
    """There is no saved search of this name, its name cannot be used, or its file is damaged."""


class ServeError(SearcherError):
    """A server cannot be started: its address, its packages, or nobody said who may ask."""


class EvaluationError(SearcherError):
    """A collection, a run or a qrels file cannot be used."""


class NotEnoughMemoryError(SearcherError):
    """There is not enough memory for what was asked; an index is as it was."""


class TimeLimitError(SearcherError):
    """An answer took longer than :meth:`searcher.Index.time_limit` allows, and was given up."""


@contextmanager
def reporting_no_memory(advice: str) -> Iterator[None]:
    """Raise NotEnoughMemoryError for MemoryError; ``advice`` says what to do next."""
    try:
        yield
    except MemoryError as error:
        raise NotEnoughMemoryError(f"there is not enough memory; {advice}") from error


# Names of version 0.1.0, kept until 0.3.0.
IndexMissing = IndexNotFoundError
IndexInvalid = IndexInvalidError
IndexOutdated = IndexOutdatedError
IndexLocked = IndexLockedError
