"""Stored texts are loaded a few at a time: few texts, and few bytes."""

from pathlib import Path

import numpy as np
import pytest
from library import article, build, found, segments_of

from searcher import ArticleError, open_index
from searcher.search.texts import load_batches, load_document
from searcher.store.stored_documents import MAX_RAW_BYTES, DocumentEncoder


@pytest.mark.parametrize(("texts", "size"), [(3, 1 << 20), (64, 100), (64, 0), (2, 250)])
def test_batches_are_all_texts_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_names: None, texts: int, size: int
) -> None:
    monkeypatch.setattr("searcher.search.texts.BATCH_SIZE", texts)
    monkeypatch.setattr("searcher.search.texts.MAX_BATCH_BYTES", size)
    build(tmp_path, [article(n, "标题", "碳汇林" * (n % 9)) for n in range(40)])
    with open_index(tmp_path / "index") as index:
        segment = segments_of(index)[0].matcher.segment
        docs = np.arange(3, 40)
        batches = list(load_batches(segment, docs))
        loaded = [text for _, batch in batches for text in batch]
        assert loaded == [load_document(segment, number) for number in docs.tolist()]
        places = [place for where, _ in batches for place in docs[where].tolist()]
        assert places == docs.tolist()
        for _, batch in batches:
            assert len(batch) <= texts
            assert sum(len(text.raw) for text in batch[:-1]) <= size
        assert len(found(index, '"汇林"')) == sum(1 for n in range(40) if n % 9)
        assert list(load_batches(segment, docs[:0])) == []


def test_an_article_that_could_not_be_read_again_is_not_written() -> None:
    encoder = DocumentEncoder(b"")
    assert encoder.compress(bytes(MAX_RAW_BYTES))
    with pytest.raises(ArticleError, match="16 million"):
        encoder.compress(bytes(MAX_RAW_BYTES + 1))
