"""Ranking texts by the pairs of characters of a sentence: as counted one by one."""

import random
from itertools import pairwise

import numpy as np
import pytest
from library import article
from naive_document import NaiveDocument
from stub_analyser import stub_analyser
from texts import WORDS

from searcher.search.bigram_ranker import BigramRanker
from searcher.search.bm25 import BIGRAM_B, BIGRAM_K1
from searcher.search.sentence import Sentence
from searcher.search.texts import Texts
from searcher.text.folding import folding_table


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_a_count(seed: int) -> None:
    chance = random.Random(seed)
    documents = []
    for number in range(chance.randint(1, 6)):
        body = "".join(chance.choices([*WORDS, "。", "，", "😀"], k=chance.randint(0, 30)))
        made = article(number, "".join(chance.choices(WORDS, k=2)), body)
        documents.append(NaiveDocument(made, stub_analyser()))
    sentence = "".join(chance.sample(WORDS, 4))
    weights = {bigram: chance.uniform(0.1, 5) for bigram in Sentence(sentence, False).bigrams()}
    lengths = [chance.randint(1, 50) for _ in documents]
    average = 20.0
    texts = Texts([d.stored[:2] for d in documents], folding_table().data)
    characters = Sentence(sentence, False).characters()
    found = BigramRanker(weights, characters, average).score(texts, lengths)
    for place, d in enumerate(documents):
        expected = 0.0
        for bigram, weight in weights.items():
            count = sum(a + b == bigram for a, b in pairwise(d.text))
            norm = BIGRAM_K1 * (1 - BIGRAM_B + BIGRAM_B * lengths[place] / average)
            expected += weight * (1 + BIGRAM_K1) * count / (count + norm)
        assert found.bm25[place] == pytest.approx(expected)
        sentences = d.text.replace("\x01", "。").replace("\x02", "。").split("。")
        here = [sum(w for b, w in weights.items() if b in one) for one in sentences]
        assert found.best[place] == pytest.approx(max(here))
        share = sum(one in d.text for one in characters) / len(characters)
        assert found.coverage[place] == pytest.approx(share * sum(weights.values()))


def test_texts_without_any_pair() -> None:
    document = NaiveDocument(article(1, "天气", "晴"), stub_analyser())
    texts = Texts([document.stored[:2]], folding_table().data)
    found = BigramRanker({"普京": 2.0}, "普京", 1.0).score(texts, [1])
    assert np.concatenate(found).tolist() == [0, 0, 0]
