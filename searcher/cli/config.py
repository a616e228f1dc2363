"""``searcher config``: which settings hold, and where each comes from."""

import os
from collections.abc import Iterator

from searcher.cli import options, settings
from searcher.cli.folders import VARIABLES
from searcher.cli.language import tr
from searcher.cli.render import Page

EXAMPLES = """
Examples:
  searcher config
  searcher config --json | jq .settings
"""

DEFAULT = "default"
"""Where a value comes from that nobody has set."""

_DEFAULTS = {"index": "index", "sources": "those that the index has, or corpus"}


def config(*, as_json: options.Json = False) -> int:
    """Show which settings hold, and where each comes from.

    A value on the command line goes before SEARCHER_INDEX and SEARCHER_CORPUS, these before
    searcher.toml in the current folder, that before searcher.toml in the configuration folder of
    the user.
    """
    found = list(_settings())
    if as_json:
        from searcher.cli.records import write_record

        records = [{"key": key, "value": value, "from": origin} for key, value, origin in found]
        write_record({"files": settings.files(), "settings": records})
    else:
        page = Page("auto", pager=False)
        rows = [
            (key, f"{_shown(value, origin)}  ({_origin(origin)})") for key, value, origin in found
        ]
        page.show(page.table(rows))
    return 0


def _settings() -> Iterator[tuple[str, object, str]]:
    """Key, value and origin of each setting."""
    from searcher.cli.commands import COMMANDS, command

    for key in ("index", "sources", "lexicon"):
        variable = VARIABLES.get(key, "")
        said = settings.setting(key)
        if os.environ.get(variable):
            yield key, os.environ[variable], f"${variable}"
        elif said is not None:
            yield key, said.value, said.file
        elif key in _DEFAULTS:
            yield key, _DEFAULTS[key], DEFAULT
    for ours, theirs in settings.fields().items():
        yield f"fields.{ours}", theirs.value, theirs.file
    for name in COMMANDS:
        for option, value in settings.defaults(command(name)).items():
            yield f"options.{name}.{option}", value.value, value.file
    settings.check_commands(COMMANDS)


def _shown(value: object, origin: str) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    is_ours = origin == DEFAULT and text == _DEFAULTS["sources"]
    return tr("those that the index has, or corpus") if is_ours else text


def _origin(origin: str) -> str:
    return tr("default") if origin == DEFAULT else origin
