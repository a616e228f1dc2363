"""What ``searcher.toml`` says: in the current folder, and in the user's configuration folder.

A value on the command line goes before the environment, that before the file in the current
folder, that before the user's file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from searcher import ConfigError
from searcher.cli.language import tr
from searcher.cli.options import Option, Parameter, parameters
from searcher.user_folders import config_folder

FILE = "searcher.toml"
MAX_BYTES = 1 << 20

KEYS = ("index", "sources", "lexicon", "fields", "options", "opensearch")
"""The keys of the file; ``fields``, ``options`` and ``opensearch`` are tables."""

CLUSTER = {
    name: f"SEARCHER_OPENSEARCH_{name.upper()}" for name in ("user", "password", "token", "ca")
}
"""The keys of ``opensearch``, which stand for environment variables that are not set."""


class Setting(NamedTuple):
    """A value, and the file that says so."""

    value: Any
    file: str


def files() -> list[str]:
    """The files that there are, the one that counts most first."""
    candidates = [FILE, os.path.join(config_folder(), FILE)]  # noqa: PTH118 - a search needs no pathlib
    return [file for file in candidates if os.path.isfile(file)]  # noqa: PTH113 - as below


def setting(key: str) -> Setting | None:
    """What the files say of ``index``, ``sources`` or ``lexicon``; None where they do not.

    Raises ConfigError.
    """
    for file in files():
        value = _load(file).get(key)
        if value is not None:
            return Setting(value, file)
    return None


def fields() -> dict[str, Setting]:
    """How files with many articles name the fields, by our names. Raises ConfigError."""
    found: dict[str, Setting] = {}
    for file in reversed(files()):
        found |= {ours: Setting(name, file) for ours, name in _load(file)["fields"].items()}
    return found


def set_cluster_variables() -> None:
    """Set the environment variables of a cluster to what the files say, where they are not set.

    So no password stands on a command line. Raises ConfigError.
    """
    for file in files():
        for name, value in _load(file)["opensearch"].items():
            os.environ.setdefault(CLUSTER[name], value)


def field_settings() -> dict[str, str] | None:
    """The names of :func:`fields` alone; None where there are none. Raises ConfigError."""
    return {ours: name.value for ours, name in fields().items()} or None


def defaults(command: Callable[..., int]) -> dict[str, Setting]:
    """The options of a command that the files have values for. Raises ConfigError."""
    found: dict[str, Setting] = {}
    name = command.__name__
    for file in reversed(files()):
        table = _load(file)["options"].get(name)
        if table is None:
            continue
        _check_table(table, f"options.{name}", file)
        known = {each.name: each for each in parameters(command)}
        for key, value in table.items():
            parameter = known.get(key.replace("-", "_"))
            where = f"options.{name}.{key}"
            if parameter is None or not isinstance(parameter.declaration, Option):
                raise _unknown(
                    where, tr("searcher {command} --help shows the options", command=name), file
                )
            _check_option(parameter, parameter.declaration, value, where, file)
            found[parameter.name] = Setting(value, file)
    return found


def check_commands(names: Iterable[str]) -> None:
    """Raise ConfigError where there are options for a command that there is not."""
    for file in files():
        for name in _load(file)["options"]:
            if name not in names:
                raise _unknown(
                    f"options.{name}", tr("there are {names}", names=", ".join(names)), file
                )


def _load(file: str) -> dict[str, Any]:
    """The contents of a file, with all that does not depend on a command checked."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        with open(file, "rb") as opened:  # noqa: PTH123 - as above
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(
                tr(
                    "{file} is larger than {limit} MB; make it shorter",
                    file=file,
                    limit=MAX_BYTES >> 20,
                )
            )
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(
            tr("{file} cannot be read as TOML: {error}", file=file, error=error)
        ) from error
    return dict(_checked(table, file))


def _checked(table: Mapping[str, Any], file: str) -> Iterator[tuple[str, Any]]:
    for key in table:
        if key not in KEYS:
            raise _unknown(key, tr("there are {names}", names=", ".join(KEYS)), file)
    folder = os.path.dirname(file)  # noqa: PTH120 - as above
    for key in ("index", "lexicon"):
        if key in table:
            _check_text(table[key], key, file)
            yield key, _path(folder, table[key])
    cluster = table.get("opensearch", {})
    _check_table(cluster, "opensearch", file)
    for name, value in cluster.items():
        if name not in CLUSTER:
            raise _unknown(f"opensearch.{name}", f"there are {', '.join(CLUSTER)}", file)
        _check_text(value, f"opensearch.{name}", file)
    ca = {"ca": _path(folder, cluster["ca"])} if "ca" in cluster else {}
    yield "opensearch", {**cluster, **ca}
    if "sources" in table:
        sources = table["sources"]
        if not isinstance(sources, list) or not sources:
            raise ConfigError(tr("{file}: sources must be a list of folders and files", file=file))
        for source in sources:
            _check_text(source, tr("each of sources"), file)
        yield "sources", [_path(folder, source) for source in sources]
    for key in ("fields", "options"):
        _check_table(table.get(key, {}), key, file)
        yield key, table.get(key, {})
    for ours, name in table.get("fields", {}).items():
        _check_text(name, f"fields.{ours}", file)


def _path(folder: str, path: str) -> str:
    """A path of a file, which is relative to its folder; the address of an index is none."""
    if "://" in path:
        return path
    return os.path.join(folder, os.path.expanduser(path))  # noqa: PTH118, PTH111 - strings, as settings have them


def _check_text(value: Any, key: str, file: str) -> None:
    if not isinstance(value, str) or not value:
        raise ConfigError(tr("{file}: {key} must be text in quotation marks", file=file, key=key))


def _check_table(value: Any, key: str, file: str) -> None:
    if not isinstance(value, dict):
        raise ConfigError(tr("{file}: {key} must be a table, as in [{key}]", file=file, key=key))


def _check_option(parameter: Parameter, option: Option, value: Any, key: str, file: str) -> None:
    """Raise ConfigError for a value that the command line would not take, either."""
    kinds = get_args(parameter.kind) or (parameter.kind,)
    if get_origin(parameter.kind) is list:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        wanted = tr("a list of texts")
    elif get_origin(parameter.kind) is Literal:
        fits, wanted = value in kinds, tr("one of {values}", values=", ".join(kinds))
    elif bool in kinds:
        fits, wanted = isinstance(value, bool), tr("true or false")
    elif str in kinds:
        fits, wanted = isinstance(value, str), tr("text in quotation marks")
    else:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        is_number = is_whole or (float in kinds and isinstance(value, float))
        fits = is_number and (option.least is None or value >= option.least)
        fits = fits and (option.most is None or value <= option.most)
        wanted = tr("a number") if float in kinds else tr("a whole number")
        if option.least is not None:
            wanted += ", " + tr("{least} or more", least=option.least)
        if option.most is not None:
            wanted += ", " + tr("{most} or less", most=option.most)
    if not fits:
        raise ConfigError(tr("{file}: {key} must be {wanted}", file=file, key=key, wanted=wanted))


def _unknown(key: str, known: str, file: str) -> ConfigError:
    return ConfigError(
        tr("{file}: there is no key {key}; {known}", file=file, key=repr(key), known=known)
    )
