"""The codec by which Whoosh reads our segments, and the table of contents that names it.

The table of contents in the folder is a pickle, since Whoosh wants one (``toc.py``).
``whoosh.index.open_dir`` unpickles it, so it runs whatever is in the file: that is for indexes of
one's own. :func:`searcher.open_whoosh` makes the same from the manifest and unpickles nothing.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from whoosh.codec import base
from whoosh.index import TOC

from searcher.errors import IndexInvalidError, IndexReadOnlyError
from searcher.store.bitmap import read_bitmap
from searcher.store.manifest import NAME, Manifest
from searcher.whoosh_index.contents import schema_arguments, segment_arguments
from searcher.whoosh_index.readers import PerDocumentReader, TermsReader
from searcher.whoosh_index.schema import index_schema
from searcher.whoosh_index.view import SegmentView
from searcher.whoosh_index.vocabulary import index_analyser


class WhooshSegment(base.Segment):  # type: ignore[misc]  # Whoosh has no types
    """A segment in a table of contents: its id, its documents, those deleted, and its lexicon."""

    def __init__(self, segment_id: str, documents: int, deleted: bytes, lexicon: str) -> None:
        super().__init__(NAME)
        self.segid = segment_id
        self._arguments = segment_id, documents, deleted, lexicon

    def codec(self) -> FlatCodec:
        """How to read it."""
        return FlatCodec()

    def open(self, folder: Path) -> SegmentView:
        """Open its file. Raises IndexInvalidError."""
        _, documents, deleted, lexicon = self._arguments
        path = folder / self.make_filename(".seg")
        alive = ~read_bitmap(deleted, documents) if deleted else None
        try:
            return SegmentView(path, alive, documents, partial(index_analyser, folder, lexicon))
        except IndexInvalidError as error:
            if path.exists():
                raise
            raise SegmentGoneError(
                f"{path} is gone; open the index again, or run: searcher index --rebuild"
            ) from error

    def doc_count_all(self) -> int:
        """Refuse: of segments that are there already, only Whoosh's writers ask this."""
        raise IndexReadOnlyError

    deleted_count = doc_count_all


class SegmentGoneError(IndexInvalidError, OSError):
    """A segment was removed by a commit since the table of contents was read.

    Whoosh takes an OSError for that, reads the table of contents again, and gives up after ten.
    """


class FlatCodec(base.Codec):  # type: ignore[misc]  # Whoosh has no types
    """Reads one segment; nothing can be written by it."""

    def __init__(self) -> None:
        self._view: SegmentView | None = None

    def _opened(self, storage: Any, segment: WhooshSegment) -> SegmentView:
        if self._view is None:
            self._view = segment.open(Path(storage.folder))
        return self._view

    def per_document_reader(self, storage: Any, segment: WhooshSegment) -> PerDocumentReader:
        """Stored fields, lengths and columns."""
        return PerDocumentReader(self._opened(storage, segment))

    def terms_reader(self, storage: Any, segment: WhooshSegment) -> TermsReader:
        """Terms and postings."""
        return TermsReader(self._opened(storage, segment))

    def new_segment(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise IndexReadOnlyError

    per_document_writer = field_writer = postings_writer = new_segment


def table_of_contents(folder: Path, manifest: Manifest) -> TOC:
    """Whoosh's table of contents of a manifest. Raises IndexOutdatedError."""
    schema = index_schema(*schema_arguments(folder, manifest))
    segments = [WhooshSegment(*each) for each in segment_arguments(manifest)]
    return TOC(schema, segments, manifest.generation)
