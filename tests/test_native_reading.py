"""Native code reads texts as array operations do: nearness, snippets, strings, stored fields."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import article
from naive_document import NaiveDocument
from stub_analyser import stub_analyser
from texts import as_indexed, random_text

from searcher import Index
from searcher._native import extension
from searcher.results import Snippet
from searcher.search.highlight import Highlighter
from searcher.search.passages import PassageFinder
from searcher.search.patterns import ANYWHERE, AS_TOKEN, BOUNDARIES, START, Anchor, Pattern
from searcher.search.snippets import Snippets
from searcher.search.spans import merge_spans
from searcher.search.texts import Texts, split_units
from searcher.store.stored_documents import raw_document
from searcher.text.analyser import default_analyser
from searcher.text.folding import fold, folding_table

finding: Any = extension("finding")
passages: Any = extension("passages")
reading: Any = extension("reading")
if finding is None or passages is None or reading is None:
    pytest.skip("compiled where there is a compiler", allow_module_level=True)

ANCHORS: Sequence[Anchor] = (AS_TOKEN, AS_TOKEN, AS_TOKEN, BOUNDARIES, START, ANYWHERE)


def stored_texts(chance: random.Random, count: int) -> list[tuple[bytes, int]]:
    """Articles whose sentences repeat, so that their words stand in several of them."""
    found = []
    for number in range(count):
        sentences = [random_text(chance, 12) for _ in range(chance.randint(0, 6))]
        body = as_indexed("。".join(chance.choices(sentences, k=12)) if sentences else "")
        made = article(number, as_indexed(random_text(chance, 8)), body)
        found.append(NaiveDocument(made, default_analyser()).stored[:2])
    return found


def patterns_in(chance: random.Random, stored: list[tuple[bytes, int]]) -> list[Pattern]:
    """Strings that the texts contain, folded, each once."""
    texts = Texts(stored, folding_table().data)
    found: dict[str, Pattern] = {}
    for leaf in range(chance.randint(0, 5)):
        start = chance.randrange(max(1, len(texts.string) - 8))
        units = texts.string[start : start + chance.randint(1, 6)]
        if units and not set(units) & set("\x01\x02"):
            found[units] = Pattern(
                units, chance.choice(ANCHORS), chance.random() < 0.2, leaf, chance.uniform(0.1, 9)
            )
    for run in chance.sample(["f35", "skii", "5g", "att", "普京", "部长", "华人"], 2):
        found[run] = Pattern(run, AS_TOKEN, False, 6, 2.0)
    return list(found.values())


def test_passages_are_those_of_array_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = default_analyser().spans
    taken = 0
    for seed in range(40):
        chance = random.Random(seed)
        stored = stored_texts(chance, 6)
        patterns = patterns_in(chance, stored)
        finder = PassageFinder(patterns, spans)
        if finder._native is None:
            continue
        taken += 1
        found = finder.read(stored, folding_table().data)
        plain = Snippets(Highlighter(patterns, spans).find(Texts(stored, folding_table().data)))
        assert found.proximity() == plain.proximity(), seed
        for number in range(len(stored)):
            assert found.snippets(number) == plain.snippets(number), (seed, number)
    assert taken > 20


@given(st.lists(st.text("普京拜登说。，|! \n😀", max_size=40), min_size=2, max_size=2))
def test_snippets_of_cut_texts(texts: list[str]) -> None:
    title, body = texts[0].replace("\n", " "), texts[1]
    document = NaiveDocument(
        article(1, title.replace("|", ""), body.replace("|", "")), stub_analyser(title, body)
    )
    stored = [document.stored[:2]]
    patterns = [
        Pattern(w, AS_TOKEN, False, n, n + 1.0) for n, w in enumerate(("普京", "拜登", "京"))
    ]
    spans = stub_analyser().spans
    found = PassageFinder(patterns, spans).read(stored, folding_table().data)
    plain = Snippets(Highlighter(patterns, spans).find(Texts(stored, folding_table().data)))
    assert found.snippets(0) == plain.snippets(0)
    assert found.proximity() == plain.proximity()


def test_strings_in_texts_and_how_often() -> None:
    chance = random.Random(5)
    stored = stored_texts(chance, 40)
    texts = Texts(stored, folding_table().data)
    for _ in range(80):
        start = chance.randrange(len(texts.string) - 4)
        units = texts.string[start : start + chance.randint(1, 4)]
        if set(units) & set("\x01\x02"):
            continue
        starts = texts.find(units)
        at_both = texts.are_boundaries(starts) & texts.are_boundaries(starts + len(units))
        in_title = starts < np.array(texts.titles).take(texts.text_numbers(starts))
        for at_boundaries in (False, True):
            for title_only in (False, True):
                keep = (at_both | (not at_boundaries)) & (in_title | (not title_only))
                have = set(texts.text_numbers(starts[keep]).tolist())
                found = reading.documents_with(
                    stored, units, folding_table().data, at_boundaries, title_only
                )
                assert {n for n, does in enumerate(found) if does} == have
        halves = np.zeros((len(stored), 2), int)
        for number, title, whole in zip(
            texts.text_numbers(starts).tolist(), in_title, at_both, strict=True
        ):
            halves[number, 0 if title else 1] += 1 + int(whole)
        assert reading.occurrences_in(stored, units, folding_table().data) == [*map(tuple, halves)]


def test_the_fields_of_a_stored_document() -> None:
    fields = "id\x1fa/b.md\x1f\x1f来源\x1fhttps://example.com\x1f时政\x1f😀"
    units = np.frombuffer("题目\x01正文\x02".encode("utf-16-le"), np.uint16)
    raw = raw_document(fields.encode("utf-16-le"), units, np.zeros(len(units), bool))
    assert reading.stored_fields(raw, 2) == ("题目", fields.split("\x1f"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0",
        b"\xff\xff\xff\xff" + b"ab" * 20,
        b"\x01\0\0\0" + b"ab" * 20,
        b"\0\0\0\0",
        b"\0" * 7,
    ],
)
def test_what_is_no_stored_document_is_refused(raw: bytes) -> None:
    finder = finding.Finder([("普京", "token", False, 0, False)], [1.0], 9, list)
    with pytest.raises(ValueError, match="no stored document"):
        passages.Passages(finder, [(raw, 0)], folding_table().data, list, Snippet)
    with pytest.raises(ValueError, match="no stored document"):
        reading.documents_with([(raw, 0)], "普京", folding_table().data, False, False)
    with pytest.raises(ValueError, match="no stored document"):
        reading.stored_fields(raw, 0)


def test_a_title_longer_than_its_text_is_refused() -> None:
    units = np.frombuffer("题\x01\x02".encode("utf-16-le"), np.uint16)
    raw = raw_document(b"", units, np.zeros(3, bool))
    for title in (2, 3, -1, 1 << 20):
        with pytest.raises(ValueError, match="no stored document"):
            reading.stored_fields(raw, title)


@given(st.binary(min_size=4, max_size=80), st.integers(0, 12))
def test_whatever_the_bytes_are_nothing_is_read_outside_of_them(data: bytes, title: int) -> None:
    raw = b"\0\0\0\0" + data
    patterns = [("普京", "token", False, 0, False), ("\x01", "anywhere", False, 1, False)]
    finder = finding.Finder(patterns, [1.0, 2.0], 9, lambda word: [])
    swapped = folding_table()[::-1].copy().data  # a folding without any end of a sentence
    for folding in (folding_table().data, swapped):
        try:
            found = passages.Passages(finder, [(raw, title)], folding, merge_spans, Snippet)
        except ValueError:
            continue
        assert len(found.proximity()) == 1
        found.snippets(0)


def test_more_patterns_than_it_serves_are_left_to_array_operations() -> None:
    patterns = [Pattern(chr(0x4E00 + n), AS_TOKEN, False, n, 1.0) for n in range(65)]
    assert PassageFinder(patterns, lambda word: [])._native is None
    with pytest.raises(ValueError, match="too many"):
        finding.Finder([("普", "token", False, 0, False)] * 65, [1.0], 9, list)


def test_answers_are_the_same_without_native_code(sample: Index) -> None:
    questions = '普京\n拜登 普京\n拜登 OR 普京\n"视频通话"\n乌克*\n普京 -拜登\nF-35\n台风 轨道\n'
    program = [sys.executable, "-m", "searcher", "batch", "-", "--index", str(sample.path)]
    answers = []
    for native in "10":
        environment = {**os.environ, "SEARCHER_NATIVE": native}
        done = subprocess.run(
            program, input=questions.encode(), capture_output=True, check=False, env=environment
        )
        assert done.returncode in (0, 1), done.stderr
        lines = done.stdout.decode().splitlines()
        answers.append([re.sub('"took_ms": [0-9.]+', "", line) for line in lines])
    assert answers[0] == answers[1]
    assert len(answers[0]) == 8


def test_units_beyond_the_plane_are_two() -> None:
    assert len(split_units(fold("😀普"))) == 3
