"""Man pages, made from the same declarations as help pages (man(7)).

``searcher --man search | man -l -`` shows one; ``python -m searcher.cli.man FOLDER`` writes all of
them, each in the languages that there are: ``man1/searcher-search.1``, ``zh_CN/man1/…``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from searcher import __version__
from searcher.cli.commands import COMMANDS, GROUP
from searcher.cli.help import HelpPage, examples_heading, page_of
from searcher.cli.language import tr, use
from searcher.cli.render import write
from searcher.translation import ENGLISH, LANGUAGES

SECTION = "1"

_BETWEEN_HAN = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef])(?=[\u4e00-\u9fff])")
"""Where a line may end before a Han character; none begins with punctuation."""

EXIT_CODES = (
    ("0", "found, or done"),
    ("1", "nothing found"),
    ("2", "an error"),
    ("130", "interrupted"),
)
VARIABLES = (
    ("SEARCHER_INDEX", "the index folder"),
    ("SEARCHER_CORPUS", "the folder of articles"),
    ("LANGUAGE, LC_ALL, LC_MESSAGES, LANG", "the language of messages and help"),
    ("VISUAL, EDITOR, BROWSER", "what searcher open starts"),
    ("PAGER, NO_COLOR, COLUMNS", "how output is shown on a terminal"),
)


def show_man(names: Sequence[str]) -> int:
    """Print the man page of the program, or of the command with these names.

    Raises UsageError where there is no such command.
    """
    for line in man_lines(page_of(names)):
        write(line)
    return 0


def page_names() -> Iterator[list[str]]:
    """The names of all pages: the program, its commands, and those of the group."""
    from searcher.cli import evaluate

    yield []
    yield from ([name] for name in COMMANDS)
    yield from ([GROUP, each.__name__] for each in evaluate.COMMANDS)


def man_lines(page: HelpPage) -> Iterator[str]:
    """A page in the language of man(7)."""
    title = page.name.replace(" ", "-")
    yield f'.TH "{_escaped(title.upper())}" "{SECTION}" "" "searcher {__version__}" ""'
    yield f".SH {tr('NAME')}"
    yield f"{_escaped(title)} \\- {_escaped(page.description[0].rstrip('.。'))}"
    yield f".SH {tr('SYNOPSIS')}"
    yield f".B {_escaped(page.name)}"
    yield _escaped(page.usage)
    yield f".SH {tr('DESCRIPTION')}"
    for number, paragraph in enumerate(page.description):
        if number:
            yield ".PP"
        yield _breakable(paragraph)
    for part in page.parts:
        yield f".SH {_escaped(part.title.upper())}"
        for name, text in part.rows:
            yield ".TP"
            yield f".B {_escaped(name)}"
            yield _breakable(text)
    yield from _notes(page.notes)
    yield from _list(tr("EXIT STATUS"), EXIT_CODES)
    yield from _list(tr("ENVIRONMENT"), VARIABLES)


def _notes(notes: str) -> Iterator[str]:
    heading = tr("NOTES")
    for part in filter(None, notes.split("\n\n")):
        lines = part.splitlines()
        if lines[0] == examples_heading():
            heading = tr("EXAMPLES")
            lines = lines[1:]
        if heading:
            yield f".SH {heading}"
            heading = ""
        else:
            yield ".PP"
        if len(lines) == 1:
            yield _breakable(lines[0])
        else:
            yield ".nf"
            yield from map(_escaped, lines)
            yield ".fi"


def _list(title: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    for name, text in rows:
        yield ".TP"
        yield f".B {_escaped(name)}"
        yield _escaped(tr(text))


def _escaped(text: str) -> str:
    r"""A line of text that roff shows as it is.

    >>> _escaped(".x --json 'a'")
    '\\&.x \\-\\-json \\(aqa\\(aq'
    """
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    return f"\\&{text}" if text.startswith(".") else text


def _breakable(text: str) -> str:
    """A paragraph that may be broken between Han characters, too."""
    return _BETWEEN_HAN.sub("\\\\:", _escaped(text))


def write_pages(folder: Path) -> int:
    """Write all pages below a folder, in every language; how many."""
    written = 0
    for language in LANGUAGES:
        use(language)
        place = folder / ("" if language == ENGLISH else language) / f"man{SECTION}"
        place.mkdir(parents=True, exist_ok=True)
        for names in page_names():
            name = "-".join(["searcher", *names])
            text = "".join(f"{line}\n" for line in man_lines(page_of(names)))
            (place / f"{name}.{SECTION}").write_text(text, encoding="utf-8")
            written += 1
    use(ENGLISH)
    return written


if __name__ == "__main__":
    write(f"{write_pages(Path(sys.argv[1]))} pages in {sys.argv[1]}")
