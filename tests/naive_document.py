"""An article analysed in the plain way: what the slow engines of the tests look at."""

from collections.abc import Callable
from functools import cached_property

from searcher import Article
from searcher.backends.base import StoredDocument
from searcher.query.clauses import (
    DateRangeClause,
    KeywordClause,
    Leaf,
    LiteralClause,
    MatchAllClause,
    PrefixClause,
    TermClause,
)
from searcher.store.dates import NO_DATE, date_columns
from searcher.text.analyser import Analyser, TermToken
from searcher.text.folding import fold
from searcher.text.lexicon import Lexicon
from searcher.text.runs import RUN, parse_run

Spans = list[tuple[int, int]]
Synonyms = Callable[[str], tuple[str, ...]]


def synonyms_of(lexicon: Lexicon) -> Synonyms:
    """All names of the thing with a name, given folded or as the term that stands for it."""
    groups = dict(lexicon.groups)
    for name, group in lexicon.groups.items():
        if RUN.fullmatch(name):
            groups.setdefault(parse_run(name).term, group)
    return lambda name: groups.get(name, ())


class NaiveDocument:
    """One article.

    `text` is folded; offsets in it are in characters. `tokens` are those of title and body.
    `mid_token` are the offsets before which no token begins or ends. `halves` are the occurrences
    of each term in (title, body): 2 for a token, 1 for a part of a longer one.
    """

    def __init__(self, article: Article, analyser: Analyser) -> None:
        self.article = article
        self.written = f"{article.title}\x01{article.body}\x02"
        self.text = f"{fold(article.title)}\x01{fold(article.body)}\x02"
        self.title_length = len(article.title)
        self.date, self.utc_offset = date_columns(article.date)
        self.tokens: list[TermToken] = []
        self.mid_token: set[int] = set()
        self.halves: dict[str, tuple[int, int]] = {}
        for base, text in (0, article.title), (self.title_length + 1, article.body):
            for term, start, end, parts, inner_boundaries in analyser.tokens(text):
                self.tokens.append(TermToken(term, base + start, base + end, parts))
                inner = {*range(start + 1, end)}.difference(inner_boundaries)
                self.mid_token.update(base + offset for offset in inner)
                for name, halves in ((term, 2), *((part, 1) for part in parts)):
                    title, body = self.halves.get(name, (0, 0))
                    self.halves[name] = (title, body + halves) if base else (title + halves, body)

    def has(self, term: str, field: str | None = None) -> bool:
        """Whether a term is in the text, or in the title if that is the field."""
        return self.halves.get(term, (0, 0))[0] > 0 if field else term in self.halves

    def matches(self, leaf: Leaf) -> bool:
        """Whether the document matches a leaf, its synonyms left aside."""
        if isinstance(leaf, TermClause | LiteralClause):
            return any(self.frequency(leaf))
        if isinstance(leaf, PrefixClause):
            return any(t.startswith(leaf.text) for t in self.halves if self.has(t, leaf.field))
        if isinstance(leaf, KeywordClause):
            return self.has_value(leaf.text, leaf.field)
        if isinstance(leaf, DateRangeClause):
            return self.is_dated(leaf.start, leaf.end)
        return isinstance(leaf, MatchAllClause)

    def has_value(self, text: str, field: str) -> bool:
        """Whether a value of a keyword field contains a folded text."""
        a = self.article
        values = {"author": [a.author], "source": [a.source], "category": a.categories}
        return any(value and text in fold(value) for value in values[field])

    def is_dated(self, start: int | None, end: int | None) -> bool:
        """Whether the date is in a range of seconds since 1970, by the clock of its time zone."""
        local = self.date + 60 * self.utc_offset
        inside = (start is None or start <= local) and (end is None or local < end)
        return inside and self.date != NO_DATE

    def frequency(self, clause: TermClause | LiteralClause) -> tuple[int, int]:
        """How often the term or string of a clause is in (title, body), its synonyms left aside.

        In halves, as in `halves`. A string that is no term here is counted by its occurrences:
        between token boundaries as a token, else as a part. 1 where only containing it counts.
        """
        field = clause.field
        name = clause.term if isinstance(clause, TermClause) else clause.text
        if isinstance(clause, LiteralClause) and not clause.by_frequency:
            return int(bool(self.spans(name, clause.at_boundaries, field))), 0
        if isinstance(clause, TermClause) or self.has(name, field):
            return self.halves[name] if self.has(name, field) else (0, 0)
        counts = [0, 0]
        for span in self.spans(name):
            halves = 1 if self.mid_token.intersection(span) else 2
            counts[span[0] > self.title_length] += halves
        return (counts[0], counts[1]) if counts[0] or field is None else (0, 0)

    def spans(self, string: str, at_boundaries: bool = False, field: str | None = None) -> Spans:
        """Where a folded string is, overlapping occurrences too."""
        spans, start = [], self.text.find(string)
        while start >= 0 and not (field and start >= self.title_length):
            span = start, start + len(string)
            if not (at_boundaries and self.mid_token.intersection(span)):
                spans.append(span)
            start = self.text.find(string, start + 1)
        return spans

    @cached_property
    def stored(self) -> StoredDocument:
        """As `searcher.store.stored_documents` describes it."""
        a = self.article
        fields = _utf16("\x1f".join((a.id, a.path, a.author, a.source, a.url, *a.categories)))
        units = [(n, unit) for n, one in enumerate(self.written) for unit in _utf16(one)[::2]]
        bits = "".join(["01"[offset in self.mid_token] for offset, _ in reversed(units)])
        mid_token = int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")
        raw = len(fields).to_bytes(4, "little") + fields + _utf16(self.written) + mid_token
        return StoredDocument(
            raw, len(_utf16(a.title)) // 2, self.date, self.utc_offset, len(self.tokens)
        )


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
