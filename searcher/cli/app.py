"""The same commands as a Typer application: help, completion, and what is wrong with a command."""

import inspect
from collections.abc import Callable
from importlib import import_module
from inspect import Parameter
from typing import Annotated, Any

import typer

from searcher.cli import COMMANDS, command, version
from searcher.cli.options import Argument, Option, declarations

_HELP = """Search a folder of Chinese news.

`searcher index` reads the articles, `searcher search` finds them."""

_EXAMPLES = """
Examples:
  searcher index
  searcher search 拜登 普京
  searcher search --help
"""


def app() -> typer.Typer:
    """Build the application with all its commands."""
    application = typer.Typer(
        name="searcher",
        help=_HELP,
        epilog=as_written(_EXAMPLES),
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_top)
    for name in COMMANDS:
        function = command(name)
        help_page = inspect.getdoc(function) or ""
        application.command(
            name,
            help=help_page,
            short_help=help_page.partition("\n")[0],
            epilog=as_written(import_module(function.__module__).EXAMPLES),
        )(declared(function))
    # This one is a group of commands, and is made of what is defined below.
    from searcher.cli import evaluate

    application.add_typer(evaluate.app, name="eval")
    return application


def declared(function: Callable[..., int]) -> Callable[..., None]:
    """``function`` with its declarations in Typer's own words."""

    def run(**values: Any) -> None:
        raise typer.Exit(function(**values))

    defaults = function.__kwdefaults__ or {}
    run.__annotations__ = {
        name: Annotated[kind, _in_typer(name, kind, declaration)]
        for name, kind, declaration, _ in declarations(function)
    }
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # Typer reads it
        [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
            for name, hint in run.__annotations__.items()
            for default in [defaults.get(name, Parameter.empty)]
        ]
    )
    return run


def as_written(text: str) -> str:
    """``text`` for a help page, with a sign before each paragraph that keeps its lines apart."""
    return "\n\n".join(f"\b\n{part.strip()}" for part in text.split("\n\n"))


def _in_typer(name: str, kind: Any, declaration: Argument | Option) -> Any:
    if isinstance(declaration, Argument):
        return typer.Argument(
            help=declaration.help, metavar=declaration.metavar, show_default=False
        )
    return typer.Option(
        *declaration.flags(name),
        help=declaration.help,
        metavar=declaration.metavar,
        min=declaration.least,
        show_default=kind is not str,
    )


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version())
        raise typer.Exit


def _top(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass
