from pathlib import Path

import pytest

import searcher
from searcher.api.query_text import cleaned

TEXT = "总统Erdog\u0306an与フ\u309aーチン、\u1106\u116e\u11ab재인、ﾌﾟﾚｽ。普\u200d京在葛\ufe00城。"


@pytest.mark.parametrize(
    "query", ["普京", "title:普京 -拜登", '"视频通话"', "Erdoğan", "プレス", "", "a*"]
)
def test_ordinary_queries_stay(query: str) -> None:
    assert cleaned(query) == query


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("Erdoğan", "Erdoğan"),
        ("Erdog\u0306an", "Erdoğan"),
        ("フ\u309aーチン", "プーチン"),
        ("\u1106\u116e\u11ab재인", "문재인"),
        ("ﾌﾟﾚｽ", "プレス"),
        ("普\u200d京", "普京"),
        ('"葛\ufe00城"', "葛城"),
    ],
)
def test_text_and_query_may_be_written_in_either_form(
    tmp_path: Path, query: str, written: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text(f"---\ntitle: 甲\n---\n{TEXT}", "utf-8")
    searcher.build_index(corpus, tmp_path / "index")
    with searcher.open_index(tmp_path / "index") as index:
        (hit,) = index.search(query)
        snippet = hit.snippets[0]
        assert [snippet.text[start:end] for start, end in snippet.spans] == [written]
