"""The lexer of the query language: a query string becomes tokens.

Outside quotes, full-width ASCII is read as ASCII. The grammar stands in
:mod:`searcher.query.parser`.
"""

import re
from collections.abc import Callable, Iterator

from searcher.lazy_pattern import compile_late
from searcher.query.operators import foreign_operator, unknown_field
from searcher.query.syntax import FIELDS, OPERATORS, QUOTES

# Kind ("word", "literal", "near", "field", "open", "close", "AND" …) and text; that of "near" ends
# with "~" and a number.
Token = tuple[str, str]

# In full width these three are punctuation only: whoever types an operator types ASCII.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "？～＾"}

_TOKEN = compile_late(
    r"""\s*(?:
    (?P<quote> ["“”「『《])
    | (?P<closing_quote> [」』》])
    | (?P<open> \()
    | (?P<close> \))
    | (?P<or> \|+)
    | (?P<minus> (?<![^\s(|]) [-!] (?=[^\s!-]))
    | (?P<chunk> [^\s"“”「」『』《》()|]+)
    )""",
    re.VERBOSE,
)
_NEAR = compile_late(r"[~～]([0-9]*)")
_DOUBLE_QUOTES = '"“”'
_ANY_DOUBLE_QUOTE = compile_late(f"[{_DOUBLE_QUOTES}]")


def tokens_of(query: str, note: Callable[[str], None]) -> list[Token]:
    """The tokens of a query.

    ``note`` is told what is read otherwise than it may have been meant.
    """
    # Quotations are kept as typed; both forms have the same length.
    half_width = query.translate(HALF_WIDTH)
    tokens: list[Token] = []
    unclosed: set[str] = set()  # opening quotes that no closing one follows any more
    at = 0
    while found := _TOKEN.match(half_width, at):
        kind, at = found.lastgroup or "", found.end()
        text = found[kind]
        if kind == "chunk":
            tokens += _chunk_tokens(text, note)
        elif kind == "quote":
            end = -1 if text in unclosed else _closing_quote(half_width, at, text)
            if end < 0:
                unclosed.add(text)
                note("unbalanced quote: read as plain words")
            else:
                quoted, at = query[at:end], end + 1
                if near := _NEAR.match(half_width, at):
                    at = near.end()
                    if near[1]:
                        tokens.append(("near", f"{quoted}~{near[1]}"))
                        continue
                    note('~ needs a number of characters, as in "拜登 普京"~20: ignored')
                tokens.append(("literal", quoted))
        elif kind == "closing_quote":
            note("unbalanced quote: read as plain words")
        elif kind == "or":
            tokens.append(("OR", "|"))
        elif kind == "minus":
            tokens.append(("NOT", text))
        else:
            tokens.append((kind, text))
    return tokens


def _chunk_tokens(text: str, note: Callable[[str], None]) -> Iterator[Token]:
    """The tokens of unquoted text without white space: an operator, a word, field and word."""
    # A negating sign is a token of its own, so a leading one here is a dash or an exclamation.
    text = text.lstrip("-!") or ("-" if text[0] == "-" else text)
    if text in OPERATORS:
        yield text, text
        return
    name, colon, value = text.partition(":")
    if colon and name.lower() in FIELDS:
        yield "field", name
        if value:
            yield "word", value
        return
    if message := foreign_operator(text) or (colon and unknown_field(name, value, FIELDS)):
        note(message)
    yield "word", text


def _closing_quote(text: str, at: int, opening: str) -> int:
    """The offset of the quote that closes a quotation whose text begins at ``at``, or -1."""
    end = text.find(QUOTES[opening], at) if opening in QUOTES else -1
    # Input methods confuse the double quotes, so any of them closes one without its own partner.
    if end < 0 and opening in _DOUBLE_QUOTES and (found := _ANY_DOUBLE_QUOTE.search(text, at)):
        return found.start()
    return end
