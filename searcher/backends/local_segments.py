"""What matches and scores in an opened segment: native code where it was compiled, or arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searcher._native import extension
from searcher.errors import IndexInvalidError
from searcher.search.match import SegmentMatcher
from searcher.search.scorer import Scorer
from searcher.store.bitmap import bitmap_bytes

if TYPE_CHECKING:
    from searcher.search.literal_matcher import Frequencies
    from searcher.store.manifest import SegmentEntry
    from searcher.store.segment_reader import SegmentReader

_IS_NATIVE = None not in map(extension, ("matching", "ranking", "reading"))

_NEGATED = bytes.maketrans(b"\x00\x01", b"\x01\x00")


def matcher_of(
    segment: SegmentReader, entry: SegmentEntry, statistics: Frequencies
) -> SegmentMatcher:
    """What matches in a segment, with the deletions of a commit.

    ``statistics``: of the whole index. Raises IndexInvalidError where the segment is not the one
    that the manifest means.
    """
    if len(segment) != entry.documents:
        raise IndexInvalidError(f"{entry.file} is damaged; run: searcher index --rebuild")
    living = None
    if entry.deleted:
        living = bitmap_bytes(entry.deleted, entry.documents).translate(_NEGATED)
    if not _IS_NATIVE:
        return SegmentMatcher(segment, living, statistics)
    from searcher.search.native_match import NativeMatcher

    return NativeMatcher(segment, living, statistics)


def scorer_of(matcher: SegmentMatcher, average_length: float) -> Scorer:
    """What scores the documents that a matcher finds; ``average_length``: as for Scorer."""
    from searcher.search.native_match import NativeMatcher

    if isinstance(matcher, NativeMatcher):
        from searcher.search.native_scorer import NativeScorer

        return NativeScorer(matcher, average_length)
    return Scorer(matcher, average_length)
