"""Array operations in place of native code, for tests of what does the work without a compiler."""

import pytest

from searcher.search import texts
from searcher.search.match import SegmentMatcher
from searcher.search.native_match import NativeMatcher
from searcher.search.native_scorer import NativeScorer
from searcher.search.passages import PassageFinder
from searcher.search.scorer import Scorer
from searcher.store import stored_documents


def leave_native_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (texts, stored_documents):
        monkeypatch.setattr(module, "_reading", None)
    # Indexes may be open already.
    for name in ("term_df", "bigram_df", "literal_df", "count", "matching"):
        monkeypatch.setattr(NativeMatcher, name, getattr(SegmentMatcher, name))
    monkeypatch.setattr(NativeScorer, "best", Scorer.best)
    monkeypatch.setattr(PassageFinder, "_native", None)
