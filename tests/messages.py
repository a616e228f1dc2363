"""All messages of the program, as its source has them, and the files with their translations.

``python tests/messages.py`` (``make messages``) brings `searcher/locale/*.po` up to date: new
messages are added without a translation, gone ones are left out. A test asks for the
translations.

Messages of the command line are what ``tr``, ``plural`` and ``counted`` are called with, and what
help pages are made of. Those of the library are the texts of its errors, notes and problems; the
values in them have names made from the expressions that stand there.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from searcher.query.periods import FORMS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "searcher"

LIBRARY = "library"

DYNAMIC = {
    "explore/facets.py": "FIELDS",
    "explore/names.py": "KINDS",
    "cli/explain.py": "WORDS",
    "cli/man.py": "EXIT_CODES VARIABLES",
}
"""Constants whose texts are messages of the command line, by their modules."""

NOT_RAISED = (
    *("listing", "reading and segmenting", "writing", "merging"),
    *("No such file or directory", "Permission denied", "No space left on device"),
    *("Is a directory", "Not a directory", "File exists", "File name too long"),
    *("Read-only file system", "Input/output error", "Too many open files"),
    *("links that lead out", "without an ending", " (with many articles: give the file itself)"),
)
"""What the system and the library say besides errors: reasons, progress, what was left out."""

NO_LIBRARY = ("cli", "web", "locale", "_native", "whoosh_index")
"""Folders without messages of the library: a server speaks English to programs, as Whoosh does.

What keeps a server from starting is said on the command line, though.
"""


class Message(NamedTuple):
    """A message: where it is first said, its context, itself, and its plural or ""."""

    place: str
    context: str
    one: str
    many: str


@cache
def all_messages() -> tuple[Message, ...]:
    """Every message once, in the order of the places."""
    found: dict[tuple[str, str], Message] = {}
    for message in (*_of_the_command_line(), *_of_help(), *_of_the_library()):
        found.setdefault((message.context, message.one), message)
    return tuple(found.values())


# The command line


def _of_the_command_line() -> Iterator[Message]:
    for path in sorted((PACKAGE / "cli").glob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from _of_call(place, node.func.id, node.args)
    for name, constants in DYNAMIC.items():
        module = import_module("searcher." + name.removesuffix(".py").replace("/", "."))
        for constant in constants.split():
            for value in getattr(module, constant):
                text = value if isinstance(value, str) else value[-1]
                yield Message(f"searcher/{name}", "", text, "")


def _of_call(place: str, function: str, arguments: list[ast.expr]) -> Iterator[Message]:
    texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
    match function, texts:
        case "tr", [str(message)]:
            yield Message(place, "", message, "")
        case "plural", [str(one), str(many)]:
            yield Message(place, "", one, many)
        case "counted", [*_, str(noun)]:
            yield Message(place, "", f"{{number}} {noun}", f"{{number}} {noun}s")


def _of_help() -> Iterator[Message]:
    from searcher.cli import evaluate
    from searcher.cli import help as pages
    from searcher.cli.commands import COMMANDS, command
    from searcher.cli.options import parameters

    place = "searcher/cli/help.py"
    for text in (*pages.english_paragraphs(pages.SUMMARY), *pages.note_messages(pages.EXAMPLES)):
        yield Message(place, "", text, "")
    yield Message("searcher/cli/evaluate.py", "", evaluate.HELP, "")
    for function in (*map(command, COMMANDS), *evaluate.COMMANDS):
        place = function.__module__.replace(".", "/") + ".py"
        texts = pages.english_paragraphs(function.__doc__ or "")
        texts += [each.declaration.help for each in parameters(function)]
        for text in (*texts, *pages.note_messages(pages.examples_of(function))):
            yield Message(place, "", text, "")


# The library


def _of_the_library() -> Iterator[Message]:
    errors = _error_classes()
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] not in NO_LIBRARY or parts == ("web", "server.py"):
            place = path.relative_to(ROOT).as_posix()
            tree = ast.parse(path.read_text("utf-8"))
            for text in Sentences(tree, errors).found():
                yield Message(place, LIBRARY, text, "")
    yield Message("searcher/query/periods.py", LIBRARY, FORMS, "")
    for text in NOT_RAISED:
        yield Message("searcher/write/report.py", LIBRARY, text, "")


def _error_classes() -> frozenset[str]:
    tree = ast.parse((PACKAGE / "errors.py").read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


PROSE = re.compile(r"[a-z]+,? [a-z]+|(?:^|: )[a-z]{3,} ")
"""What tells words from codes: two of them beside each other."""

TELLING = frozenset(
    {"Problem", "note", "NotADate", "reporting_no_memory", "Kind", "_problem", "Match", "Request"}
)
"""Functions and classes whose arguments are said to people."""


class Sentences:
    """What a module raises, notes or reports as a problem, with placeholders for values."""

    def __init__(self, tree: ast.Module, errors: frozenset[str]) -> None:
        self._tree = tree
        self._errors = errors
        self._nodes = [*_with_scopes(tree, tree)]
        self._functions = {
            node.name: node for node, _ in self._nodes if isinstance(node, ast.FunctionDef)
        }
        self._names: dict[ast.AST, dict[str, list[ast.expr]]] = {}
        self._constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self._seen: set[str] = set()

    def found(self) -> Iterator[str]:
        for node, scope in self._nodes:
            for expression in self._said_in(node):
                yield from self._texts(expression, self._assigned(scope))

    def _assigned(self, scope: ast.AST) -> dict[str, list[ast.expr]]:
        """What each name of a function is made of."""
        if scope not in self._names:
            self._names[scope] = _assigned(scope)
        return self._names[scope]

    def _said_in(self, node: ast.AST) -> Iterator[ast.expr]:
        """The expressions whose text is said to a person."""
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in self._errors:
                yield from arguments
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in TELLING:
                yield from arguments
            case ast.Call(func=ast.Attribute(attr="note"), args=arguments):
                yield from arguments
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=arguments
            ) if name.endswith(("problems", "notes")):
                yield from arguments
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in (
                *("message", "problem", "problems", "reason", "notes"),
                *("detail", "what", "SWAPPED"),
            ):
                yield value
            case ast.AugAssign(
                target=ast.Name(id=name) | ast.Attribute(attr=name), value=value
            ) if name.endswith(("problems", "notes")):
                yield value
            case ast.Assign(targets=[ast.Attribute(attr="notes")], value=ast.Tuple() as value):
                yield value
            case ast.Return(
                value=ast.Constant() | ast.JoinedStr() | ast.Tuple() | ast.IfExp() as value
            ):
                yield value

    def _texts(self, node: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
        match node:
            case ast.Constant(value=str(text)):
                if PROSE.search(text):
                    yield text
            case ast.JoinedStr():
                if text := self._template(node):
                    yield text
                for value in node.values:
                    # What is filled in may be said in words, too.
                    if isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.Name):
                        yield from self._texts(value.value, assigned)
            case ast.IfExp(body=body, orelse=other):
                yield from self._texts(body, assigned)
                yield from self._texts(other, assigned)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                yield from self._texts(left, assigned)
                yield from self._texts(right, assigned)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    yield from self._texts(part, assigned)
            case ast.Name(id=name) if name in self._constants:
                yield from self._texts(self._constants[name], assigned)
            case ast.Name(id=name) if name in assigned and name not in self._seen:
                self._seen.add(name)
                for value in assigned[name]:
                    yield from self._texts(value, assigned)
                self._seen.discard(name)
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                if name not in self._seen:
                    self._seen.add(name)
                    function = self._functions[name]
                    inner = self._assigned(function)
                    for each in ast.walk(function):
                        if isinstance(each, ast.Return) and each.value is not None:
                            yield from self._texts(each.value, inner)
                    self._seen.discard(name)

    def _template(self, node: ast.JoinedStr) -> str:
        names: dict[str, int] = {}
        parts = []
        own = ""
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
                own += str(value.value)
                continue
            assert isinstance(value, ast.FormattedValue)
            inner = value.value
            if isinstance(inner, ast.Name) and inner.id in self._constants:
                constant = self._constants[inner.id]
                if isinstance(constant, ast.Constant):
                    parts.append(format(constant.value, _spec(value)))
                    continue
                if isinstance(constant, ast.BinOp):
                    number = eval(compile(ast.Expression(constant), "", "eval"))
                    parts.append(format(number, _spec(value)))
                    continue
            name = _name(inner)
            names[name] = names.get(name, 0) + 1
            parts.append(f"{{{name}{names[name] if names[name] > 1 else ''}}}")
        # A template of values alone would fit any text.
        return "".join(parts) if PROSE.search(own) else ""


def _with_scopes(node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """All nodes below one, each with the function that it stands in, or the module."""
    for child in ast.iter_child_nodes(node):
        yield child, scope
        inner = child if isinstance(child, ast.FunctionDef) else scope
        yield from _with_scopes(child, inner)


def _spec(value: ast.FormattedValue) -> str:
    if not isinstance(value.format_spec, ast.JoinedStr):
        return ""
    return "".join(
        str(part.value) for part in value.format_spec.values if isinstance(part, ast.Constant)
    )


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _name(node: ast.expr) -> str:
    """A name for the value of an expression: the last name in it."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower() or "value"
        case ast.Call(func=function, args=[first, *_]):
            return _name(first) if not isinstance(first, ast.Constant) else _name(function)
        case ast.Call(func=ast.Attribute(value=value)):
            return _name(value)
        case ast.Call(func=function):
            return _name(function)
        case ast.Subscript(value=value):
            return _name(value)
        case ast.BinOp(left=left) | ast.BoolOp(values=[left, *_]):
            return _name(left)
        case ast.IfExp(body=body):
            return _name(body)
        case ast.GeneratorExp(elt=value) | ast.ListComp(elt=value) | ast.Starred(value=value):
            return _name(value)
    return "value"


# The files


HEADER = """msgid ""
msgstr ""
"Project-Id-Version: searcher\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


_BRACES = re.compile(r"[^{}]*(?:\{\w+\}[^{}]*)+")
"""A message with placeholders and no other braces."""


def written(language: str, texts: dict[tuple[str, str], str]) -> str:
    """A .po file with all messages and those translations that there are."""
    entries = [HEADER.format(language=language)]
    for message in all_messages():
        lines = [f"#: {message.place}"]
        if _BRACES.fullmatch(message.one):
            lines.append("#, python-brace-format")
        if message.context:
            lines.append(f"msgctxt {_quoted(message.context)}")
        lines.append(f"msgid {_quoted(message.one)}")
        text = _quoted(texts.get((message.context, message.one), ""))
        if message.many:
            lines += [f"msgid_plural {_quoted(message.many)}", f"msgstr[0] {text}"]
        else:
            lines.append(f"msgstr {text}")
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text}"'


def main() -> None:
    from searcher.translation import ENGLISH, LANGUAGES, parse_po

    for language in LANGUAGES:
        if language != ENGLISH:
            path = PACKAGE / "locale" / f"{language}.po"
            known = path.read_text("utf-8") if path.exists() else ""
            texts = {(each.context, each.one): each.text for each in parse_po(known)}
            path.write_text(written(language, texts), encoding="utf-8")
            missing = sum(not texts.get((m.context, m.one)) for m in all_messages())
            sys.stdout.write(f"{path.name}: {missing} without a translation\n")


if __name__ == "__main__":
    main()
