"""What exploring keeps of an opened index from one question to the next."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from searcher.backends.base import ReadBackend
    from searcher.explore.names import NameIndex
    from searcher.explore.vocabulary import Vocabulary


class Explored:
    """Tables of one commit of an index, each made when it is first needed."""

    def __init__(self, backend: ReadBackend) -> None:
        self.backend = backend

    @cached_property
    def names(self) -> NameIndex:
        """The names of the lexicon in the articles."""
        from searcher.explore.names import NameIndex

        return NameIndex(self.backend)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms of all segments, and how many articles have each."""
        from searcher.explore.vocabulary import Vocabulary

        return Vocabulary(self.backend)

    @cached_property
    def is_name(self) -> NDArray[np.bool_]:
        """Which terms of the vocabulary are names, bool (terms,)."""
        marked = np.zeros(len(self.vocabulary), bool)
        for term in self.names.group_of:
            number = self.vocabulary.find(term)
            if number >= 0:
                marked[number] = True
        return marked
