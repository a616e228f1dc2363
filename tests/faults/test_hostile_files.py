"""Index files made to do harm, their checksums right: a clear error, or check tells."""

import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from file_damage import chance, rounds
from library import article, build

from searcher import (
    Index,
    IndexFolderError,
    IndexInvalidError,
    QueryError,
    SearcherError,
    open_index,
)
from searcher.store import schema
from searcher.store.container import ContainerReader, ContainerWriter
from searcher.store.stored_documents import MAX_RAW_BYTES, DocumentDecoder

QUERIES = ("普京", '"普京与"', "新*", "title:拜登", "date:2020-02", "author:新华社", "-拜登", "京")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, few_names: None) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    fields: dict[str, Any] = {"author": "新华社", "categories": ("国际",)}
    bodies = [f"普京与拜登会谈，新闻{n}。" for n in range(40)]
    build(folder, [article(n, f"拜登第{n}次", body, **fields) for n, body in enumerate(bodies)])
    return folder / "index"


def forge(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Write a container anew with other sections, all checksums right."""
    container = ContainerReader(path)
    sections = {name: container[name].copy() for name in container.names()}
    change(sections)
    path.unlink()
    with ContainerWriter(path, sync=False) as out:
        for name, values in sections.items():
            out.write(name, values)


def use(index: Index) -> list[SearcherError]:
    """Ask for all there is; the errors of ours. Anything else goes through."""
    calls: list[Callable[[], object]] = [
        index.stats, partial(index.get, "a0007"), partial(index.get, "a0008.md"),
        partial(list, index), lambda: list(index.terms("")),
    ]  # fmt: skip
    for query in QUERIES:
        calls += [
            partial(index.search, query),
            partial(index.search, query, sort="newest"),
            partial(index.explain, query, "a0005"),
        ]
    return [error for error in map(failure, calls) if error is not None]


def failure(call: Callable[[], object]) -> SearcherError | None:
    try:
        call()
    except QueryError:
        # An id that is another one now is not found.
        return None
    except SearcherError as error:
        return error
    return None


def hostile(values: Any, numbers: random.Random) -> Any:
    """Other values than a section has."""
    limits = np.iinfo(values.dtype)
    how = numbers.choice(["one", "all", "some", "order", "fewer", "more", "noise"])
    values = values.copy()
    extreme = numbers.choice([limits.min, limits.max, 0, 1, limits.max // 2, len(values)])
    extreme = min(extreme, limits.max)
    if how == "one" and len(values):
        values[numbers.randrange(len(values))] = extreme
    elif how == "all":
        values[:] = extreme
    elif how == "some":
        values[numbers.randrange(len(values) + 1) :] = extreme
    elif how == "order":
        values = values[::-1]
    elif how == "fewer":
        values = values[: numbers.randrange(len(values) + 1)]
    elif how == "more":
        values = np.append(values, values[:1])
    elif how == "noise":
        values = np.frombuffer(numbers.randbytes(values.nbytes), values.dtype)
    return values


def make_hostile(name: str, numbers: random.Random, sections: dict[str, Any]) -> None:
    sections[name] = hostile(sections[name], numbers)


def test_any_section_with_other_values(sound: Path, tmp_path: Path) -> None:
    numbers = chance(23)
    names = [section.name for section in (*schema.segment_sections(), *schema.LEXICON_SECTIONS)]
    lexicon = {section.name for section in schema.LEXICON_SECTIONS}
    failed = 0
    for number in range(rounds(4 * len(names), 5_000)):
        copy = Path(shutil.copytree(sound, tmp_path / "index"))
        name = names[number % len(names)]
        (path,) = copy.glob("*.lex" if name in lexicon else "*.seg")
        forge(path, partial(make_hostile, name, numbers))
        try:
            with open_index(copy) as index:
                errors = use(index)
                problems = index.check()
        except IndexFolderError:
            failed += 1
        else:
            failed += bool(errors)
            for error in errors:
                assert isinstance(error, IndexInvalidError), name
            assert problems or not errors, f"check does not see {name}: {errors[0]}"
        shutil.rmtree(copy)
    assert failed > 20


def bomb(size: int) -> bytes:
    """A frame of a few kilobytes that unpacks to so many zeros."""
    compressor = zstandard.ZstdCompressor(19, write_checksum=True).compressobj(size=size)
    block = bytes(1 << 20)
    parts = [compressor.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, compressor.flush()])


def test_a_document_that_unpacks_to_much_more_is_refused(sound: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sound, tmp_path / "index"))
    (path,) = copy.glob("*.seg")
    frame = np.frombuffer(bomb(2 * MAX_RAW_BYTES), np.uint8)
    forge(path, lambda s: s.update({
        "stored.documents": np.tile(frame, 40),
        "stored.document_ends": np.cumsum([len(frame)] * 40, dtype=np.uint32),
    }))  # fmt: skip
    with open_index(copy) as index:
        with pytest.raises(IndexInvalidError, match="--rebuild"):
            index.search("普京")
        assert "document 0 cannot be read" in index.check()[0]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x28\xb5\x2f\xfd\xe0" + (1 << 45).to_bytes(8, "little") + b"\x01\0\0",
        zstandard.ZstdCompressor(write_content_size=False).compress(b"a" * 100),
        zstandard.ZstdCompressor().compress(b"a" * 100) + b"more",
        b"\x50\x2a\x4d\x18\x04\0\0\0abcd",
    ],
    ids=["empty", "claims 32 TB", "size unknown", "more behind it", "skippable"],
)
def test_frames_that_are_none(frame: bytes) -> None:
    with pytest.raises(IndexInvalidError):
        assert DocumentDecoder(b"").raw(frame) == b"x"
