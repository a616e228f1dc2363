"""The front matter that most posts have, read without a YAML parser: keys, texts, lists of texts.

What is accepted here is YAML of which there is one reading, and it is read as a YAML parser does,
in a tenth of the time; anything else is left to the parser.
"""

from searcher.lazy_pattern import compile_late

_SINGLE = r"'[^'\n]*'"
_DOUBLE = r'"[^"\\\n]*"'
# A text without quotes: it does not begin with a sign of YAML; in it, a colon is followed by
# something else than a space.
_BARE = r"[A-Za-z0-9./(\x80-\U0010ffff][^:\n]*(?::(?![ \n])[^:\n]*)*"
_VALUE = rf"(?:{_SINGLE}|{_DOUBLE}|{_BARE})"
_KEY = r"[A-Za-z_][A-Za-z0-9_]{0,60}"
# Each with one value: an expression is compiled in proportion to its length.
_ENTRY = compile_late(rf"({_KEY}):(?:[ ]+({_VALUE}))?[ ]*\n")
_ITEM = compile_late(rf"([ ]{{0,8}})-[ ]+({_VALUE})[ ]*\n")
_NULLS = frozenset(("~", "null", "Null", "NULL"))


def read_plain_yaml(source: str) -> dict[str, str | list[str]] | None:
    """Read a block of keys with texts or lists of texts; None where it is anything else.

    >>> read_plain_yaml("title: '降准'\\ntags:\\n- 经济\\n")
    {'title': '降准', 'tags': ['经济']}
    """
    # A comment, or a text with # in it: both need a closer look. What is not printable may end a
    # line for YAML, or be refused.
    if "#" in source or not source.replace("\n", "").replace("\u3000", "").isprintable():
        return None
    source = source.strip("\n") + "\n"
    values: dict[str, str | list[str]] = {}
    end = 0
    while end < len(source):
        entry = _ENTRY.match(source, end)
        if entry is None:
            return None
        key, value = entry.groups()
        if key in _NULLS:
            return None
        end = entry.end()
        key = key.lower()
        if value is not None:
            values[key] = _text(value)
            continue
        items, end = _items(source, end)
        values[key] = items or ""
    return values


def _items(source: str, end: int) -> tuple[list[str], int]:
    """The items of a list that begins at a place, all indented alike, and where it ends."""
    items: list[str] = []
    indent = None
    while item := _ITEM.match(source, end):
        if indent not in (None, item[1]):
            break
        indent, written = item.groups()
        items.append(_text(written))
        end = item.end()
    return items, end


def _text(written: str) -> str:
    """A value without its quotes."""
    if written[0] in "'\"":
        return written[1:-1]
    written = written.rstrip(" ")
    return "" if written in _NULLS else written
