"""The analyser with what an index has kept of its lexicon."""

from __future__ import annotations

from searcher._native import extension
from searcher.store.lexicon_file import KeptAdditions
from searcher.text.analyser import Analyser
from searcher.text.dictionary_file import dictionary_key, make_dictionary, open_dictionary


def kept_analyser(additions: KeptAdditions, engines: str) -> Analyser:
    """An analyser by the dictionary file, where there is one, or else by the dictionary itself.

    ``engines``: the segmenters that the index was built with, as its manifest has them. Takes
    0.15 s where the dictionary has to be loaded.

    Raises one of :data:`searcher.store.container.DAMAGE` where the additions cannot be read.
    """
    trie = open_dictionary(dictionary_key(engines, additions.digest()))
    if trie is None:
        return Analyser(additions=additions.decode())
    return Analyser(additions=additions.decode, trie=trie)


def add_trie(analyser: Analyser, engines: str) -> None:
    """Let an analyser cut by its dictionary file, which is made where there is none.

    Nothing changes where native code is missing or would give other words. To make the file takes
    some seconds.
    """
    segmenter = analyser.segmenter
    if segmenter.trie is None and extension("cutting") is not None:
        key = dictionary_key(engines, KeptAdditions.of(segmenter.additions).digest())
        trie = open_dictionary(key) or make_dictionary(key, segmenter)
        if trie is not None:
            segmenter.use_trie(trie)
