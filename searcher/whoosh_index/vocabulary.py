"""What analysing a query has to know of an index: its lexicon, and which terms it has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.errors import IndexInvalidError, IndexNotFoundError
from searcher.store.container import DAMAGE
from searcher.store.lexicon_file import LexiconFile
from searcher.store.manifest import NAME, latest_generation, read_manifest
from searcher.store.segment_reader import SegmentReader
from searcher.text.lexicon import fingerprint, lexicon_files
from searcher.whoosh_index.terms import sound

if TYPE_CHECKING:
    from searcher.text.analyser import Analyser


@lru_cache(maxsize=2)
def index_analyser(folder: Path, lexicon: str) -> Analyser:
    """The analyser with the lexicon, by fingerprint, of the index in a folder; takes 0.15 s.

    Raises IndexInvalidError where the file of the lexicon is damaged, or gone from the folder and
    not the program's own.
    """
    from searcher.text.analyser import Analyser, default_analyser

    path = folder / f"{NAME}_lexicon_{lexicon}.lex"
    if path.exists():
        file = LexiconFile(path)
        try:
            return Analyser(additions=file.additions().decode())
        except DAMAGE as error:
            raise IndexInvalidError(
                f"{path.name} is damaged; run: searcher index --rebuild"
            ) from error
        finally:
            file.close()
    if lexicon == fingerprint(lexicon_files()):
        return default_analyser()
    raise IndexInvalidError(
        f"{path} is gone: the index was moved or built anew; open it by searcher.open_whoosh"
    )


def index_knows(folder: Path, term: str) -> bool:
    """Whether any document, a deleted one included, of the index in a folder has a term.

    False where there is no index any more. Raises IndexInvalidError.
    """
    try:
        segments = _segments(folder, latest_generation(folder))
    except IndexNotFoundError:
        return False
    wanted = term.encode(errors="surrogatepass")
    with sound():
        return any(segment.terms.find(wanted) >= 0 for segment in segments)


@lru_cache(maxsize=2)
def _segments(folder: Path, generation: int) -> list[SegmentReader]:  # noqa: ARG001 - a key
    return [SegmentReader(folder / entry.file) for entry in read_manifest(folder).segments]
