"""The check of a segment file tells what does not fit, section by section."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indexing import segments
from library import article, build

from searcher.store.check import check_segment
from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.segment_reader import SegmentReader

Sections = dict[str, Any]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Path:
    """A segment file with ten documents."""
    folder = tmp_path_factory.mktemp("sound")
    made = [
        article(n, f"标题{n}", f"普京第{n}次", author="新华社" if n % 2 else "央视")
        for n in range(10)
    ]
    build(folder, made)
    (path,) = segments(folder / "index")
    return path


def rewritten(path: Path, target: Path, change: Callable[[Sections], None]) -> SegmentReader:
    """A copy of a segment file with other sections, all checksums right."""
    container = ContainerReader(path)
    sections: Sections = {name: container[name].copy() for name in container.names()}
    change(sections)
    with ContainerWriter(target) as out:
        for name, values in sections.items():
            out.write(name, values)
    return SegmentReader(target)


def swap(values: Any, first: int, second: int) -> Any:
    values = values.copy()
    values[[first, second]] = values[[second, first]]
    return values


def setting(name: str, change: Callable[[Any], Any]) -> Callable[[Sections], None]:
    def apply(sections: Sections) -> None:
        sections[name] = change(sections[name])

    return apply


CHANGES: dict[str, tuple[Callable[[Sections], Any], str]] = {
    "a column is missing": (lambda s: s.pop("recency"), "section recency is missing"),
    "a section too many": (lambda s: s.update(new=np.zeros(3, np.uint8)),
                           "section new is unknown"),
    "another type": (setting("dates", lambda v: v.astype(np.int32)),
                     "section dates has the type <i4, not <i8"),
    "a column too short": (setting("contents", lambda v: v[1:]),
                           "the column contents has 9 values"),
    "a place twice": (setting("recency", lambda v: v * 0),
                      "the column recency is no order of the documents"),
    "documents out of order": (setting("author.docs", lambda v: swap(v, 0, 1)),
                               "the documents of author are out of order"),
    "a document too many": (setting("words.docs", lambda v: v + np.uint16(1)),
                            "the documents of words are out of order"),
    "a list without documents": (setting("id.doc_ends", lambda v: v * 0 + len(v)),
                                 "the ends of the documents of id are out of order"),
    "too few frequencies": (setting("words.freqs", lambda v: v[1:]),
                            "there are not as many frequencies of words as documents"),
    "terms out of order": (setting("id.terms", lambda v: v[::-1]),
                           "the terms of id are out of order"),
    "terms in wrong slots": (setting("author.hash", lambda v: v * 0),
                             "a term of author cannot be looked up"),
    "bigrams out of order": (setting("bigrams.keys", lambda v: swap(v, 0, 1)),
                             "the bigrams are out of order"),
    "documents of bigrams": (setting("bigrams.docs", lambda v: v + np.uint16(1)),
                             "the documents of the bigrams are out of order"),
    "ends of bigrams": (setting("bigrams.doc_ends", lambda v: swap(v, 0, 1)),
                        "the ends of the bigrams are out of order"),
    "no title end": (setting("title_lengths", lambda v: v + np.uint32(1)),
                     "document 0 cannot be read"),
    "no texts": (setting("stored.documents", lambda v: v * 0), "document 9 cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_does_not_fit_is_told(sound: Path, tmp_path: Path, name: str) -> None:
    change, expected = CHANGES[name]
    segment = rewritten(sound, tmp_path / "a.seg", change)
    assert expected in check_segment(segment, 10)


def test_a_sound_segment_has_no_problems(sound: Path, tmp_path: Path) -> None:
    assert check_segment(SegmentReader(sound), 10) == []
    assert check_segment(rewritten(sound, tmp_path / "a.seg", lambda _: None), 10) == []


def test_another_number_of_documents(sound: Path) -> None:
    assert check_segment(SegmentReader(sound), 11) == ["has 10 documents, not 11"]


def test_damaged_bytes_are_told_by_section(sound: Path, tmp_path: Path) -> None:
    data = bytearray(sound.read_bytes())
    offset, _, _ = ContainerReader(sound).place("dates")
    data[offset] ^= 1
    (tmp_path / "a.seg").write_bytes(data)
    assert check_segment(SegmentReader(tmp_path / "a.seg"), 10) == ["section dates is damaged"]
