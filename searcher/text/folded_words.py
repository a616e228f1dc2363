"""Corrections of jieba's dictionary: words in folded form, and false words to take out.

Segmentation works on folded text, in which 著名 is 着名, a word that the dictionary lacks. The
corrections are kept in ``folded_words.txt``; ``python -m searcher.text.folded_words`` prints that
file anew from jieba's dictionary.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from searcher.text.folding import fold

FILE = Path(__file__).with_name("folded_words.txt")

PREPOSITIONS = "和与及跟向由从被"
"""Prepositions with which the dictionary has names as one word: 和普京, 由李强."""

_MAX_FALSE_WORD_FREQUENCY = 29
_MIN_NAME_RATIO = 10


def read_folded_words() -> Iterator[tuple[str, int, str]]:
    """The corrections as (word, frequency, tag); frequency 0 takes a word out."""
    for line in FILE.read_text("utf-8").splitlines():
        if line[0] != "#":
            word, frequency, tag = line.split()
            yield word, int(frequency), tag


def folded_words() -> Iterator[str]:
    """The lines of ``folded_words.txt`` as jieba's dictionary gives them, without the heading."""
    import jieba

    with jieba.get_dict_file() as file:
        entries = [line.decode().split() for line in file]
    known = {word: int(frequency) for word, frequency, _ in entries}
    best: dict[str, tuple[int, str]] = {}
    for word, frequency, tag in entries:
        folded = fold(word)
        if folded != word and int(frequency) > known.get(folded, 0):
            best[folded] = max(best.get(folded, (0, "")), (int(frequency), tag))
    # A rare word of a preposition and a far more common name (从华山, 向慈禧) is no word.
    tags = {word: tag for word, _, tag in entries}
    for word, frequency in known.items():
        name = word[1:]
        if word[0] not in PREPOSITIONS or tags.get(name) not in ("nr", "ns", "nrt", "nt"):
            continue
        if (
            len(name) > 1
            and frequency <= _MAX_FALSE_WORD_FREQUENCY
            and known[name] > _MIN_NAME_RATIO * frequency
        ):
            best[word] = 0, tags[word]
    for folded, (frequency, tag) in sorted(best.items()):
        if all(character > "\u2fff" for character in folded):
            yield f"{folded} {frequency} {tag}"


if __name__ == "__main__":
    sys.stdout.write("# Words of jieba's dictionary (MIT) in the form that folding gives them.\n")
    sys.stdout.writelines(f"{line}\n" for line in folded_words())
