"""Array operations in place of native code, for tests of what does the work without a compiler."""

import pytest

from searcher.search import literal_matcher, match, texts
from searcher.search.collect import TopScoresCollector
from searcher.search.passages import PassageFinder
from searcher.store import stored_documents


def leave_native_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (literal_matcher, match, texts, stored_documents):
        for name in ("_matching", "_reading"):
            monkeypatch.setattr(module, name, None, raising=False)
    monkeypatch.setattr(TopScoresCollector, "_collect_natively", lambda collector, segment: False)
    monkeypatch.setattr(PassageFinder, "_native", None)
