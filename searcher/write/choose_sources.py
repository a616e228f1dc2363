"""Which sources an index has after a run, and which of them the run reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from searcher.errors import ArticleError, SourceError
from searcher.ingest.kinds import kind_of
from searcher.ingest.walk import printable
from searcher.sources import ADDED, MAX_SOURCES, Selection, Source, SourceKind

Mode: TypeAlias = Literal["only", "add", "replace"]
"""What becomes of other sources: there must be none, they stay, or they are removed."""

_SHOWN = 3

_Wanted: TypeAlias = tuple[SourceKind, str, str]
"""Kind, absolute path and name of a source that is asked for."""


@dataclass(frozen=True, slots=True)
class GivenOptions:
    """Options of sources as they were given; None leaves them as they are."""

    globs: tuple[str, ...] | None = None
    excludes: tuple[str, ...] | None = None
    follow: bool | None = None
    fields: tuple[tuple[str, str], ...] | None = None

    def applied_to(self, source: Source) -> Source:
        """A source with these options."""
        before = source.selection
        selection = Selection(
            globs=before.globs if self.globs is None else self.globs,
            excludes=before.excludes if self.excludes is None else self.excludes,
            follow=before.follow if self.follow is None else self.follow,
        )
        fields = source.fields if self.fields is None else self.fields
        if (selection, fields) == (before, source.fields):
            return source
        # With other options the same files may give other articles.
        return source._replace(selection=selection, fields=fields, state="")


class Chosen(NamedTuple):
    """All sources that the index will have, and the numbers of those to read."""

    sources: tuple[Source, ...]
    read: frozenset[int]


def choose_sources(
    known: Sequence[Source],
    given: Sequence[Path] | None,
    *,
    mode: Mode = "only",
    options: GivenOptions = GivenOptions(),
) -> Chosen:
    """The sources of an index that has some already, for a run that is given some.

    ``given``: folders and files, or None for an iterable of articles. What was added by hand stays
    in any case.

    Raises ArticleError for what cannot be a source, and SourceError where the index has other
    sources and ``mode`` is "only".
    """
    wanted: list[_Wanted] = [("articles", "", "articles")]
    if given is not None:
        wanted = [_described(path) for path in given]
    places = {(kind, where) for kind, where, _ in wanted}
    others = [
        source
        for source in known
        if source.kind != "added" and (source.kind, source.where) not in places
    ]
    if others and mode == "only":
        raise SourceError(_message(others, wanted))
    dropped = {source.number for source in others} if mode == "replace" else set()
    sources = [source for source in known if source.number not in dropped]
    alone = len(places) == 1 and all(source.kind == "added" for source in sources)
    read: set[int] = set()
    for kind, where, name in wanted:
        source = next((s for s in sources if (s.kind, s.where) == (kind, where)), None)
        if source is None:
            name = _free_name(name, sources)
            prefix = "" if alone or kind != "folder" else f"{name}/"
            number = free_number((*known, *sources))
            source = Source(number, name, kind, where, prefix)
        else:
            sources.remove(source)
        source = options.applied_to(source)
        sources.append(source)
        read.add(source.number)
    sources.sort(key=lambda source: source.number)
    return Chosen(tuple(sources), frozenset(read))


def own_sources(known: Sequence[Source], options: GivenOptions) -> Chosen:
    """All sources of an index, to be read again where they can be."""
    sources = tuple(
        options.applied_to(source) if source.kind in ("folder", "file") else source
        for source in known
    )
    followed = [source.number for source in sources if source.kind in ("folder", "file")]
    return Chosen(sources, frozenset(followed))


def with_added(sources: Iterable[Source]) -> tuple[tuple[Source, ...], int]:
    """The sources with one for what is added by hand, and its number."""
    sources = tuple(sources)
    for source in sources:
        if source.kind == "added":
            return sources, source.number
    number = free_number(sources)
    return (*sources, Source(number, _free_name(ADDED, sources), "added")), number


def source_of(sources: Iterable[Source], path: str) -> Source | None:
    """The source that an absolute path lies in, the innermost of several; None if in none."""
    found = [
        source
        for source in sources
        if source.where
        and (path == source.where or path.startswith(os.path.join(source.where, "")))  # noqa: PTH118 - strings
    ]
    return max(found, key=lambda source: len(source.where), default=None)


def find_source(sources: Iterable[Source], name_or_path: str) -> Source:
    """The source with a name or at a path. Raises SourceError."""
    sources = list(sources)
    where = os.path.realpath(name_or_path)
    for source in sources:
        if source.name == name_or_path:
            return source
    for source in sources:
        if source.where and source.where == where:
            return source
    names = ", ".join(source.name for source in sources) or "none"
    raise SourceError(f"the index has no source {printable(name_or_path)!r}; it has: {names}")


def place_for(source: Source, sources: Iterable[Source], path: Path) -> str:
    """The absolute path of the place that a source has moved to.

    Raises SourceError where it cannot be there, ArticleError where nothing is there.
    """
    if source.kind not in ("folder", "file"):
        raise SourceError(f"{source.name} is no folder or file, and cannot move")
    kind, where, _ = _described(path)
    if kind != source.kind:
        raise SourceError(f"{source.name} was a {source.kind}, {printable(where)} is a {kind}")
    for other in sources:
        if other.where == where and other != source:
            raise SourceError(f"{printable(where)} is the place of the source {other.name} already")
    return where


def free_number(sources: Iterable[Source]) -> int:
    """The smallest number that no source has. Raises SourceError."""
    used = {source.number for source in sources}
    for number in range(MAX_SOURCES):
        if number not in used:
            return number
    raise SourceError(f"an index has at most {MAX_SOURCES} sources; put files into one folder")


def _described(path: Path) -> _Wanted:
    """Kind, absolute path and name of a folder or file. Raises ArticleError."""
    where = os.path.realpath(path)
    name = printable(Path(where).name) or "root"
    if Path(where).is_dir():
        return "folder", where, name
    if Path(where).is_file():
        if kind_of(name) is None:
            raise ArticleError(
                f"{printable(str(path))} is a file that has no articles by its ending; "
                "give the folder of your articles"
            )
        return "file", where, name
    raise ArticleError(
        f"there is no folder {printable(str(path))}; give the folder of your articles"
    )


def _free_name(name: str, sources: Iterable[Source]) -> str:
    used = {source.name for source in sources}
    while name in used:
        name += "+"
    return name


def _message(others: Sequence[Source], wanted: Sequence[_Wanted]) -> str:
    shown = [f"{source.name} ({source.where or source.kind})" for source in others[:_SHOWN]]
    if len(others) > _SHOWN:
        shown.append(f"and {len(others) - _SHOWN} more")
    message = (
        f"the index has other articles, from {', '.join(shown)}; "
        "--add keeps these and adds the new ones, --replace removes these"
    )
    gone = [source for source in others if source.where and not Path(source.where).exists()]
    places = [where for _, where, _ in wanted if where]
    if gone and places:
        message += (
            f"; {gone[0].name} is not there any more, if it has moved: "
            f"searcher sources move {gone[0].name} {printable(places[0])}"
        )
    return message
