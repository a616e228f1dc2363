"""folded_words.txt is what its generator prints, and the segmenter uses it."""

from searcher.text.folded_words import FILE, folded_words, read_folded_words
from searcher.text.folding import fold
from searcher.text.segmenter import Segmenter


def test_the_file_is_what_the_generator_prints() -> None:
    lines = FILE.read_text("utf-8").splitlines()
    assert lines[0].startswith("#")
    assert lines[1:] == list(folded_words())


def test_every_word_is_folded_and_has_a_frequency_and_a_tag() -> None:
    words = list(read_folded_words())
    assert len(words) > 100
    for word, frequency, tag in words:
        assert fold(word) == word
        assert frequency >= 0, "0 takes a word out"
        assert tag.isalpha()


def test_a_word_that_folding_changes_is_cut_as_one() -> None:
    cut = Segmenter().cut
    assert cut(fold("著名")) == ["着名"]
    assert cut(fold("名著")) == ["名着"]
    assert cut(fold("乾隆")) == ["干隆"]
