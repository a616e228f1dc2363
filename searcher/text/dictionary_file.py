"""The dictionary file: the segmenter's words as a trie, with their parts, mapped into memory.

Loading jieba's dictionary takes a tenth of a second in every process, and finding the parts of a
word much of the time of indexing. So what both come to is kept, for each lexicon, in a file in the
user's cache folder: it is the same for all indexes with that lexicon, and an index of a few
articles would be several megabytes larger with a copy of its own. It serves native code only.

The file is::

    magic (8 bytes) | CRC-32 of what follows (uint32) | five lengths (uint32 each) | key (32 bytes)
    | sections

in the byte order of the machine. The sections are those of
:class:`searcher._native.cutting.Trie`: nodes, weights, frequencies, codes, patterns, pattern_ends
and spans; and two tables of UTF-16 units, which take as long to compute: the folding, and what
each folded unit is (:func:`searcher.text.unit_classes.unit_classes`). The key says what it was
made of. A file that is not there, is damaged or was made of something else is made anew, or done
without; it is never an error.
"""

from __future__ import annotations

import math
import mmap
import os
import struct
import zlib
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searcher._native import extension
from searcher.lazy_pattern import compile_late
from searcher.text.version import VERSION
from searcher.user_folders import cache_folder

if TYPE_CHECKING:
    from searcher.text.segmenter import Segmenter

MAX_KEPT_FILES = 4
"""The number of dictionary files that are kept: one for each lexicon that was used lately."""

_MAGIC = b"SEARCHD2"
_HEADER = struct.Struct("=8sI5I32s")
# Formats of the sections; the lengths of the first two come twice.
_SECTIONS = "QdQHHIBHB"
_HAN_WORD = compile_late("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_CODES = 0x10000


def dictionary_key(engines: str, additions_digest: str) -> str:
    """What names a dictionary file: 32 hexadecimal digits.

    Args:
        engines: names and versions of the segmenters, as a manifest has them.
        additions_digest: a hash of what is added to jieba's dictionary.
    """
    made_of = "\0".join((VERSION, engines, additions_digest, _MAGIC.decode()))
    return blake2b(made_of.encode(), digest_size=16).hexdigest()


def open_dictionary(key: str) -> Any | None:
    """The trie of the dictionary file with this key; None where there is none that can be used."""
    cutting = extension("cutting")
    if cutting is None:
        return None
    try:
        with _path(key).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _trie(cutting, data, key)
    except (OSError, ValueError, struct.error):
        return None


def make_dictionary(key: str, segmenter: Segmenter) -> Any | None:
    """Make the dictionary file of a segmenter with rjieba, and return its trie.

    Takes about a second. None where native code is missing, the segmenter works with jieba, or the
    trie would give other words than it. Where the file cannot be written, the trie is returned
    nevertheless.
    """
    cutting, building = extension("cutting"), extension("building")
    words = _words(segmenter) if cutting and building else None
    if words is None:
        return None
    try:
        data = _encode(cutting, building, words, segmenter, key)
        trie = _trie(cutting, data, key)
    except ValueError:
        return None
    if not _cuts_alike(trie, segmenter, words):
        return None
    _write(key, data)
    return trie


def _words(segmenter: Segmenter) -> dict[str, tuple[int, str]] | None:
    """Frequency and tag of each word; None where they are not known.

    rjieba has the dictionary of jieba, but gives out no list of its words.
    """
    from importlib.util import find_spec

    from searcher.text.dictionary import RjiebaDictionary

    package = find_spec("jieba")
    if package is None or not isinstance(segmenter.dictionary, RjiebaDictionary):
        return None
    words: dict[str, tuple[int, str]] = {}
    try:
        for folder in package.submodule_search_locations or ():
            for line in Path(folder, "dict.txt").read_text("utf-8").splitlines():
                word, written, tag = line.split(" ")
                words[word] = int(written), tag
    except (OSError, ValueError):
        return None
    for word, frequency, tag in segmenter.additions.words:
        words[word] = frequency, tag
    return words


def _encode(
    cutting: Any,
    building: Any,
    all_words: dict[str, tuple[int, str]],
    segmenter: Segmenter,
    key: str,
) -> bytes:
    from searcher.text.folding import folding_table
    from searcher.text.unit_classes import unit_classes

    total = math.log(sum(frequency for frequency, _ in all_words.values()))
    # Words with other characters are in no run of Han characters.
    words = [word for word in all_words if _HAN_WORD.fullmatch(word)]
    frequencies = [1, *sorted({all_words[word][0] for word in words})]
    class_of = {frequency: number for number, frequency in enumerate(frequencies) if number}
    weights = [(math.log(each) if each else -math.inf) - total for each in frequencies]

    # Frequent characters have small codes, so that the nodes below a word lie close together.
    count_of: dict[str, int] = {}
    for character in "".join(words):
        count_of[character] = count_of.get(character, 0) + 1
    by_count = sorted(count_of, key=lambda character: (-count_of[character], character))
    code_of = {ord(character): code for code, character in enumerate(by_count, 1)}
    codes = memoryview(bytearray(2 * _CODES)).cast("H")
    for unit, code in code_of.items():
        codes[unit] = code
    by_code = sorted((word.translate(code_of), word) for word in words)
    words = [word for _, word in by_code]
    order = "le" if _LITTLE else "be"
    units = "".join([coded for coded, _ in by_code]).encode(f"utf-16-{order}")
    nodes, node_of_word = building.make_nodes(
        memoryview(units).cast("H"),
        _array("q", accumulate(map(len, words))),
        _array("H", [class_of[all_words[word][0]] for word in words]),
    )

    patterns = memoryview(bytearray(len(nodes) // 4)).cast("H")
    arrays = [
        memoryview(nodes).cast("Q"),
        _array("d", weights),
        _array("Q", frequencies),
        codes,
        patterns,
    ]
    trie = cutting.Trie(*arrays, _array("I", [0]), b"")
    by_length = sorted(range(len(words)), key=lambda number: len(words[number]))
    of_word = memoryview(node_of_word).cast("i")
    found = building.derive_parts(
        trie,
        [words[number] for number in by_length],
        _array("i", [of_word[number] for number in by_length]),
        segmenter.given_parts(words, lambda word: all_words[word][1], lambda w: trie.cut(w) == [w]),
        patterns,
    )
    spans = [bytes(offset for span in pattern for offset in span) for pattern in found]
    arrays += [_array("I", accumulate(map(len, spans))), memoryview(b"".join(spans))]
    lengths = len(nodes) // 8, len(weights), _CODES, len(spans), len(arrays[-1])
    arrays += [folding_table().data, unit_classes().data]
    rest = struct.pack("=5I32s", *lengths, key.encode()) + b"".join(arrays)
    return _MAGIC + zlib.crc32(rest).to_bytes(4, "little" if _LITTLE else "big") + rest


_LITTLE = memoryview(b"\1\0").cast("H")[0] == 1


def _array(format_: str, values: Any) -> Any:
    from array import array

    return memoryview(array(format_, values))


def _trie(cutting: Any, data: Any, key: str) -> Any:
    """The trie in the bytes of a file. Raises ValueError or struct.error where it is damaged."""
    magic, crc, nodes, weights, codes, patterns, spans, made_of = _HEADER.unpack_from(data)
    view: Any = memoryview(data)
    if magic != _MAGIC or made_of != key.encode() or zlib.crc32(view[12:]) != crc:
        raise ValueError("not the dictionary file with this key")
    arrays: list[Any] = []
    start = _HEADER.size
    lengths = nodes, weights, weights, codes, nodes, patterns, spans, _CODES, _CODES
    for format_, length in zip(_SECTIONS, lengths, strict=True):
        end = start + length * struct.calcsize(format_)
        if end > len(view):
            raise ValueError("a section outside of the file")
        arrays.append(view[start:end].cast(format_))
        start = end
    return cutting.Trie(*arrays[:-2], *arrays[-2:], key)


def _cuts_alike(trie: Any, segmenter: Segmenter, words: dict[str, tuple[int, str]]) -> bool:
    """Whether the trie cuts all words of the dictionary, one after another, as the segmenter does.

    It does not where rjieba has another dictionary than the jieba that is installed.
    """
    han = list(filter(_HAN_WORD.fullmatch, words))
    for start in range(0, len(han), 1 << 14):
        text = "".join(han[start : start + (1 << 14)])
        if trie.cut(text) != segmenter.dictionary.cut(text):
            return False
    return True


# The cache folder


def _folder() -> Path:
    given = os.environ.get("SEARCHER_CACHE")
    return Path(given or cache_folder())


def _path(key: str) -> Path:
    return _folder() / f"dictionary-{key}.bin"


def _write(key: str, data: bytes) -> None:
    """Put the file into the cache folder, and take out those of lexicons not used lately."""
    path = _path(key)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        files = sorted(path.parent.glob("dictionary-*.bin"), key=lambda file: -file.stat().st_mtime)
        for file in files[MAX_KEPT_FILES:]:
            file.unlink(missing_ok=True)
    except OSError:
        # A cache that cannot be written is done without.
        return
