"""What a reader sees of HTML, from its tags and texts in their order."""

import re
from collections.abc import Mapping
from typing import Any

from searcher.ingest.plain_text import BREAK, GAP, one_line
from searcher.lazy_pattern import compile_late

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LINES = HEADINGS | frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_SKIPPED = frozenset(
    "applet audio button canvas datalist dialog embed head iframe input label map meter nav "
    "noembed noframes noscript object option progress rp rt script select style svg template "
    "textarea title video".split()
)
# Classes by which the common style sheets hide what is there for screen readers only.
_UNSEEN_CLASS = compile_late(
    r"(?:^|\s)(?:sr-only|visually-?hidden|element-(?:hidden|invisible)"
    r"|(?:sharing-)?screen-reader-text)(?:\s|$)"
)
UNSEEN_STYLE = compile_late(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class VisibleText:
    """Collects the visible text of HTML, whose tags and texts are given one after another.

    Attributes:
        pieces: the text so far, with `BREAK` at the ends of lines.
        heading: the first heading that is closed.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.heading = ""
        self._heading_start = 0
        self._preformatted = 0
        self._number = ""  # of a list item; it waits for the item's text
        self._counts: list[int] = []  # the number of the next item, of each open tag

    def text(self, text: str) -> None:
        """Add a text between two tags."""
        if self._number and not text.isspace():
            self.pieces.append(self._number)
            self._number = ""
        self.pieces.append(text.replace("\n", BREAK) if self._preformatted else text)

    def start(self, name: str, attributes: Mapping[str, Any]) -> bool:
        """Open a tag; say whether what is in it is seen. If it is not, the tag is not closed."""
        if name in LINES or name == "br":
            self.pieces.append(BREAK)
        if name in _SKIPPED or (attributes and name != "body" and _is_hidden(attributes)):
            return False
        count = 0
        if name == "li" and self._counts and self._counts[-1]:
            self._number = f"{self._counts[-1]}. "
            self._counts[-1] += 1
        elif name == "pre":
            self._preformatted += 1
        elif name in HEADINGS:
            self._heading_start = len(self.pieces)
        elif name == "ol":
            count = _first_number(attributes)
        self._counts.append(count)
        return True

    def end(self, name: str) -> None:
        """Close a tag that was opened."""
        self._counts.pop()
        if name in LINES:
            self.pieces.append(BREAK)
            if name == "li":
                self._number = ""
            elif name == "pre":
                self._preformatted -= 1
            elif name in HEADINGS and not self.heading:
                self.heading = one_line("".join(self.pieces[self._heading_start :]))
        elif name in _CELLS:
            self.pieces.append(GAP)


def _first_number(attributes: Mapping[str, Any]) -> int:
    """The number of the first item of a numbered list."""
    start = str(attributes.get("start", "1"))
    return int(start) if start.isdecimal() and len(start) < 10 else 1


def _is_hidden(attributes: Mapping[str, Any]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("role") == "navigation"
        or ("style" in attributes and bool(UNSEEN_STYLE.search(str(attributes["style"]))))
        or ("class" in attributes and bool(_UNSEEN_CLASS.search(str(attributes["class"]))))
    )
