"""The list of dictionary words in their folded form is what its generator gives."""

from pathlib import Path

from searcher.text import segmenter as segment
from searcher.text.folding import fold

FILE = Path(segment.__file__).with_name("folded_words.txt")


def test_the_file_is_what_the_generator_prints() -> None:
    lines = FILE.read_text("utf-8").splitlines()
    assert lines[0].startswith("#")
    assert lines[1:] == list(segment.folded_words())


def test_every_word_is_folded_and_has_a_frequency_and_a_tag() -> None:
    lines = FILE.read_text("utf-8").splitlines()[1:]
    assert len(lines) > 100
    for line in lines:
        word, frequency, tag = line.split()
        assert fold(word) == word
        assert int(frequency) >= 0, "0 takes a word out"
        assert tag.isalpha()


def test_a_word_that_folding_changes_is_cut_as_one() -> None:
    cut = segment.Segmenter().cut
    assert cut(fold("著名")) == ["着名"]
    assert cut(fold("名著")) == ["名着"]
    assert cut(fold("乾隆")) == ["干隆"]
