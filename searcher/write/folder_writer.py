"""The index of a folder, opened for changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from searcher.store.manifest import refuse_foreign
from searcher.write.settings import state_to_continue
from searcher.write.writer import IndexWriter

if TYPE_CHECKING:
    from pathlib import Path

    from searcher.backends.writing import WriteBackend


class FolderWriter:
    """The index of a folder that is open for changes, and the state that it continues from."""

    def __init__(self, folder: Path) -> None:
        refuse_foreign(folder)
        writer = IndexWriter(folder, lambda _: None)
        self.backend: WriteBackend[Any] = writer
        self._writer = writer
        writer.__enter__()
        try:
            self.state = state_to_continue(folder)
            self.backend.start(self.state.settings, self.state.lexicon_files, rebuild=False)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let another writer begin; what was not committed is dropped."""
        self._writer.__exit__(None, None, None)
