"""Gives native code what is hostile or random; run by test_native_memory.py under a sanitiser.

``python fuzz_native.py SECONDS SEED``: writes the seed and how often it tried. Errors that the
modules may raise are expected; the sanitiser ends the process where memory is misused.
"""

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from typing import Any

import numpy as np

from searcher._native import extension

building: Any = extension("building")
cutting: Any = extension("cutting")
finding: Any = extension("finding")
inverting: Any = extension("inverting")
lookup: Any = extension("lookup")
matching: Any = extension("matching")
ranking: Any = extension("ranking")
merging: Any = extension("merging")
passages: Any = extension("passages")
reading: Any = extension("reading")
sorting: Any = extension("sorting")

HAN = [chr(code) for code in range(0x4E00, 0x4E20)]
OTHERS = list("ab59 ,.-年月日時分万%々〇\U0001f600\ud800\ufffd\n")
REFUSED = (ValueError, IndexError, OverflowError, MemoryError)


def text(chance: random.Random, most: int) -> str:
    """Han and other characters at random."""
    kinds = chance.choices((HAN, OTHERS), (4, 1), k=chance.randint(0, most))
    return "".join(map(chance.choice, kinds))


def tables(chance: random.Random) -> tuple[Any, Any]:
    """A folding and classes of units: the identity, and classes at random."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    folding = np.arange(0x10000, dtype=np.uint16)
    classes = noise.integers(0, 8, 0x10000, np.uint8) if chance.random() < 0.5 else folding * 0
    classes = classes.astype(np.uint8)
    classes[[ord(character) for character in HAN]] = 1
    classes[[ord(character) for character in "ab59"]] = 6
    classes[1:3] = 0
    return folding, classes


def true_trie(chance: random.Random) -> Any:
    """The trie of some words, as the dictionary file has it."""
    words = sorted({"".join(chance.choices(HAN, k=chance.randint(1, 40))) for _ in range(60)})
    codes = np.zeros(0x10000, np.uint16)
    codes[0x4E00:0x4E20] = np.arange(1, 33)
    units = codes[np.frombuffer("".join(words).encode("utf-16-le"), np.uint16)]
    ends = np.array(list(accumulate(map(len, words))), np.int64)
    classes = np.array([chance.randint(1, 3) for _ in words], np.uint16)
    nodes, of_word = building.make_nodes(units, ends, classes)
    patterns = np.zeros(len(nodes) // 8, np.uint16)
    weights = np.log([1, 5, 50, 500]) - np.log(5000)
    frequencies = np.array([1, 5, 50, 500], np.uint64)
    arrays = (np.frombuffer(nodes, np.uint64), weights, frequencies, codes, patterns)
    trie = cutting.Trie(*arrays, np.zeros(1, np.uint32), b"")
    numbers = np.frombuffer(of_word, np.int32)
    order = sorted(range(len(words)), key=lambda number: len(words[number]))
    found = building.derive_parts(trie, [words[n] for n in order], numbers[order], {}, patterns)
    spans = [bytes(offset for span in pattern for offset in span) for pattern in found]
    pattern_ends = np.array(list(accumulate(map(len, spans))), np.uint32)
    return cutting.Trie(*arrays, pattern_ends, b"".join(spans), *tables(chance))


def hostile_trie(chance: random.Random) -> Any:
    """A trie of noise, some of it near what could be true."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    size, classes = chance.randint(2, 300), chance.randint(1, 6)
    base = noise.integers(0, chance.choice((8, size + 40, 1 << 24)), size, np.uint64)
    parent = noise.integers(0, chance.choice((3, size)), size, np.uint64)
    kind = noise.integers(0, chance.choice((2, classes + 1, 1 << 16)), size, np.uint64)
    codes = noise.integers(0, chance.choice((3, 40, 1 << 16)), 0x10000, np.uint16)
    weights = noise.choice([0.0, -5.0, -np.inf, np.inf, np.nan], classes)
    patterns = noise.integers(0, chance.choice((3, 1 << 16)), size, np.uint16)
    ends = noise.integers(0, chance.choice((9, 1 << 32)), chance.randint(0, 5), np.uint32)
    spans = noise.integers(0, chance.choice((4, 256)), chance.randint(0, 9), np.uint8).tobytes()
    return cutting.Trie(
        base | parent << np.uint64(24) | kind << np.uint64(48), weights,
        noise.integers(0, 9, classes, np.uint64), codes, patterns, ends, spans, *tables(chance),
    )  # fmt: skip


def cut(chance: random.Random) -> None:
    """Cut and look up texts by a true or hostile trie."""
    trie = chance.choice((true_trie, hostile_trie))(chance)
    for _ in range(20):
        some = text(chance, 60)
        words = trie.cut(some)
        assert words is None or "".join(words) == some
        trie.parts(some[:5])
        trie.node(some[:5])


def invert(chance: random.Random) -> None:
    """Invert batches, with runs and parts that may be lies."""
    trie = chance.choice((true_trie, hostile_trie))(chance)

    def lie(most: int) -> int:
        return chance.randint(-2, most + 2) if chance.random() < 0.1 else chance.randint(0, most)

    def runs(stretch: str) -> list[tuple[int, int, str, tuple[str, ...], tuple[int, ...]]]:
        size = len(stretch)
        return [
            (0, size, stretch, (stretch[:2],), (lie(size),)),
            (lie(size), lie(size), "x", (), ()),
        ]

    def parts(word: str) -> list[tuple[int, int]]:
        return [(lie(len(word)), lie(len(word)))]

    inverter = inverting.BatchInverter(trie, trie.folding, trie.classes, runs, parts, 30)
    for _ in range(5):
        count = chance.randint(1, 6)
        texts = [f"{text(chance, 9)}\x01{text(chance, 200)}\x02" for _ in range(count)]
        units = np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), np.uint16)
        count += chance.choice((0, 0, 0, 0, 0, 0, 1, -1))
        _, _, _, _, folded, docs, *_ = inverter.invert(units, count)
        sorting.invert_bigrams(np.frombuffer(folded, np.uint16), np.frombuffer(docs, np.uint16))
        inverter.terms(chance.randint(0, inverter.term_count + 1))


def merge(chance: random.Random) -> None:
    """Merge lists and hash terms whose numbers are noise."""
    noise = np.random.default_rng(chance.randrange(1 << 32))

    def numbers(dtype: Any, most: int, size: int) -> Any:
        kind = np.dtype(dtype)
        return noise.integers(0, chance.choice((3, 9, most)), size).astype(kind)

    terms, postings, room = (chance.randint(0, 9) for _ in range(3))
    with_freqs = chance.random() < 0.5
    table = merging.KeyTable(chance.randrange(1 << 64))
    for _ in range(3):
        keys = numbers(np.uint64, 1 << 62, chance.randint(0, 5000))
        table.number(keys, np.zeros(len(keys) + (chance.random() < 0.1), np.int32))
    table.all_keys(np.zeros(table.count, np.uint64))
    slots = np.zeros(1 << chance.randint(0, 6), np.uint32)
    blob = noise.integers(0, 256, chance.randint(0, 40), np.uint8).tobytes()
    ends = np.sort(numbers(np.uint32, 1 << 32, terms)) if chance.random() < 0.7 else numbers(
        np.uint32, 1 << 32, terms
    )  # fmt: skip
    with suppress(*REFUSED):
        merging.fill_hash_table(blob, ends, slots)
    merging.append_lists(
        numbers(np.int64, 1 << 40, terms) - 1, numbers(np.uint32, 1 << 32, terms),
        numbers(np.uint16, 1 << 16, postings),
        numbers(np.uint8, 256, postings) if with_freqs else None,
        numbers(np.int64, 1 << 40, chance.randint(0, 9)) - 1, np.zeros(room, np.uint16),
        np.zeros(room, np.uint8) if with_freqs else None, 7,
    )  # fmt: skip


def rank(chance: random.Random) -> None:
    """Rank by lists whose numbers may be no documents."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    size = chance.choice((0, 1, 30, 3000))
    lengths, recency = np.ones(size, np.uint32), np.arange(size, dtype=np.uint16)
    values = np.arange(256, dtype=np.float32)
    ranker = ranking.SegmentRanker(lengths, 0.5, 0.1, recency, values, values, 1.9)
    lists = []
    stored = []
    for _ in range(chance.randint(0, 6)):
        count = chance.choice((0, 1, 40, 2000))
        docs = noise.integers(0, max(1, size + chance.choice((0, 0, 0, 1))), count)
        docs = (np.sort(docs) if chance.random() < 0.7 else docs).astype(np.uint16)
        freqs = noise.integers(0, 256, count).astype(np.uint8) if chance.random() < 0.7 else None
        lists.append((docs, freqs, chance.uniform(-1, 9), 0.3, chance.randint(-1, 3), True))
        gaps = noise.integers(0, 256, count).astype(np.uint8)
        stored.append((gaps, True) if chance.random() < 0.5 else (docs, False))
    alive = noise.integers(0, 2, size).astype(np.uint8) if chance.random() < 0.5 else None
    dates = None
    if chance.random() < 0.5:
        dates = np.arange(size, dtype=np.int64), recency.astype(np.int16), 5, 99
    for all_groups in (True, False):
        with suppress(*REFUSED):
            ranker.best(
                lists, chance.randint(0, 5), all_groups, alive, dates, chance.randint(0, 300)
            )
        with suppress(*REFUSED):
            matching.matching(lists, chance.randint(0, 5), all_groups, alive, dates, size)
        with suppress(*REFUSED):
            ranker.first(
                lists, chance.randint(0, 5), all_groups, alive, dates, chance.randint(0, 300), True
            )
        with suppress(*REFUSED):
            matching.count(lists, chance.randint(0, 5), all_groups, alive, dates, size)
    for docs, freqs, *_ in lists:
        with suppress(*REFUSED):
            matching.count_living(docs, noise.integers(0, 2, size).astype(np.uint8))
        with suppress(*REFUSED):
            matching.leave_out(bytearray(size), docs)
        if freqs is not None:
            matching.select(docs, freqs, chance.randint(0, 300))
            matching.known_freqs(recency, docs, freqs, chance.choice((0, 2)))
    with suppress(*REFUSED):
        parts = [max(0, n - 1) for n in range(len(lists))]
        weights = [[chance.uniform(-1, 2) for _ in lists] for _ in range(2)]
        rows = [(one[0], part) for one, part in zip(lists, parts, strict=True)]
        matching.at_least(rows, weights, [1.5, 0.5], size)
    matching.documents_in_all(stored, size, chance.randint(0, 12))


def read(chance: random.Random) -> None:
    """Read texts whose bytes, bits and title are noise."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    folding = np.arange(0x10000, dtype=np.uint16)
    if chance.random() < 0.3:
        folding = noise.integers(0, 0x10000, 0x10000).astype(np.uint16)
    stored = []
    for _ in range(4):
        written = text(chance, 400).encode("utf-16-le", "surrogatepass")
        bits = noise.integers(0, 256, len(written) // 16 + chance.randint(-1, 2)).astype(np.uint8)
        header = chance.choice((b"\0\0\0\0", b"\2\0\0\0ab", b"\xff\xff\0\0"))
        stored.append((header + written + bits.tobytes(), chance.randint(-1, 400)))
    patterns = []
    for number in range(chance.randint(0, 5)):
        anchor = chance.choice([*finding.ANCHORS])
        patterns.append((text(chance, 3) or "a5", anchor, chance.random() < 0.2, number, True))

    def parts(word: str) -> list[tuple[int, int]]:
        return [(chance.randint(-2, 9), chance.randint(-2, 9))]

    def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return sorted(set(spans))

    finder = finding.Finder(patterns, [1.0] * len(patterns), 9, parts)
    for one in stored:
        with suppress(*REFUSED):
            found = passages.Passages(finder, [one], folding, merged, tuple_of)
            found.proximity()
            found.snippets(0)
        with suppress(*REFUSED):
            reading.stored_fields(*one)
        for units in ("", "一", "丁七"):
            with suppress(*REFUSED):
                reading.documents_with([one], units, folding, True, chance.random() < 0.5)
                reading.occurrences_in([one], units, folding)


def look_up(chance: random.Random) -> None:
    """Look up in a hash table, ends and spans that may lead anywhere."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    blob = noise.integers(0, 256, chance.choice((0, 5, 90)), np.uint8).tobytes()
    most = chance.choice((len(blob) + 1, 1 << 32))
    ends = noise.integers(0, most, chance.choice((0, 1, 12))).astype(np.uint32)
    if chance.random() < 0.7:
        ends.sort()
    slots = noise.integers(0, chance.choice((3, 14, 1 << 32)), 1 << chance.randint(0, 5))

    def blocks(values: Any) -> Any:
        short = chance.random() < 0.1
        unverified = bytearray(b"\1") * (len(values) // 4 + (not short))
        return lookup.Blocks(unverified, 2, lambda first, stop: None)

    for kind in (np.uint32, np.uint64):
        spans = lookup.Spans(ends.astype(kind), blocks(ends))
        table = lookup.TermTable(blob, blocks(blob), spans, slots.astype(np.uint32), blocks(slots))
        for term in (b"", blob[:2], blob, blob[3:9]):
            with suppress(*REFUSED):
                table.find(term)
        with suppress(*REFUSED):
            reading.raw_documents(
                [chance.randint(-2, 13)], spans, 0, len(blob),
                lambda at, size: blob[at : at + size], len, bytes, 1 << 20,
            )  # fmt: skip


def tuple_of(*given: object) -> object:
    """What is given."""
    return given


FUZZERS: list[Callable[[random.Random], None]] = [cut, invert, merge, rank, read, look_up]


def main() -> None:
    """Try for some seconds."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    tried = refused = 0
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    while time.monotonic() < end:
        for fuzzer in FUZZERS:
            tried += 1
            try:
                fuzzer(chance)
            except REFUSED:
                refused += 1
    sys.stdout.write(f"tried {tried}, refused {refused}\n")


if __name__ == "__main__":
    main()
