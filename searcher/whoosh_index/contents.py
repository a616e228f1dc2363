"""What Whoosh's table of contents says of a commit: how to make its schema and its segments."""

from __future__ import annotations

from pathlib import Path

from searcher.store.bitmap import read_bitmap
from searcher.store.manifest import Manifest


def schema_arguments(folder: Path, manifest: Manifest) -> tuple[str, str, str]:
    """The arguments of :func:`searcher.whoosh_index.schema.index_schema` for an index."""
    return manifest.analysis, manifest.lexicon, str(folder.absolute())


def segment_arguments(manifest: Manifest) -> list[tuple[str, int, bytes, str]]:
    """Those of :class:`searcher.whoosh_index.codec.WhooshSegment`, for each segment."""
    # Whoosh cannot do with a segment in which there is nothing to read.
    return [
        (entry.id, entry.documents, entry.deleted, manifest.lexicon)
        for entry in manifest.segments
        if read_bitmap(entry.deleted, entry.documents).sum() < entry.documents
    ]
