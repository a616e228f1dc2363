"""The options of a search: the one list of their names, types, defaults and descriptions.

The command line (``search``, ``batch``), the JSON lines of a batch and the help pages are made from
:class:`SearchOptions`. Type checkers need the list written out twice more: as the signature of
:meth:`searcher.Index.search` and as :class:`SearchKeywords`; a test holds the three equal.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from inspect import cleandoc
from typing import Annotated, Any, Literal, TypedDict

from searcher.errors import QueryError
from searcher.query import syntax
from searcher.query.periods import FORMS, NotADate, parse_period

Sort = Literal["relevance", "newest", "oldest"]

MIN_FRESH = 0.001
"""Days. Much smaller, the age of an article divided by it is infinite."""
MAX_FRESH = 1_000_000.0

SWAPPED = "since is later than until, so nothing can match: swap them"
"""Said of a range whose ends are swapped."""

_MAX_SHOWN = 40


class Kind:
    """A kind of value: what an error message calls it, and whether a value is one.

    The default of an option is always accepted, so None need not be.
    """

    def __init__(self, wanted: str, accepts: Callable[[Any], bool]) -> None:
        self.wanted = wanted
        self.accepts = accepts


WHOLE = Kind(
    "a whole number, 0 or more",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
)
ORDER = Kind(
    "relevance, newest or oldest",
    lambda value: isinstance(value, str) and value in ("relevance", "newest", "oldest"),
)
DAY = Kind(
    "a date, or a day, month or year as text, such as 2021-12-05, 2021-12 or 2021",
    lambda value: isinstance(value, str | date),
)
TEXT = Kind("text", lambda value: isinstance(value, str))
SWITCH = Kind("True or False", lambda value: isinstance(value, bool))
DAYS = Kind(
    f"a number of days from {MIN_FRESH} to {MAX_FRESH:.0f}",
    lambda value: (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and MIN_FRESH <= value <= MAX_FRESH
    ),
)


class Description:
    """The description of an option, as the annotation of its field in :class:`SearchOptions`.

    Attributes:
        kind: what its values are.
        help: what it does, one sentence.
        unit: what a help page calls its value.
        off: for an option that is True unless turned off: what turning it off does.
    """

    # A plain class: a NamedTuple takes 0.1 ms more at start-up.
    def __init__(self, kind: Kind, help: str, unit: str = "", off: str = "") -> None:  # noqa: A002 - the word of command lines
        self.kind = kind
        self.help = help
        self.unit = unit
        self.off = off


class SearchKeywords(TypedDict, total=False):
    """The options of a search as keyword arguments, for type checkers."""

    limit: int
    offset: int
    sort: Sort
    since: str | date | None
    until: str | date | None
    category: str | None
    author: str | None
    source: str | None
    any: bool
    strict: bool
    aliases: bool
    expand: bool
    fresh: float | None
    explain: bool
    snippets: bool
    unique: bool


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """The options of a search, checked.

    Raises:
        QueryError: a value is not of its kind; the message names the option.

    >>> SearchOptions(limit=3, since="2021-12").limit
    3
    """

    limit: Annotated[int, Description(WHOLE, "Show at most this many hits.", "N")] = 10
    offset: Annotated[int, Description(WHOLE, "Leave out this many of the best hits.", "N")] = 0
    sort: Annotated[Sort, Description(ORDER, "The order of the hits.")] = "relevance"
    since: Annotated[
        str | date | None,
        Description(DAY, "Only articles of this day, month or year, or later.", "DATE"),
    ] = None
    until: Annotated[
        str | date | None,
        Description(DAY, "Only articles of this day, month or year, or earlier.", "DATE"),
    ] = None
    category: Annotated[
        str | None, Description(TEXT, "Only articles whose category contains this.", "NAME")
    ] = None
    author: Annotated[
        str | None, Description(TEXT, "Only articles whose author contains this.", "NAME")
    ] = None
    source: Annotated[
        str | None, Description(TEXT, "Only articles whose source contains this.", "NAME")
    ] = None
    any: Annotated[bool, Description(SWITCH, "One of the words is enough.")] = False
    strict: Annotated[
        bool, Description(SWITCH, "Leave out articles with only some of the words.")
    ] = False
    aliases: Annotated[
        bool,
        Description(
            SWITCH,
            "Other names of the same thing count, too: 普京 finds 普丁.",
            off="Only names as they are written: 普京 does not find 普丁.",
        ),
    ] = True
    expand: Annotated[bool, Description(SWITCH, "Add words that the best hits have in common.")] = (
        False
    )
    fresh: Annotated[
        float | None,
        Description(
            DAYS, "Prefer newer articles; half of what that gains is gone after DAYS.", "DAYS"
        ),
    ] = None
    explain: Annotated[bool, Description(SWITCH, "Say where each score comes from.")] = False
    snippets: Annotated[
        bool,
        Description(SWITCH, "Show the places that match.", off="Leave out the places that match."),
    ] = True
    unique: Annotated[bool, Description(SWITCH, "Show one of each group of near-duplicates.")] = (
        False
    )

    def __post_init__(self) -> None:
        for name, default, kind in _CHECKS:
            value = getattr(self, name)
            if value is not default and not kind.accepts(value):
                raise QueryError(f"{name} must be {kind.wanted}, not {shown(value)}")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "SearchOptions":
        """The options in a mapping, such as a line of JSON.

        Raises:
            QueryError: a value is not of its kind, or there is no such option.

        >>> SearchOptions.of({"limt": 3})  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        searcher.errors.QueryError: no option is called 'limt'; did you mean 'limit'? There are: ...
        """
        check_names(given, NAMES)
        return cls(**given)

    def filtered(self, tree: syntax.Node | None) -> syntax.Node | None:
        """The syntax tree of a query together with what the options ask for.

        Raises:
            QueryError: ``since`` or ``until`` is text that is no date.
        """
        parts: list[syntax.Node] = []
        if self.since is not None or self.until is not None:
            since, until = _days("since", self.since)[0], _days("until", self.until)[1]
            parts.append(syntax.Dates(since, until))
        if self.category:
            parts.append(syntax.Words(self.category, "category"))
        if self.author:
            parts.append(syntax.Words(self.author, "author"))
        if self.source:
            parts.append(syntax.Words(self.source, "source"))
        if not parts or tree is None:
            return tree
        own = tree.parts if isinstance(tree, syntax.And) else (tree,)
        return syntax.And((*own, *parts))

    def notes(self) -> tuple[str, ...]:
        """What is to be said about the options: that no article can match them.

        Raises:
            QueryError: ``since`` or ``until`` is text that is no date.
        """
        if self.since is None or self.until is None:
            return ()
        first, last = _days("since", self.since)[0], _days("until", self.until)[1]
        return (SWAPPED,) if first and last and first > last else ()


DESCRIPTIONS: Mapping[str, Description] = {
    name: hint.__metadata__[0] for name, hint in SearchOptions.__annotations__.items()
}
"""The description of each option by its name, in the order of the list."""

NAMES = tuple(DESCRIPTIONS)

_CHECKS = [
    (field.name, field.default, DESCRIPTIONS[field.name].kind) for field in fields(SearchOptions)
]


def described(names: Iterable[str] = NAMES) -> str:
    """Options with what they do, a line each, for a docstring."""
    return "\n".join(["Options:", *(f"    {name}: {DESCRIPTIONS[name].help}" for name in names)])


SearchOptions.__doc__ = f"{cleandoc(SearchOptions.__doc__ or '')}\n\n{described()}"


def check_names(given: Iterable[object], known: Iterable[str]) -> None:
    """Raise QueryError for the first name in ``given`` that is not in ``known``."""
    known = tuple(known)
    for name in given:
        if name not in known:
            from difflib import get_close_matches

            names = ", ".join(known)
            if near := get_close_matches(str(name), known, 1):
                raise QueryError(
                    f"no option is called {shown(name)}; did you mean {near[0]!r}? "
                    f"There are: {names}"
                )
            raise QueryError(f"no option is called {shown(name)}; there are: {names}")


def _days(name: str, value: str | date | None) -> tuple[date | None, date | None]:
    """The first and the last day of the value of an option."""
    if value is None:
        return None, None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value, value
    period = parse_period(value)
    if isinstance(period, NotADate):
        raise QueryError(f"{name}: {period.reason}; give a date such as {FORMS}")
    return period.since, period.until


def shown(value: object) -> str:
    """A value in an error message: short, and without control characters."""
    try:
        shown = repr(value)
    except Exception:  # a number of more than 4300 digits, or somebody's class
        shown = f"a value of type {type(value).__name__}"
    return shown if len(shown) <= _MAX_SHOWN else shown[:_MAX_SHOWN] + "…"
