"""Groups of the lexicon that are the names of one person, place or organisation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from searcher.search.run_clauses import names_to_look_up
from searcher.text.folding import fold
from searcher.text.lexicon import load_lexicon

if TYPE_CHECKING:
    from searcher.backends.base import ReadBackend
    from searcher.text.lexicon import Lexicon

NameKind: TypeAlias = Literal["people", "places", "organisations"]

KINDS: tuple[NameKind, ...] = ("people", "places", "organisations")

_KIND_OF_TAG: dict[str, NameKind] = {"nr": "people", "ns": "places", "nt": "organisations"}
"""By the first two letters of a tag."""


class NameGroup(NamedTuple):
    """All names of one person, place or organisation.

    Attributes:
        names: as written; the first one stands for all.
        kind: "people", "places" or "organisations".
        terms: what they are looked up by.
    """

    names: tuple[str, ...]
    kind: NameKind
    terms: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that stands for all."""
        return self.names[0]


def name_groups(backend: ReadBackend) -> list[NameGroup]:
    """The names that an index was built with, in the order of the lexicon.

    Loading the lexicon takes 0.2 s.
    """
    files = [path for path in map(Path, backend.lexicon_files()) if path.is_file()]
    return groups_of(load_lexicon(files))


def groups_of(lexicon: Lexicon) -> list[NameGroup]:
    """The groups of a lexicon that are names of people, places or organisations."""
    groups: list[NameGroup] = []
    seen: set[str] = set()
    for folded, (written, tag) in lexicon.tagged.items():
        kind = _KIND_OF_TAG.get(tag[:2])
        if kind is None or folded in seen:
            continue
        names = lexicon.groups.get(folded, (written,))
        seen.update(map(fold, names))
        groups.append(NameGroup(names, kind, names_to_look_up(names)))
    return groups
