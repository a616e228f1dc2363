"""The dictionary file gives the words and parts that rjieba and the segmenter give, or is none."""

import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS, SLOW, real_news
from texts import TRADITIONAL, WORDS

from searcher import read_article
from searcher.text import dictionary_file
from searcher.text.dictionary_file import make_dictionary, open_dictionary
from searcher.text.folding import fold, folding_table
from searcher.text.lexicon import load_lexicon
from searcher.text.runs import HAN
from searcher.text.segmenter import Segmenter
from searcher.text.unit_classes import unit_classes

HAN_RUN = re.compile(f"[{HAN}]+")
plain = Segmenter(load_lexicon(), "rjieba")
DICTIONARY = dictionary_file._words(plain) or {}
KNOWN = [word for word in DICTIONARY if HAN_RUN.fullmatch(word)]


@pytest.fixture(scope="module")
def by_trie(trie: Any) -> Segmenter:
    return Segmenter(additions=lambda: plain.additions, trie=trie)


# Words


def test_all_words_of_the_dictionary_are_cut_as_rjieba_cuts_them(trie: Any) -> None:
    chance = random.Random(5)
    chosen = KNOWN if SLOW else chance.sample(KNOWN, 20_000)
    for start in range(0, len(chosen), 5000):
        text = "".join(chosen[start : start + 5000])
        assert trie.cut(text) == plain.cut(text)


def test_beginnings_and_ends_of_words_are_cut_alike(trie: Any) -> None:
    chance = random.Random(6)
    for _ in range(3000 if SLOW else 100):
        words = (chance.choice(KNOWN) for _ in range(60))
        text = "".join(word[chance.randrange(len(word)) :] for word in words)
        assert trie.cut(text) == plain.cut(text)


pieces = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from([word for word in WORDS + TRADITIONAL if HAN_RUN.fullmatch(word)]),
    st.sampled_from("々〇㐀䶿豈\ufaff\u9fff最的一"),
)


@given(text=st.lists(pieces, max_size=12).map("".join))
def test_texts_of_words_are_cut_alike(trie: Any, text: str) -> None:
    assert trie.cut(text) == plain.cut(text)


def test_each_han_character_is_cut_alike(trie: Any) -> None:
    every = "".join(f"中{chr(code)}国" for code in range(0x3400, 0xFB00) if _is_han(chr(code)))
    assert trie.cut(every) == plain.cut(every)


def _is_han(character: str) -> bool:
    return HAN_RUN.fullmatch(character) is not None


def test_texts_with_other_characters_are_left_to_the_dictionary(
    trie: Any, by_trie: Segmenter
) -> None:
    for text in ("T恤和AA制", "中国 人民", "a", "中\U00020000国", "，", "中\ud800"):
        assert trie.cut(text) is None
    assert by_trie.cut("T恤和AA制") == plain.cut("T恤和AA制")
    assert by_trie.cut("") == []


def test_articles_are_cut_alike(trie: Any) -> None:
    files = (path for path in CORPUS.rglob("*.md") if path.is_file())
    for text in (read_article(path, root=CORPUS).body for path in files):
        for run in HAN_RUN.findall(fold(text)):
            assert trie.cut(run) == plain.cut(run)


@pytest.mark.skipif(not SLOW, reason="needs minutes")
def test_real_news_is_cut_alike(trie: Any) -> None:
    for data in real_news("xwlb", 1, 3):
        for run in HAN_RUN.findall(fold(data.decode("utf-8", "replace"))):
            assert trie.cut(run) == plain.cut(run)


def test_is_word_and_what_it_has(by_trie: Segmenter) -> None:
    for text in ("普京", "的", "京和", "国防部长", "国防部长说", "AA制", "a"):
        assert by_trie.is_word(text) == plain.is_word(text)


# Parts


def test_parts_are_those_of_the_segmenter(trie: Any, by_trie: Segmenter) -> None:
    chance = random.Random(7)
    chosen = KNOWN if SLOW else chance.sample(KNOWN, 6000)
    unknown = 0
    for word in [*chosen, "国防部长", "中华人民共和国", "克里姆林宫", "邓小平", "发展中国家"]:
        assert by_trie.parts(word) == plain.parts(word), word
        unknown += trie.parts(word) is None
    # Words that are cut in two are no tokens.
    assert unknown < len(chosen) / 20


def test_a_word_that_is_none_has_the_parts_that_the_segmenter_finds(by_trie: Segmenter) -> None:
    assert by_trie.parts("普京国防部长") == plain.parts("普京国防部长")


# Tables


def test_the_tables_are_those_that_are_computed(trie: Any) -> None:
    assert bytes(trie.folding) == folding_table().tobytes()
    assert bytes(trie.classes) == unit_classes().tobytes()


# The file


@pytest.fixture
def copy(trie: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    source = dictionary_file._path(trie.key)
    monkeypatch.setenv("SEARCHER_CACHE", str(tmp_path))
    return Path(shutil.copy(source, tmp_path))


def test_a_damaged_file_is_none(trie: Any, copy: Path) -> None:
    assert open_dictionary(trie.key) is not None
    data = copy.read_bytes()
    chance = random.Random(8)
    places = [0, 8, 12, 20, 40, len(data) - 1, *(chance.randrange(len(data)) for _ in range(5))]
    for place in places:
        copy.write_bytes(data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :])
        assert open_dictionary(trie.key) is None
    for size in (0, 7, 63, 64, len(data) // 2, len(data) - 1):
        copy.write_bytes(data[:size])
        assert open_dictionary(trie.key) is None


def test_a_file_of_something_else_is_none(trie: Any, copy: Path) -> None:
    other = "0" * 32
    copy.rename(copy.with_name(f"dictionary-{other}.bin"))
    assert open_dictionary(other) is None
    assert open_dictionary(trie.key) is None


def test_without_native_code_there_is_none(
    trie: Any, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHER_NATIVE", "0")
    assert open_dictionary(trie.key) is None
    assert make_dictionary(trie.key, plain) is None


def test_another_dictionary_than_that_of_rjieba_is_not_used(
    trie: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHER_CACHE", str(tmp_path))
    words = dict.fromkeys(KNOWN[:5000], (5, "n"))
    monkeypatch.setattr(dictionary_file, "_words", lambda _: words)
    assert make_dictionary(trie.key, plain) is None
    assert list(tmp_path.iterdir()) == []


def test_only_a_few_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHER_CACHE", str(tmp_path / "new"))
    for number in range(7):
        dictionary_file._write(f"{number:032}", b"some")
    assert len(list((tmp_path / "new").iterdir())) == dictionary_file.MAX_KEPT_FILES


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SEARCHER_CACHE", str(tmp_path / "file" / "below"))
    dictionary_file._write("0" * 32, b"some")
    assert open_dictionary("0" * 32) is None
