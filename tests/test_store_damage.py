"""Damaged and hostile index folders: a clear error, or check() tells; never anything else."""

import json
import random
import shutil
import signal
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from library import SLOW, article, build

from searcher import (
    Article,
    IndexInvalidError,
    IndexNotFoundError,
    IndexOutdatedError,
    SearcherError,
    build_index,
    open_index,
)
from searcher.store.stored_documents import text_bounds
from searcher.store.verified_array import BLOCK

QUERIES = (
    "拜登 国防部长", '"内容1"', "F-3*", "date:2020 author:新华", "-拜登 新*", "title:拜登 OR a5",
    "布林肯",
)  # fmt: skip


def articles(first: int, last: int) -> list[Article]:
    return [
        article(
            number,
            f"标题{number}拜登",
            f"新闻内容{number}，布林肯与国防部长谈F-35。😀",
            author="新华社",
            categories=("国际",),
        )
        for number in range(first, last)
    ]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Path:
    """An index of two segments with deletions; tests copy it."""
    folder = tmp_path_factory.mktemp("sound")
    build(folder, articles(0, 24))
    build(folder, articles(2, 30))
    assert len(list((folder / "index").glob("*.seg"))) == 2
    return folder / "index"


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "index"))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail after so many seconds of CPU time, or after waiting for 10 minutes."""

    def fail(*_: Any) -> None:
        raise AssertionError("hangs")

    timers = {
        signal.ITIMER_PROF: (signal.SIGPROF, seconds),
        signal.ITIMER_REAL: (signal.SIGALRM, 600.0),
    }
    before = {number: signal.signal(number, fail) for number, _ in timers.values()}
    for timer, (_, limit) in timers.items():
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def use(folder: Path) -> str:
    """All that one does with an index: "refused", "reported" by check(), or "fine".

    Anything but an error of ours goes through.
    """
    with at_most(20):
        try:
            index = open_index(folder)
        except (IndexInvalidError, IndexOutdatedError, IndexNotFoundError):
            return "refused"
        with index:
            try:
                reported = bool(index.check())
            except IndexInvalidError:
                reported = True
            calls: list[Callable[[], object]] = [
                index.stats,
                index.__len__,
                partial(index.get, "a0007"),
                partial(index.get, "a0008.md"),
            ]
            for query in QUERIES:
                calls += [
                    partial(index.search, query),
                    partial(index.search, query, sort="oldest", offset=9),
                    partial(index.explain, query, "a0005"),
                    partial(index.highlight, query, "拜登谈F-35"),
                ]
            reported |= any(list(map(fails, calls)))
            return "reported" if reported else "fine"


def fails(call: Callable[[], object]) -> bool:
    try:
        call()
    except SearcherError:
        return True
    return False


def test_a_sound_index_is_fine(copy: Path) -> None:
    assert use(copy) == "fine"


def read_header(path: Path) -> tuple[dict[str, Any], int]:
    """The header of a container, and where the sections and the zeros after them end."""
    data = path.read_bytes()
    at, length, blocks = struct.unpack_from("<QII", data, 8)
    return json.loads(data[at : at + length]), at - 4 * blocks


def sections(path: Path) -> list[tuple[str, int, int]]:
    """Name, begin and end of every section of a segment file."""
    header, _ = read_header(path)
    return [(name, s["offset"], s["offset"] + s["size"]) for name, s in header.items()]


def test_any_flipped_bit_of_a_segment_is_noticed(copy: Path) -> None:
    chance = random.Random(18)
    path = next(copy.glob("*.seg"))
    data = path.read_bytes()
    spans = [(0, 24), *((begin, end) for _, begin, end in sections(path) if end > begin)]
    for begin, end in spans * (30 if SLOW else 3):
        at = chance.randrange(begin, end)
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        assert use(copy) != "fine", at


@pytest.mark.parametrize("pattern", ["*.json", "*.lex"])
def test_any_flipped_bit_of_the_other_files_is_noticed(copy: Path, pattern: str) -> None:
    chance = random.Random(19)
    path = next(copy.glob(pattern))
    data = path.read_bytes()
    if pattern == "*.lex":
        spans = [(0, 24), *((begin, end) for _, begin, end in sections(path) if end > begin)]
    else:
        spans = [(0, len(data))] * 25
    for begin, end in spans:
        at = chance.randrange(begin, end)
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        if pattern == "*.json" and _same(data, bytes(damaged)):
            continue
        assert use(copy) != "fine", at


def _same(data: bytes, damaged: bytes) -> bool:
    """Whether both say the same (1E5 for 1e5, a blank more)."""
    try:
        return bool(json.loads(data) == json.loads(damaged))
    except ValueError:
        return False


def test_a_segment_cut_at_every_section(copy: Path) -> None:
    path = next(copy.glob("*.seg"))
    data = path.read_bytes()
    last = max(end for _, _, end in sections(path))
    places = {0, 1, 8, 23, 24, 25, len(data) - 1}
    places |= {
        place + more
        for _, *ends in sections(path)
        for place in ends
        for more in ((-1, 0, 1) if SLOW else (-1,))
    }
    for place in sorted(places):
        if place < last:
            path.write_bytes(data[:place])
            assert use(copy) != "fine", place


@pytest.mark.parametrize("pattern", ["*.seg", "*.json", "*.lex"])
@pytest.mark.parametrize("how", ["empty", "gone", "half", "zeros", "folder", "noise"])
def test_files_that_are_not_what_they_were(copy: Path, pattern: str, how: str) -> None:
    path = next(copy.glob(pattern))
    data = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how != "gone":
        path.write_bytes(
            {
                "empty": b"",
                "half": data[: len(data) // 2],
                "zeros": bytes(len(data)),
                "noise": random.Random(3).randbytes(len(data)),
            }[how]
        )
    assert use(copy) == "refused"


def test_segments_that_changed_places(copy: Path) -> None:
    one, two = sorted(copy.glob("*.seg"))
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)
    assert use(copy) != "fine"


def test_rebuilding_mends_a_damaged_index(copy: Path) -> None:
    for pattern in ("*.seg", "*.json", "*.lex"):
        path = next(copy.glob(pattern))
        path.write_bytes(path.read_bytes()[:-40])
        assert use(copy) != "fine"
        with suppress(IndexInvalidError):
            build_index(articles(0, 10), copy, jobs=1)
        build_index(articles(0, 10), copy, jobs=1, rebuild=True)
        assert use(copy) == "fine"


# Made to do harm


def forge(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest, with a checksum that fits."""
    path = next(folder.glob("*.json"))
    data = json.loads(path.read_bytes())
    data.pop("crc32", None)
    changed = change(data)
    if not isinstance(changed, str):
        changed = data if changed is None else changed
        if isinstance(changed, dict):
            text = json.dumps(changed, sort_keys=True, ensure_ascii=False)
            changed["crc32"] = zlib.crc32(text.encode("utf-8", "surrogatepass"))
        changed = json.dumps(changed)
    path.write_text(changed)


def setting(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        assert key in data
        data[key] = value

    return change


def in_segment(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        assert key in data["segments"][0]
        data["segments"][0][key] = value

    return change


def test_forging_itself_is_accepted(copy: Path) -> None:
    forge(copy, setting("engines", "other"))
    assert use(copy) == "fine"


HOSTILE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "id that leads out": in_segment("id", "../../etc/passwd"),
    "absolute id": in_segment("id", "/etc/passwd"),
    "id with a line end": in_segment("id", "a\n"),
    "id of another type": in_segment("id", ["a"]),
    "empty id": in_segment("id", ""),
    "more documents than there are": in_segment("documents", 10**18),
    "fewer documents": in_segment("documents", 3),
    "negative documents": in_segment("documents", -1),
    "infinite documents": in_segment("documents", float("inf")),
    "documents not a number": in_segment("documents", float("nan")),
    "documents in words": in_segment("documents", "9" * 5000),
    "documents true": in_segment("documents", True),
    "deletions no base64": in_segment("deleted", "!!"),
    "deletions of too many": in_segment("deleted", "AAAA" * 100_000),
    "deletions of another type": in_segment("deleted", 5),
    "no list of segments": setting("segments", 5),
    "segments null": setting("segments", None),
    "the same segment twice": lambda data: data["segments"].append(data["segments"][0]),
    "a million segments": lambda data: data.__setitem__("segments", data["segments"] * 10_000),
    "lexicon that leads out": setting("lexicon", "../../etc"),
    "lexicon of another type": setting("lexicon", {}),
    "built never": setting("built", "yesterday"),
    "built of another type": setting("built", 5),
    "huge generation": setting("generation", 10**30),
    "negative generation": setting("generation", -5),
    "sources of another type": setting("sources", 5),
    "a list": lambda _: [],
    "null": lambda _: "null",
    "not a number": lambda _: "NaN",
    "deep": lambda _: "[" * 200_000,
    "deep inside": lambda _: '{"format":1,"segments":' + '{"a":' * 100_000,
    "nothing": lambda _: "{}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_manifest_is_refused(copy: Path, name: str) -> None:
    forge(copy, HOSTILE[name])
    with at_most(10), pytest.raises(IndexInvalidError):
        open_index(copy)
    with at_most(10), pytest.raises(IndexInvalidError):
        build_index(articles(0, 3), copy, jobs=1)


@pytest.mark.parametrize("id_", ["a/../../x", "a/../MAIN_a/../../x"])
def test_no_segment_is_read_outside_of_the_folder(copy: Path, id_: str) -> None:
    """Though there is one, and a folder that makes the way there."""
    (copy / "MAIN_a").mkdir()
    segment = next(copy.glob("*.seg"))
    shutil.copyfile(segment, copy.parent / "x.seg")
    assert (copy / f"MAIN_{id_}.seg").samefile(copy.parent / "x.seg")

    def change(data: dict[str, Any]) -> None:
        entry = next(e for e in data["segments"] if e["id"] in segment.name)
        entry["id"] = id_

    forge(copy, change)
    assert use(copy) == "refused"


@pytest.mark.parametrize(
    "files",
    [
        ["/dev/zero"],
        ["/"],
        ["a\x00b"],
        ["/proc/self/mem"],
        ["/dev/stdin"],
        ["x" * 10_000],
        ["\ud800"],
    ],
)
def test_lexicon_files_that_are_none(copy: Path, files: list[str]) -> None:
    forge(copy, setting("lexicon_files", files))
    with at_most(10):
        try:
            with open_index(copy) as index:
                assert index.search("拜登会见普京", limit=1).total <= len(index)
        except SearcherError:
            pass


@pytest.mark.parametrize(
    "skipped",
    [
        [{"path": 5, "revision": "x", "size": None, "message": []}],
        [{"path": "a"}],
        [5],
        "abc",
        {"a": 1},
        [{"path": "a", "revision": 1, "size": 1, "message": "b", "more": 1}],
    ],
)
def test_skipped_files_of_another_form(copy: Path, skipped: Any) -> None:
    forge(copy, setting("skipped", skipped))
    try:
        open_index(copy).close()
        build_index(articles(0, 3), copy, jobs=1)
    except SearcherError:
        pass


def forge_header(path: Path, change: Callable[[dict[str, Any]], Any] = lambda _: None) -> None:
    """Change a container's header, with checksums that fit, sections where they were."""
    data = path.read_bytes()
    header, end = read_header(path)
    sound = checksums(data, header)
    changed = change(header)
    if not isinstance(changed, str):
        changed = json.dumps(header, separators=(",", ":"))
    text = changed.encode()
    with suppress(AttributeError, KeyError, RecursionError, TypeError, ValueError):
        sound = checksums(data, json.loads(text))
    tail = sound + text
    at = end + len(sound)
    prefix = struct.pack("<8sQIII", data[:8], at, len(text), len(sound) // 4, zlib.crc32(tail))
    path.write_bytes(prefix + data[len(prefix) : end] + tail)


def checksums(data: bytes, header: dict[str, Any]) -> bytes:
    """The checksums of all blocks of all sections."""
    found = []
    for section in header.values():
        content = data[section["offset"] : section["offset"] + section["size"]]
        blocks = range(0, section["size"], BLOCK)
        found += [zlib.crc32(content[start : start + BLOCK]) for start in blocks]
    return struct.pack(f"<{len(found)}I", *found)


def in_section(name: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(header: dict[str, Any]) -> None:
        assert key in header[name]
        header[name][key] = value

    return change


HEADERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "before the file": in_section("lengths", "offset", -10_000),
    "behind the file": in_section("lengths", "offset", 10**9),
    "beyond all": in_section("lengths", "offset", 10**400),
    "fraction": in_section("lengths", "offset", 64.0),
    "infinite": in_section("lengths", "size", float("inf")),
    "negative": in_section("lengths", "size", -4),
    "odd": in_section("lengths", "size", 5),
    "objects": in_section("lengths", "dtype", "|O"),
    "floats": in_section("lengths", "dtype", "<f8"),
    "dtype of another type": in_section("lengths", "dtype", ["<u4"]),
    "no section": lambda header: header.__delitem__("lengths"),
    "section of another type": lambda header: header.__setitem__("lengths", 5),
    "no documents": in_section("lengths", "size", 0),
    "fewer words": in_section("words.doc_ends", "size", 8),
    "no slots": in_section("words.hash", "size", 0),
    "slots not a power of two": in_section("words.hash", "size", 12),
    "places that are not aligned": lambda header: header["lengths"].__setitem__("offset", 65),
    "a list": lambda _: "[]",
    "text": lambda _: '"abc"',
    "deep": lambda _: "[" * 100_000,
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_header_is_noticed(copy: Path, name: str) -> None:
    forge_header(next(copy.glob("*.seg")), HEADERS[name])
    assert use(copy) != "fine"


STRUCTURE = """
words.doc_ends words.term_ends words.hash bigrams.keys stored.document_ends author.doc_ends recency
category.hash
""".split()


@pytest.mark.parametrize(
    "name",
    ["words.docs", "words.doc_ends", "words.term_ends", "words.hash", "bigrams.doc_ends",
     "bigrams.docs", "bigrams.keys", "stored.document_ends", "title_lengths", "recency", "dates",
     "utc_offsets", "author.doc_ends", "id.docs", "category.hash", "lengths"],
)  # fmt: skip
@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_a_hostile_section_is_noticed(copy: Path, name: str, byte: int) -> None:
    """All zeros or all ones, with a checksum that fits: nothing hangs or fails in other ways."""
    path = next(copy.glob("*.seg"))
    data = bytearray(path.read_bytes())
    begin, end = next(span for found, *span in sections(path) if found == name)
    data[begin:end] = bytes([byte]) * (end - begin)
    path.write_bytes(data)
    forge_header(path)
    outcome = use(copy)
    # Other numbers for dates or lengths are as good as any.
    assert outcome != "fine" or name not in STRUCTURE


@pytest.mark.parametrize(
    "name",
    [
        "words.terms",
        "words.term_ends",
        "words.doc_ends",
        "words.docs",
        "bigrams.doc_ends",
        "id.doc_ends",
    ],
)
@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_a_hostile_section_ends_merging_with_our_error(
    tmp_path: Path, name: str, byte: int
) -> None:
    """Bringing such an index up to date works, or says what to do and leaves it as it was."""
    folder = tmp_path / "index"
    build_index(articles(0, 24), folder)
    (path,) = folder.glob("*.seg")
    data = bytearray(path.read_bytes())
    begin, end = next(span for found, *span in sections(path) if found == name)
    data[begin:end] = bytes([byte]) * (end - begin)
    path.write_bytes(data)
    forge_header(path)
    before = path.read_bytes()
    # So many are gone that the segment is written anew.
    with suppress(IndexInvalidError):
        build_index(articles(10, 30), folder)
        return
    assert path.read_bytes() == before
    assert build_index(articles(10, 30), folder, rebuild=True).added == 20


@pytest.mark.parametrize("name", ["words.hash", "names.hash", "author.hash"])
def test_a_hash_table_without_a_free_place_is_no_endless_loop(copy: Path, name: str) -> None:
    pattern = "*.lex" if name == "names.hash" else "*.seg"
    for path in copy.glob(pattern):
        data = bytearray(path.read_bytes())
        begin, end = next(span for found, *span in sections(path) if found == name)
        data[begin:end] = struct.pack("<I", 1) * ((end - begin) // 4)
        path.write_bytes(data)
        forge_header(path)
    use(copy)


@pytest.mark.parametrize("byte", [0x00, 0x31, 0xFF])
def test_hostile_sections_of_the_lexicon_are_noticed(copy: Path, byte: int) -> None:
    """The names and words of a lexicon may be anything, but nothing hangs or fails otherwise."""
    path = next(copy.glob("*.lex"))
    data = path.read_bytes()
    for name, begin, end in sections(path):
        damaged = bytearray(data)
        damaged[begin:end] = bytes([byte]) * (end - begin)
        path.write_bytes(damaged)
        forge_header(path)
        use(copy)
        for key, value in {"size": 0, "dtype": "<u8"}.items():
            path.write_bytes(data)
            forge_header(path, in_section(name, key, value))
            use(copy)


def test_nothing_in_the_folder_is_unpickled(copy: Path) -> None:
    """The pickled table of contents is for Whoosh alone; a hostile one is not opened."""
    for path in copy.glob("*.toc"):
        path.write_bytes(b"cos\nsystem\n(S'echo pwned'\ntR.")
    assert use(copy) == "fine"
    build_index(articles(0, 10), copy, jobs=1)
    assert use(copy) == "fine"


@pytest.mark.parametrize("raw", [b"", b"\x01", b"\x05\0\0\0ab", b"\xff\xff\xff\xff" + bytes(40)])
def test_a_stored_document_shorter_than_its_header_is_noticed(raw: bytes) -> None:
    with pytest.raises(IndexInvalidError, match="--rebuild"):
        text_bounds(raw)
