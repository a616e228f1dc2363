"""Whether a cluster answers as the embedded engine does, over queries of every kind.

    python tests/cluster/equality.py FOLDER ADDRESS [NUMBER [SEED [QUERIES.txt]]]

compares two indexes of the same articles and prints the figures.
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from queries import Asked, queries  # noqa: E402 - the path is set first

from searcher import Index, open_index  # noqa: E402 - as above
from searcher.api.exploring import FILTERS  # noqa: E402 - as above

TOLERANCE = 2e-5
"""Sums of 32-bit floats in another order differ by so much of their value."""


@dataclass
class Compared:
    """How many answers were equal, and what was not."""

    queries: int = 0
    sets: int = 0
    first_ten: int = 0
    scores: int = 0
    snippets: int = 0
    facets: int = 0
    timelines: int = 0
    requests: int = 0
    cpu: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        n = max(1, self.queries)
        return (
            f"{self.queries} queries: sets {self.sets / n:.4f}, "
            f"first ten {self.first_ten / n:.4f}, "
            f"scores {self.scores / n:.4f}, snippets {self.snippets / n:.4f}, "
            f"facets {self.facets / n:.4f}, timelines {self.timelines / n:.4f}; "
            f"{self.requests / n:.2f} requests and {1000 * self.cpu / n:.2f} ms of CPU a search"
        )


def ids_of(index: Index, asked: Asked) -> set[str]:
    """The ids of all matches."""
    options = {name: value for name, value in asked.options.items() if name in FILTERS}
    backend: Any = index._backend
    if backend.by_requests:
        # The cluster's ids are those of the articles, and reading these takes longer.
        return {backend.id_of(ref) for ref in index._matches(asked.text, options).refs()}
    return {id_ for _, id_ in index._matching_ids(asked.text, options)}


def compare(
    local: Index, remote: Index, all_asked: list[Asked], *, explore: bool = True
) -> Compared:
    """Ask both, and compare."""
    found = Compared()
    transport = remote._backend.transport  # type: ignore[attr-defined]  # it is one on a cluster
    for asked in all_asked:
        found.queries += 1
        own = local.search(asked.text, **asked.options)
        requests, cpu = transport.requests, time.process_time()
        other = remote.search(asked.text, **asked.options)
        found.requests += transport.requests - requests
        found.cpu += time.process_time() - cpu
        where = f"{asked.kind}: {asked.text!r} {asked.options}"
        sets = own.total == other.total and ids_of(local, asked) == ids_of(remote, asked)
        ten = [hit.id for hit in own] == [hit.id for hit in other]
        pairs = [*zip(own, other, strict=False)]
        scores = len(own) == len(other) and all(
            abs(a.score - b.score) <= TOLERANCE * max(1.0, abs(a.score)) for a, b in pairs
        )
        same = {hit.id: hit.snippets for hit in own}
        snippets = all(same.get(hit.id, hit.snippets) == hit.snippets for hit in other)
        found.sets += sets
        found.first_ten += ten
        found.scores += scores
        found.snippets += snippets
        if not (sets and ten and scores and snippets):
            found.kinds[asked.kind] += 1
            found.differences.append(
                f"{where}: totals {own.total} {other.total}, "
                f"{[(h.id, round(h.score, 4)) for h in own][:4]} "
                f"{[(h.id, round(h.score, 4)) for h in other][:4]}"
                f"{'' if snippets else ' (snippets)'}"
            )
        if explore:
            facets, timelines = explored(local, remote, asked)
            found.facets += facets
            found.timelines += timelines
            if not (facets and timelines):
                found.differences.append(f"{where}: facets {facets}, timeline {timelines}")
    return found


def explored(local: Index, remote: Index, asked: Asked) -> tuple[bool, bool]:
    """Whether facets and timelines are equal."""
    options: Any = {name: value for name, value in asked.options.items() if name in FILTERS}
    fields = ("source", "author", "category", "year", "month", "weekday")
    one = local.facets(asked.text, fields, top=None, **options)
    two = remote.facets(asked.text, fields, top=None, **options)
    lines = [index.timeline(asked.text, by="week", **options) for index in (local, remote)]
    return one == two, lines[0] == lines[1]


def main(folder: str, address: str, number: str = "200", seed: str = "1", lines: str = "") -> None:
    """Compare two indexes."""
    texts = Path(lines).read_text("utf-8").split("\n") if lines else []
    with open_index(folder) as local, open_index(address) as remote:
        asked = list(
            queries(local, [line for line in texts if line.strip()], int(number), int(seed))
        )
        found = compare(local, remote, asked)
    for difference in found.differences[:40]:
        sys.stdout.write(f"{difference}\n")
    sys.stdout.write(f"{dict(found.kinds)}\n{found}\n")
    if found.differences:
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
