"""Inverting whole batches gives what the plain analysis gives, text by text."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import CORPUS
from texts import as_indexed, random_text, texts

from searcher import read_article
from searcher.store.postings import TEXT_END, TITLE_END, TITLE_FREQ, InvertedField
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold
from searcher.text.runs import HAN, NEAR_RUNS, RUN
from searcher.write import invert
from searcher.write.invert import InvertedBatch, Inverter

Text = tuple[str, str]


@lru_cache
def inverter() -> Inverter:
    return Inverter(default_analyser())


def split(text: str) -> str:
    """One character for each UTF-16 unit."""
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[i] | data[i + 1] << 8) for i in range(0, len(data), 2))


def plain_words(batch: Sequence[Text]) -> dict[str, dict[int, int]]:
    """Term -> document -> frequency, from the plain analysis."""
    halves: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for number, fields in enumerate(batch):
        for in_title, text in zip((True, False), fields, strict=True):
            for piece in default_analyser().tokens(text):
                halves[piece.term, number][in_title] += 2
                for part in piece.parts:
                    halves[part, number][in_title] += 1
    words: dict[str, dict[int, int]] = defaultdict(dict)
    for (term, number), (body, title) in halves.items():
        words[term][number] = min(body, TITLE_FREQ - 1) + TITLE_FREQ * min(title, 3)
    return words


def plain_bigrams(batch: Sequence[Text]) -> dict[int, set[int]]:
    pairs: dict[int, set[int]] = defaultdict(set)
    for number, (title, body) in enumerate(batch):
        text = split(f"{fold(title)}{TITLE_END}{fold(body)}{TEXT_END}")
        for left, right in pairwise(text):
            if left > TEXT_END:
                pairs[ord(left) << 16 | ord(right)].add(number)
    return pairs


def plain_continues_token(batch: Sequence[Text]) -> list[bool]:
    inside: list[bool] = []
    for text in (text for fields in batch for text in fields):
        within: set[int] = set()
        for piece in default_analyser().tokens(text):
            within |= set(range(piece.start + 1, piece.end)) - set(piece.inner_boundaries)
        for place, character in enumerate(text):
            inside += [place in within] * len(split(character))
        inside.append(False)
    return inside


def entries(field: InvertedField) -> dict[str | int, dict[int, int]]:
    terms, postings = field
    freqs = [0] * len(postings.docs) if postings.freqs is None else postings.freqs.tolist()
    ends = np.cumsum(postings.counts).tolist()
    starts = [0, *ends][:-1]
    docs = postings.docs.tolist()
    return {
        term: dict(zip(docs[a:b], freqs[a:b], strict=True))
        for term, a, b in zip(terms, starts, ends, strict=True)
    }


def check(batch: Sequence[Text]) -> InvertedBatch:
    got = inverter().invert(batch)
    assert entries(got.words) == plain_words(batch)
    assert {key: set(docs) for key, docs in entries(got.bigrams).items()} == plain_bigrams(batch)
    assert got.continues_token.tolist() == plain_continues_token(batch)
    whole = [f"{title}{TITLE_END}{body}{TEXT_END}" for title, body in batch]
    assert got.units.tobytes() == "".join(whole).encode("utf-16-le")
    assert got.ends.tolist() == np.cumsum([len(split(text)) for text in whole]).tolist()
    assert got.title_lengths.tolist() == [len(split(title)) for title, _ in batch]
    counts = [
        sum(1 for text in fields for _ in default_analyser().tokens(text)) for fields in batch
    ]
    assert got.lengths.tolist() == counts
    for field in (got.words, got.bigrams):
        terms = list(field.terms)
        assert len(set(terms)) == len(terms), "each term once"
        assert all((np.diff(list(docs)) > 0).all() for docs in map(list, entries(field).values()))
    return got


clean = texts().map(as_indexed)
titles = texts(5).map(lambda text: as_indexed(text).replace("\n", " "))


@given(st.lists(st.tuples(titles, clean), max_size=5))
def test_bulk_equals_plain(batch: list[Text]) -> None:
    if batch:
        check(batch)


def test_bulk_equals_plain_on_longer_texts() -> None:
    chance = random.Random(7)
    for _ in range(20):
        batch = [
            (as_indexed(random_text(chance, 6)).replace("\n", " "),
             as_indexed(random_text(chance, 80)))
            for _ in range(chance.randint(1, 12))
        ]  # fmt: skip
        check(batch)


def test_bulk_equals_plain_on_the_sample_corpus() -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    articles = [read_article(path, root=CORPUS) for path in files]
    check([(article.title, article.body) for article in articles])


@pytest.mark.parametrize("size", [1, 7, 40])
def test_bulk_equals_plain_where_texts_are_cut(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Of a long text words are made of the beginning alone; strings are found in all of it."""
    monkeypatch.setattr("searcher.text.analyser.MAX_ANALYSED", size)
    monkeypatch.setattr("searcher.write.invert.MAX_ANALYSED", size)
    monkeypatch.setattr("searcher.write.invert.UNITS_OF_BIGRAMS", size)
    chance = random.Random(8)
    for _ in range(20):
        batch = [
            (as_indexed(random_text(chance, 6)).replace("\n", " "),
             as_indexed(random_text(chance, 60)))
            for _ in range(chance.randint(1, 6))
        ]  # fmt: skip
        check(batch)


def test_empty_texts() -> None:
    got = check([("", ""), ("拜登", ""), ("", "普京"), ("", "")])
    assert got.lengths.tolist() == [0, 1, 1, 0]


def test_counts_are_capped_and_titles_kept_apart() -> None:
    got = check([("普京" * 5, "普京，" * 100), ("国防部长", "国防部长")])
    words = entries(got.words)
    assert words["普京"][0] == 63 + 3 * TITLE_FREQ
    assert words["国防部长"][1] == 2 + 2 * TITLE_FREQ
    assert words["部长"][1] == 1 + 1 * TITLE_FREQ


def test_what_was_learnt_in_one_batch_does_not_change_the_next() -> None:
    batch = [("拜登和普京", "F-35与2021年12月5日"), ("普京", "国防部长")]
    again = Inverter(default_analyser())
    first = again.invert(batch)
    again.invert([("别的", "新词COVID-19" * 3)])
    second = again.invert(batch)
    assert entries(first.words) == entries(second.words)
    assert list(first.words.terms) == list(second.words.terms)
    assert first.words.postings.docs.tobytes() == second.words.postings.docs.tobytes()


def test_no_bigram_or_word_reaches_across_title_body_or_articles() -> None:
    got = check([("拜", "登"), ("普", "京")])
    assert set(got.words.terms) == {"拜", "登", "普", "京"}
    keys = set(entries(got.bigrams))
    assert ord("拜") << 16 | ord("登") not in keys
    assert ord("登") << 16 | ord("普") not in keys


def test_learning_starts_again_when_much_was_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Inverter(default_analyser())
    monkeypatch.setattr(invert, "MAX_VOCABULARY", 10)
    batch = [("拜登和普京谈F-35", "2021年12月5日，国防部长在克里姆林宫"), ("", "COVID-19")]
    first, again = own.invert(batch), own.invert(batch)
    assert entries(first.words) == entries(again.words) == plain_words(batch)


def test_all_that_ends_or_belongs_to_a_run_is_near_runs() -> None:
    # A stretch is read apart from the text around it, so it must hold all that a run looks at.
    assert set(re.findall(f"[{HAN}]", RUN.pattern)) <= set(NEAR_RUNS)
    for other in map(chr, range(0x20, 0x10000)):
        if not other.isalnum() and other not in NEAR_RUNS and not 0xD800 <= ord(other) < 0xE000:
            for text in (f"5{other}5", f"a{other}a", f"5{other}", f"a{other}"):
                assert all(other not in found.group() for found in RUN.finditer(text))
