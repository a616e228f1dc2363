"""Whether words are found where a reader sees them, by text that people have cut into words.

Each line of the gold text is an article, its words separated by white space. Every word of two to
six Han characters is a query. Of the articles that contain it as a string,

- those where it stands with both its ends on word boundaries at least once must be found;
- those where each time a word boundary runs through it, and not both its ends are boundaries, must
  not be found (中华|人民 does not speak of 华人);
- the others are not judged: whether 部长 is a word in 国防部长 is a matter of taste.

Precision and recall are over all judged pairs of a query and an article. The gold text of the
SIGHAN 2005 bake-off has this form: http://sighan.cs.uchicago.edu/bakeoff2005/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from searcher import Article, EvaluationError, clean
from searcher.evaluation.lines import read_lines
from searcher.evaluation.searching import OnProgress, matching_ids, silent, temporary_index

LONGEST = 6

# The basic plane's ideographs, 々 and 〇.
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3007"
_QUERY = re.compile(rf"[{_HAN}]{{2,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Judged:
    """The articles (ids) in which a word must be found, and those in which it must not."""

    wanted: frozenset[str]
    unwanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordFigures:
    """What came of it. ``missed`` and ``false`` have the ids for each word where there are any."""

    articles: int
    words: int
    wanted: int
    unwanted: int
    missed: dict[str, frozenset[str]]
    false: dict[str, frozenset[str]]

    @property
    def recall(self) -> float:
        """The part of the wanted pairs that was found."""
        return _ratio(self._found, self.wanted)

    @property
    def precision(self) -> float:
        """The part of the judged pairs found that was wanted."""
        return _ratio(self._found, self._found + sum(map(len, self.false.values())))

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return _ratio(2 * self.precision * self.recall, self.precision + self.recall)

    @property
    def _found(self) -> int:
        return self.wanted - sum(map(len, self.missed.values()))


def read_gold(path: str | PathLike[str]) -> dict[str, list[str]]:
    """The words of each line that is not blank, numbered from "1".

    Raises:
        EvaluationError: the file cannot be read, or has no words.
    """
    lines = (clean(line).split() for _, line in read_lines(Path(path)))
    gold = {str(number): words for number, words in enumerate(lines, 1)}
    if not any(gold.values()):
        raise EvaluationError(f"{path} has no words; give lines of words with spaces between")
    return gold


def judge(gold: dict[str, list[str]]) -> dict[str, Judged]:
    """For each word that is a query, where it must be found and where not.

    >>> judge({"1": ["中华", "人民"], "2": ["华人"]})["华人"]
    Judged(wanted=frozenset({'2'}), unwanted=frozenset({'1'}))
    """
    queries = {word for words in gold.values() for word in words if _QUERY.fullmatch(word)}
    wanted: dict[str, set[str]] = {word: set() for word in queries}
    crossed: dict[str, set[str]] = {word: set() for word in queries}
    taste: dict[str, set[str]] = {word: set() for word in queries}
    for id_, words in gold.items():
        text = "".join(words)
        boundaries = _boundaries(words)
        for start in range(len(text)):
            for end in range(start + 2, min(start + LONGEST, len(text)) + 1):
                word = text[start:end]
                if word not in queries:
                    continue
                if start in boundaries and end in boundaries:
                    wanted[word].add(id_)
                elif any(place in boundaries for place in range(start + 1, end)):
                    crossed[word].add(id_)
                else:
                    taste[word].add(id_)
    return {
        word: Judged(frozenset(wanted[word]), frozenset(crossed[word] - wanted[word] - taste[word]))
        for word in sorted(queries)
    }


def measure_words(path: str | PathLike[str], on_progress: OnProgress = silent) -> WordFigures:
    """Search a gold text for all its words, through an index as a user's is.

    Raises:
        EvaluationError: the file cannot be read, or has no words.
    """
    gold = read_gold(path)
    judged = judge(gold)
    articles = (Article(id_, id_, "", "".join(words)) for id_, words in gold.items())
    missed: dict[str, frozenset[str]] = {}
    false: dict[str, frozenset[str]] = {}
    with temporary_index(articles, on_progress) as index:
        for done, (word, expected) in enumerate(judged.items(), 1):
            found = matching_ids(index, word)
            if lost := expected.wanted - found:
                missed[word] = lost
            if wrong := expected.unwanted & found:
                false[word] = wrong
            on_progress("searching", done, len(judged))
    return WordFigures(
        articles=len(gold),
        words=len(judged),
        wanted=sum(len(expected.wanted) for expected in judged.values()),
        unwanted=sum(len(expected.unwanted) for expected in judged.values()),
        missed=missed,
        false=false,
    )


def _boundaries(words: Sequence[str]) -> set[int]:
    places = {0}
    end = 0
    for word in words:
        end += len(word)
        places.add(end)
    return places


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
