"""The commands as a Typer application, which completes command lines for shells.

Help pages are made by ``help.py``, and the arguments of a command are read by ``reader.py``.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from searcher.cli import evaluate
from searcher.cli.help import summary
from searcher.cli.language import FLAG, tr
from searcher.cli.options import REQUIRED, Argument, Option, parameters
from searcher.cli.reader import read
from searcher.cli.usage import UsageError


def app(commands: Iterable[Callable[..., int]]) -> typer.Typer:
    """Build the application: these commands, and the group ``eval``."""
    application = typer.Typer(
        name="searcher",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_top)
    for function in commands:
        add_command(application, function)
    group = typer.Typer(help=tr(evaluate.HELP), rich_markup_mode=None)
    for function in evaluate.COMMANDS:
        add_command(group, function)
    application.add_typer(group, name="eval")
    return application


def add_command(group: typer.Typer, function: Callable[..., int]) -> None:
    """Make ``function`` a command of a group, under its own name."""
    group.command(function.__name__, cls=_class_for(function), short_help=summary(function))(
        _with_language(signature(function))
    )


def _with_language(declared: Callable[..., None]) -> Callable[..., None]:
    """The same with ``--lang``, which every command takes and none is told of."""
    hint = Annotated[Literal["en", "zh_CN", "zh_TW"], typer.Option(FLAG)]
    own = inspect.signature(declared)
    kind = inspect.Parameter.KEYWORD_ONLY
    language = inspect.Parameter("lang", kind, default="en", annotation=hint)
    declared.__annotations__["lang"] = hint
    declared.__signature__ = own.replace(  # type: ignore[attr-defined]  # Typer reads it
        parameters=[*own.parameters.values(), language]
    )
    return declared


def _class_for(function: Callable[..., int]) -> type[TyperCommand]:
    """A Typer command whose arguments our own reader reads."""

    class Command(TyperCommand):
        values: dict[str, Any]

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            # So does completion, which has to do with half a command line.
            if ctx.resilient_parsing:
                return super().parse_args(ctx, args)
            try:
                values = read(function, args)
            except UsageError as error:
                ctx.fail(str(error))
            if values is None:
                return super().parse_args(ctx, ["--help"])
            self.values = values
            return []

        def invoke(self, ctx: Any) -> Any:  # noqa: ARG002 - as Typer calls it
            raise typer.Exit(function(**self.values))

    return Command


def signature(function: Callable[..., int]) -> Callable[..., None]:
    """A function with the parameters of a command in Typer's own words; it is never called."""

    def never() -> None:
        raise NotImplementedError

    declared = []
    for name, kind, declaration, default, _ in parameters(function):
        hint: Any = Annotated[kind, _in_typer(name, kind, declaration)]
        if default is True:  # a flag that turns off is off itself
            name, default = f"no_{name}", False
        default = inspect.Parameter.empty if default is REQUIRED else default
        declared.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint
            )
        )
    never.__annotations__ = {parameter.name: parameter.annotation for parameter in declared}
    never.__signature__ = inspect.Signature(declared)  # type: ignore[attr-defined]  # Typer reads it
    return never


def _in_typer(name: str, kind: Any, declaration: Argument | Option) -> Any:
    if isinstance(declaration, Argument):
        return typer.Argument(
            help=tr(declaration.help), metavar=declaration.metavar, show_default=False
        )
    return typer.Option(
        *declaration.flags(name),
        help=tr(declaration.help),
        metavar=declaration.metavar,
        min=declaration.least,
        show_default=kind not in (str, bool),
    )


def _top(
    version: Annotated[bool, typer.Option("--version")] = False,
    short: Annotated[bool, typer.Option("-V")] = False,
    man: Annotated[bool, typer.Option("--man")] = False,
    lang: Annotated[str, typer.Option(FLAG)] = "",
) -> None:
    """Options before the name of a command, for completion."""
