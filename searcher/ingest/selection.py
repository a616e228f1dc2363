"""Which files and folders of a corpus are left out: patterns in the form of gitignore."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from searcher.errors import ArticleError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from searcher.sources import Selection

IGNORE_FILE = ".searcherignore"
"""A file of this name in a folder says what of the folder, and of those below, is left out."""

MAX_IGNORE_BYTES = 1 << 20
MAX_PATTERN = 1000
"""Characters of a pattern."""
MAX_STARS = 8
"""Stars of a pattern: matching takes time with their number as the exponent."""


class Filter:
    """Says of the paths of a folder which are left out.

    Raises ArticleError for patterns that cannot be used.

    >>> from searcher.sources import Selection
    >>> Filter(Selection(excludes=("drafts/",))).leaves_out("drafts", is_folder=True)
    True
    """

    def __init__(self, selection: Selection) -> None:
        self._globs = _patterns(selection.globs, "--glob") if selection.globs else None
        # Of several that say something about a path the last one decides.
        self._excludes: list[tuple[str, GitIgnoreSpec]] = []
        if selection.excludes:
            self._excludes.append(("", _patterns(selection.excludes, "--exclude")))

    def add_ignore_file(self, folder: str, file: Path) -> None:
        """Take the patterns of a file for all that is below ``folder``: empty, or ending in ``/``.

        Raises ArticleError.
        """
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_IGNORE_BYTES + 1)
        except OSError as error:
            raise ArticleError(f"cannot be read: {error.strerror}") from error
        if len(data) > MAX_IGNORE_BYTES:
            raise ArticleError(f"larger than {MAX_IGNORE_BYTES >> 20} MB; make it shorter")
        lines = data.decode("utf-8-sig", "replace").splitlines()
        self._excludes.append((folder, _patterns(lines, IGNORE_FILE)))

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path, relative to the corpus, is left out."""
        if self._globs is not None and not is_folder and not self._globs.match_file(path):
            return True
        left_out = False
        for folder, patterns in self._excludes:
            if path.startswith(folder):
                below = path[len(folder) :]
                decided = patterns.check_file(below + "/" if is_folder else below).include
                left_out = left_out if decided is None else decided
        return left_out


def _patterns(lines: Iterable[str], where: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    lines = list(lines)
    for line in lines:
        if len(line) > MAX_PATTERN or line.replace("**", "*").count("*") > MAX_STARS:
            raise ArticleError(
                f"{where}: a pattern has at most {MAX_PATTERN} characters and {MAX_STARS} stars: "
                f"{line[:40]!r}"
            )
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise ArticleError(f"{where}: {error}") from error
