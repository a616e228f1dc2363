"""An analyser that cuts texts as a test says, so that no dictionary has a part in the answer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from searcher.text.analyser import Analyser, TermToken
from searcher.text.folding import fold


def stub_analyser(
    *cuts: str, parts: Mapping[str, Iterable[str]] | None = None, words: Iterable[str] = ()
) -> Analyser:
    """Cuts each text at the bars given here: "谁|是|总统".

    What has no letter or digit is no token. A text that is not here is one token. A hyphen is left
    out of a term. ``parts`` are the parts of a term.
    """
    return cast(Analyser, _StubAnalyser(cuts, parts or {}, words))


class _StubAnalyser:
    def __init__(
        self, cuts: Iterable[str], parts: Mapping[str, Iterable[str]], words: Iterable[str]
    ) -> None:
        self._cuts = {cut.replace("|", ""): cut.split("|") for cut in map(fold, cuts)}
        self._parts = parts
        self.segmenter = _StubSegmenter(words)

    def tokens(self, text: str) -> Iterator[TermToken]:
        start = 0
        for piece in self._cuts.get(fold(text), [fold(text)]):
            end = start + len(piece)
            if any(map(str.isalnum, piece)):
                term = piece.replace("-", "")
                yield TermToken(term, start, end, tuple(self._parts.get(term, ())))
            start = end

    def spans(self, token: str) -> frozenset[tuple[int, int]]:
        found = ((token.find(part), len(part)) for part in self._parts.get(token, ()))
        return frozenset((start, start + size) for start, size in found)


class _StubSegmenter:
    def __init__(self, words: Iterable[str]) -> None:
        self.is_word = frozenset(words).__contains__
