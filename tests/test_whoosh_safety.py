"""An index is opened for Whoosh without running what lies in its folder, and never written."""

import json
import pickle
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import whoosh.filedb.structfile
import whoosh.index
from console import ROOT, environment
from library import article, build
from whoosh import query as q
from whoosh import sorting, writing
from whoosh.index import FileIndex
from whoosh.qparser import QueryParser
from whoosh_folder import ids_of

import searcher
from searcher import (
    Article,
    IndexFolderError,
    IndexInvalidError,
    IndexNotFoundError,
    IndexOutdatedError,
    IndexReadOnlyError,
    SearcherError,
    build_index,
    open_index,
    open_whoosh,
)
from searcher.store.manifest import checksum
from searcher.whoosh_index.storage import ManifestStorage

PUTIN = q.Term("body", "普京")


def articles(first: int, last: int) -> list[Article]:
    return [
        article(
            number, f"标题{number}拜登", f"普京与国防部长谈F-35，第{number}次视频通话。😀",
            author="新华社", source="源", categories=("国际", "港澳"), url=f"https://a.b/{number}",
        )
        for number in range(first, last)
    ]  # fmt: skip


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


class Harm:
    """Its pickle makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self._path,)


def make_hostile(folder: Path) -> Path:
    """Put a pickle where the schema is in the table of contents; the file that it would make."""
    (path,) = folder.glob("*.toc")
    data = path.read_bytes()
    made = folder.parent / "harm"
    pickled = pickle.dumps(Harm(made), 2)
    # Before it are three lengths, a number, a version and a release; a varint says how long it is.
    at = data.index(b"\x80\x02")
    assert len(pickled) < 128 * 128
    length = bytes([len(pickled) & 127 | 128, len(pickled) >> 7])
    header = data[: at - (2 if data[at - 1] < 128 and data[at - 2] > 127 else 1)]
    path.write_bytes(header + length + pickled + data[at:])
    return made


def test_a_hostile_table_of_contents_runs_nothing(copy: Path) -> None:
    harm = make_hostile(copy)
    index = open_whoosh(copy)
    with index.searcher() as found:
        assert len(ids_of(found, PUTIN)) == 28
    assert index.schema.names()
    assert index.up_to_date()
    assert index.refresh() is index
    storage = ManifestStorage(copy)
    assert storage.open_index().doc_count() == 28
    assert storage.index_exists()
    assert whoosh.index.version(storage)
    with pytest.raises(IndexFolderError, match="open_whoosh"):
        FileIndex(storage)
    assert not harm.exists()
    # The trap works: Whoosh's own way falls into it.
    code = f"import whoosh.index; whoosh.index.open_dir({str(copy)!r})"
    subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, check=False
    )
    assert harm.exists()


def test_the_table_of_contents_names_only_what_it_must(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = set()

    class Watched(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            named.add(f"{module}.{name}")
            return super().find_class(module, name)

    class Module:
        @staticmethod
        def loads(data: bytes) -> Any:
            import io

            return Watched(io.BytesIO(data)).load()

    monkeypatch.setattr(whoosh.index, "pickle", Module)
    monkeypatch.setattr(whoosh.filedb.structfile, "load_pickle", lambda file: Watched(file).load())
    index = whoosh.index.open_dir(sound)
    assert index.doc_count() == 28
    assert named == {
        "searcher.whoosh_index.toc.schema_of",
        "searcher.whoosh_index.toc.segment_of",
    }


@pytest.mark.parametrize("imported", ["searcher", "searcher.whoosh_index.codec", "whoosh"])
def test_open_dir_in_a_fresh_process(sound: Path, imported: str) -> None:
    """`import searcher` is enough, even nothing: the table of contents names our classes."""
    code = (
        f"import {imported}; from whoosh.index import open_dir\n"
        "from whoosh.qparser import QueryParser\n"
        f"index = open_dir({str(sound)!r})\n"
        "query = QueryParser('body', index.schema).parse('普京 \"视频通话\" date:2020-01')\n"
        "with index.searcher() as s: print(len(set(s.docs_for_query(query))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment(), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(done.stdout) == 28


def test_open_dir_finds_the_same(sound: Path) -> None:
    for text in ("普京", "title:拜登 NOT title:5拜登", "部长*", '"谈F-35"', "category:港澳"):
        with whoosh.index.open_dir(sound).searcher() as s, open_whoosh(sound).searcher() as other:
            query = QueryParser("body", s.schema).parse(text)
            assert query == QueryParser("body", other.schema).parse(text)
            assert ids_of(s, query) == ids_of(other, query)


def test_a_lexicon_of_ones_own_is_that_of_the_index(tmp_path: Path, few_names: None) -> None:
    lexicon = tmp_path / "own.txt"
    lexicon.write_text("普京谈\n", "utf-8")
    build(tmp_path, articles(0, 3), lexicon=lexicon)
    build(tmp_path, [article(1, "标题", "普京谈和平")], lexicon=lexicon)
    for index in (open_whoosh(tmp_path / "index"), whoosh.index.open_dir(tmp_path / "index")):
        query = QueryParser("body", index.schema).parse("普京谈和平")
        assert {text for _, text in query.iter_all_terms()} == {"普京谈", "和平"}
        with index.searcher() as found:
            assert ids_of(found, query) == {"a0001"}
            assert ids_of(found, q.Phrase("body", ["普京谈", "和平"])) == {"a0001"}

    # The table of contents says where the lexicon was; what open_whoosh is told is where it is.
    moved = (tmp_path / "index").rename(tmp_path / "moved")
    query = QueryParser("body", open_whoosh(moved).schema).parse("普京谈")
    assert {text for _, text in query.iter_all_terms()} == {"普京谈"}
    searcher.whoosh_index.vocabulary.index_analyser.cache_clear()
    with pytest.raises(IndexInvalidError, match="open_whoosh"):
        QueryParser("body", whoosh.index.open_dir(moved).schema).parse("普京谈")


def test_folders_that_are_no_index(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        open_whoosh(tmp_path / "nowhere")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(IndexInvalidError):
        open_whoosh(tmp_path / "other")

    (path,) = copy.glob("*.json")
    data = json.loads(path.read_bytes())
    (crc,) = (name for name in data if name.startswith("crc"))
    del data[crc]
    data["analysis"] = "0"
    path.write_text(json.dumps({**data, crc: checksum(data)}))
    with pytest.raises(IndexOutdatedError):
        open_whoosh(copy)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexInvalidError):
        open_whoosh(copy)


# Writing


def add(writer: Any) -> None:
    writer.add_document(id="a", body="普京")
    writer.commit()


@pytest.mark.parametrize(
    "write",
    [
        lambda index: index.writer(),
        lambda index: index.writer(procs=2),
        lambda index: writing.AsyncWriter(index),
        lambda index: writing.SegmentWriter(index),
        lambda index: index.optimize(),
        lambda index: index.delete_by_term("id", "a0003"),
        lambda index: index.delete_by_query(PUTIN),
        lambda index: index.add_field("new", searcher.whoosh_index.schema.IdField()),
        lambda index: index.remove_field("body"),
    ],
)
@pytest.mark.parametrize("opening", [open_whoosh, whoosh.index.open_dir])
def test_whoosh_cannot_write(
    copy: Path, opening: Callable[[Path], Any], write: Callable[[Any], Any]
) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with pytest.raises(IndexReadOnlyError, match=r"searcher\.build_index"):
        write(opening(copy))
    after = {path.name: path.read_bytes() for path in copy.iterdir()}
    after.pop("MAIN_WRITELOCK")
    before.pop("MAIN_WRITELOCK")
    assert after == before


@pytest.mark.parametrize("write", [add, lambda writer: writer.commit()])
def test_whoosh_cannot_write_to_an_empty_index(
    tmp_path: Path, write: Callable[[Any], None]
) -> None:
    build(tmp_path, [])
    folder = tmp_path / "index"
    with pytest.raises(IndexReadOnlyError):
        write(open_whoosh(folder).writer())
    # Whoosh's own index lets one begin; nothing comes of it.
    writer = whoosh.index.open_dir(folder).writer()
    with pytest.raises(IndexReadOnlyError, match=r"searcher\.build_index"):
        write(writer)
    writer.cancel()
    with open_index(folder) as index:
        assert len(index) == 0
        assert index.check() == []
    assert build_index(articles(0, 2), folder, jobs=1).added == 2


def test_storage_takes_nothing(copy: Path) -> None:
    storage = ManifestStorage(copy)
    (name, *_) = (path.name for path in copy.glob("*.seg"))
    calls: list[Callable[[], object]] = [
        lambda: storage.create_file("new"),
        lambda: storage.delete_file(name),
        lambda: storage.rename_file(name, "new"),
        lambda: storage.create_index(open_whoosh(copy).schema),
        storage.destroy,
        storage.clean,
        storage.temp_storage,
    ]
    for call in calls:
        with pytest.raises(IndexReadOnlyError):
            call()
    assert (copy / name).exists()


# Damage


def uses(folder: Path) -> Iterator[Callable[[], object]]:
    """What one does with an index by Whoosh, each on its own."""
    index = open_whoosh(folder)
    with index.searcher() as s:
        reader = s.reader()
        parse = QueryParser("body", index.schema).parse
        for query in (
            "普京", "title:拜登", "words:国防部长", "部长*", '"视频通话"', "date:2020-01",
            "普京 NOT 谈", "category:国际", "id:a0005", "path:a0005.md",
        ):  # fmt: skip
            yield lambda: [hit.fields() for hit in s.search(parse(query), limit=None)]  # noqa: B023 - called at once
        for name in ("date", "source", "category", "title"):
            yield lambda: s.search(q.Every(), sortedby=name, groupedby=name)  # noqa: B023 - called at once
        overlapping = sorting.FieldFacet("category", allow_overlap=True)
        yield lambda: s.search(q.Every(), groupedby=overlapping)
        yield lambda: list(reader.all_stored_fields())
        yield lambda: list(reader.all_terms())
        yield lambda: reader.most_frequent_terms("body")
        yield lambda: list(s.documents(date=datetime(2020, 1, 1)))
        yield lambda: s.search(PUTIN)[0].highlights("body")
        yield lambda: reader.field_length("title")


def use(folder: Path) -> int:
    """Use an index; how many uses were refused. Anything but an error of ours goes through."""
    refused = 0
    try:
        for call in uses(folder):
            refused += fails(call)
    except SearcherError:
        return -1
    return refused


def fails(call: Callable[[], object]) -> bool:
    try:
        call()
    except SearcherError:
        return True
    return False


def test_a_sound_index_is_used(sound: Path) -> None:
    assert use(sound) == 0


@pytest.mark.parametrize("fill", [b"\x00", b"\xff", b"\x01", b"noise"])
def test_damaged_pages_are_refused_or_read(copy: Path, fill: bytes) -> None:
    """With whatever a stretch of the file is filled, nothing but an error of ours comes of it."""
    chance = random.Random(len(fill) + fill[0])
    path = next(copy.glob("*.seg"))
    data = path.read_bytes()
    refused = 0
    size = len(data) // 30
    for begin in range(0, len(data) - size, size):
        filled = chance.randbytes(size) if fill == b"noise" else fill * size
        path.write_bytes(data[:begin] + filled + data[begin + size :])
        refused += use(copy) != 0
    assert refused > 8


@pytest.mark.parametrize("size", [0, 1, 24, -40])
def test_cut_files_are_refused(copy: Path, size: int) -> None:
    for pattern in ("*.seg", "*.lex"):
        path = next(copy.glob(pattern))
        data = path.read_bytes()
        path.write_bytes(data[:size])
        searcher.whoosh_index.vocabulary.index_analyser.cache_clear()
        assert use(copy) != 0
        path.write_bytes(data)


def test_segments_that_changed_places(copy: Path) -> None:
    one, two = sorted(copy.glob("*.seg"))
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)
    with pytest.raises(IndexInvalidError):
        open_whoosh(copy).reader()


def test_a_segment_that_is_gone(copy: Path) -> None:
    next(copy.glob("*.seg")).unlink()
    with pytest.raises(IndexInvalidError, match="gone"):
        open_whoosh(copy).reader()


def test_a_number_of_no_document_is_no_damage(sound: Path) -> None:
    with open_whoosh(sound).reader() as reader, pytest.raises(IndexError):
        reader.stored_fields(1000)


# Import


def test_searching_does_not_import_whoosh(sound: Path) -> None:
    code = (
        "import sys, searcher\n"
        f"with searcher.open_index({str(sound)!r}) as index: index.search('拜登 \"视频通话\"')\n"
        "print('whoosh' in sys.modules)\n"
        "searcher.open_whoosh\n"
        "print('whoosh' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment(), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True"]
