"""Ranking texts by the pairs of characters of a sentence: as counted one by one."""

import random
from itertools import pairwise

import numpy as np
import pytest
from library import article
from naive_document import NaiveDocument
from stub_analyser import stub_analyser
from texts import WORDS

from searcher.search.bigram_ranker import BigramRanker, is_question, sentence_bigrams
from searcher.search.bm25 import BIGRAM_B, BIGRAM_K1
from searcher.search.texts import Texts
from searcher.text.folding import folding_table


@pytest.mark.parametrize(
    ("text", "bigrams"),
    [
        ("普京会晤", ["普京", "京会", "会晤"]),
        ("普京，会晤", ["普京", "会晤"]),
        ("普京 f35", ["普京", "f3", "35"]),
        ("京", []),
        ("普京普京", ["普京", "京普"]),
        ("普京什么时候访华", ["普京", "时候", "候访", "访华"]),
        ("总统的和会", ["总统", "统的", "和会"]),
    ],
)
def test_pairs_of_a_sentence(text: str, bigrams: list[str]) -> None:
    assert sentence_bigrams(text) == bigrams


def test_questions() -> None:
    for text in ("谁当选", "普京来吗", "什么时候", "有多少人", "why?"):
        assert is_question(text), text
    for text in ("普京会晤拜登", "多边会谈", ""):
        assert not is_question(text), text


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_a_count(seed: int) -> None:
    chance = random.Random(seed)
    documents = []
    for number in range(chance.randint(1, 6)):
        body = "".join(chance.choices([*WORDS, "。", "，", "😀"], k=chance.randint(0, 30)))
        made = article(number, "".join(chance.choices(WORDS, k=2)), body)
        documents.append(NaiveDocument(made, stub_analyser()))
    sentence = "".join(chance.sample(WORDS, 4))
    weights = {bigram: chance.uniform(0.1, 5) for bigram in sentence_bigrams(sentence)}
    lengths = [chance.randint(1, 50) for _ in documents]
    average = 20.0
    texts = Texts([d.stored[:2] for d in documents], folding_table())
    scores, best = BigramRanker(weights, average).score(texts, lengths)
    for place, d in enumerate(documents):
        expected = 0.0
        for bigram, weight in weights.items():
            count = sum(a + b == bigram for a, b in pairwise(d.text))
            norm = BIGRAM_K1 * (1 - BIGRAM_B + BIGRAM_B * lengths[place] / average)
            expected += weight * (1 + BIGRAM_K1) * count / (count + norm)
        assert scores[place] == pytest.approx(expected)
        sentences = d.text.replace("\x01", "。").replace("\x02", "。").split("。")
        here = [sum(w for b, w in weights.items() if b in one) for one in sentences]
        assert best[place] == pytest.approx(max(here))


def test_texts_without_any_pair() -> None:
    document = NaiveDocument(article(1, "天气", "晴"), stub_analyser())
    texts = Texts([document.stored[:2]], folding_table())
    scores, best = BigramRanker({"普京": 2.0}, 1.0).score(texts, [1])
    assert np.concatenate((scores, best)).tolist() == [0, 0]
