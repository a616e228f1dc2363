"""Documents that were read last are kept, in two generations of bounded size."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from library import index_of, segments_of

from searcher.store import stored_documents
from searcher.store.stored_documents import StoredDocumentReader


def test_what_is_asked_for_again_and_again_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [(f"题{number}", "普京说" * 20) for number in range(40)]
    with index_of(tmp_path, *texts) as index:
        segment = segments_of(index)[0].matcher.segment
        reader = StoredDocumentReader(segment.container)
        expected = [segment.raw(number) for number in range(40)]
        size = max(map(len, expected))
        monkeypatch.setattr(stored_documents, "MAX_KEPT_BYTES", 10 * size)
        read: list[int] = []
        plain_read = reader._read

        def reading(decoder: Any, numbers: Sequence[int]) -> list[bytes]:
            read.extend(numbers)
            return plain_read(decoder, numbers)

        monkeypatch.setattr(reader, "_read", reading)
        for number in range(40):
            # The first document with every other one, and one of them twice in one call.
            assert reader.raws([0, number, 0]) == [expected[0], expected[number], expected[0]]
            kept = {**reader._kept_before, **reader._kept}
            assert sum(map(len, kept.values())) <= 20 * size
        assert sorted(read) == [*range(40)], "none was read twice, nor the first again"
        assert reader.raws([1]) == [expected[1]]
        assert read[-1] == 1, "the second was let go of"
        assert reader.raws([]) == []


def test_one_that_is_larger_than_all_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_documents, "MAX_KEPT_BYTES", 100)
    with index_of(tmp_path, ("题", "普京说" * 200)) as index:
        segment = segments_of(index)[0].matcher.segment
        reader = StoredDocumentReader(segment.container)
        assert reader.raws([0]) == [segment.raw(0)]
        assert not reader._kept
