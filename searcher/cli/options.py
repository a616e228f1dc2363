"""How a command declares its parameters.

A command is a function with keyword parameters, each annotated with an :class:`Argument` or an
:class:`Option`, or with :class:`OfSearch` for options of a search. The reader of command lines
(``reader.py``) and the help pages (``app.py``) follow from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Annotated, Any, Literal, NamedTuple, get_args

from searcher import QueryError
from searcher.cli.language import tr


class Argument:
    """A parameter given by its position; a ``list`` takes all that are left."""

    def __init__(self, text: str, metavar: str | None = None) -> None:
        self.help = text
        self.metavar = metavar


class Option:
    """A parameter given by name: ``--like-this`` from its own name, unless a flag says else.

    ``least`` and ``most`` are the smallest and the largest number allowed, ``value`` is what an
    option without a value stands for.
    """

    def __init__(
        self,
        text: str,
        *flags: str,
        least: float | None = None,
        most: float | None = None,
        metavar: str | None = None,
        value: bool = True,
    ) -> None:
        self.help = text
        self.given_flags = flags
        self.least = least
        self.most = most
        self.metavar = metavar
        self.value = value

    def flags(self, name: str) -> tuple[str, ...]:
        """All its flags, when the parameter is called ``name``."""
        if any(flag.startswith("--") for flag in self.given_flags):
            return self.given_flags
        return (*self.given_flags, "--" + name.replace("_", "-"))


class Group:
    """Several options that a command gets as one mapping of the options given."""

    def parameters(self, group: str) -> Iterator[Parameter]:
        """The options as parameters of a command, which calls the mapping ``group``."""
        raise NotImplementedError


class OfSearch(Group):
    """Options of :class:`searcher.SearchOptions`, all unless names are given."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def parameters(self, group: str) -> Iterator[Parameter]:
        """The options as parameters of a command."""
        # Commands that do not search do without the query language.
        from searcher import SearchOptions

        for field in fields(SearchOptions):
            if self._names and field.name not in self._names:
                continue
            kind, described = get_args(field.type)
            short = _SHORT.get(field.name, ())
            if field.default is True:
                option = Option(described.off, f"--no-{field.name}", value=False)
            else:
                option = Option(described.help, *short, metavar=described.unit or None)
            kinds = get_args(kind)
            # A date is typed as text.
            kind = str | None if str in kinds else kind
            yield Parameter(field.name, kind, option, field.default, group)


class OfOutput(Group):
    """In which form an answer is shown: ``json``, ``csv``, ``color`` and ``no_pager``."""

    def __init__(self, *, tables: bool = True, pager: bool = True) -> None:
        names = ["json", "csv", "color", "no_pager"]
        if not tables:
            names.remove("csv")
        if not pager:
            names.remove("no_pager")
        self._names = names

    def parameters(self, group: str) -> Iterator[Parameter]:
        """The options as parameters of a command."""
        hints = {"json": Json, "csv": Csv, "color": Color, "no_pager": NoPager}
        for name in self._names:
            kind, declaration = get_args(hints[name])
            default = "auto" if name == "color" else False
            yield Parameter(name, kind, declaration, default, group)


_SHORT = {"limit": ("-n",)}


class Parameter(NamedTuple):
    """A parameter of a command.

    Attributes:
        name: what the function calls it; in a group, what the search calls it.
        kind: the type of its value.
        declaration: how it is given on a command line.
        default: `REQUIRED` if it must be given.
        group: the parameter of the function that is a mapping with this one in it, or "".
    """

    name: str
    kind: Any
    declaration: Argument | Option
    default: Any
    group: str = ""


REQUIRED: Any = object()

Hyperlink = Annotated[
    Literal["auto", "always", "never"],
    Option("Make paths links to the files; auto: on a terminal that is known to know links."),
]
Color = Annotated[
    Literal["auto", "always", "never"],
    Option("Colour the output; auto: on a terminal, unless NO_COLOR is set."),
]
NoPager = Annotated[bool, Option("Never show the output through $PAGER.")]
Json = Annotated[bool, Option("Print one JSON object.", "--json")]
Csv = Annotated[bool, Option("Print a table of comma-separated values.", "--csv")]
IndexFolder = Annotated[
    str,
    Option(
        "The index folder, or opensearch://host:9200/name.  [default: $SEARCHER_INDEX or index]",
        metavar="DIR",
    ),
]
Fields = Annotated[
    str,
    Option(
        "How files with many articles name the fields: title=headline,body=content.",
        metavar="NAMES",
    ),
]
Search = Annotated[dict[str, Any], OfSearch()]
Filters = Annotated[
    dict[str, Any],
    OfSearch("since", "until", "category", "author", "source", "any", "aliases"),
]
"""Of what explores all matches: there is no page of them."""
Output = Annotated[dict[str, Any], OfOutput()]
OutputWithoutTable = Annotated[dict[str, Any], OfOutput(tables=False)]


def field_names(text: str) -> dict[str, str] | None:
    """What ``--fields`` says: our name of a field to the name in the file; None for no text.

    Raises QueryError.
    """
    if not text:
        return None
    names: dict[str, str] = {}
    for pair in text.split(","):
        ours, equals, theirs = pair.strip().partition("=")
        if not (ours and equals and theirs):
            raise QueryError(
                tr("--fields is given as title=headline,body=content, not {text}", text=repr(text))
            )
        names[ours.strip()] = theirs.strip()
    return names


def no_such_article(given: str) -> str:
    """What is said where no article has an id or a path."""
    return "searcher: " + tr(
        "no article has the id or path {given}; searcher search shows the ids", given=repr(given)
    )


def parameters(command: Callable[..., int]) -> Iterator[Parameter]:
    """The parameters of a command, in the order of its signature."""
    defaults = command.__kwdefaults__ or {}
    for name, hint in command.__annotations__.items():
        if hasattr(hint, "__metadata__"):
            kind, declaration = get_args(hint)
            if isinstance(declaration, Group):
                yield from declaration.parameters(name)
            else:
                yield Parameter(name, kind, declaration, defaults.get(name, REQUIRED))
