"""Hits as a list for other programs: files that open from here, or lines by a template."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from searcher.cli.article_files import ArticleFiles, from_here
from searcher.cli.language import plural, tr
from searcher.cli.records import speak_utf8
from searcher.cli.render import Page, counted, say, write
from searcher.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from searcher import Hit, Index, Results
    from searcher.cli.templates import Template


def list_files(index: Index, results: Results, *, absolute: bool, null: bool) -> None:
    """Print the files of the hits that match as asked, each once."""
    list_files_of(index, (hit for hit in results if not hit.relaxed), absolute=absolute, null=null)
    if results.relaxed:
        articles = counted(results.relaxed, "article")
        say(tr("left out: {articles} with only some of the words", articles=articles))


def list_files_of(
    index: Index, hits: Iterable[Hit], *, absolute: bool = False, null: bool = False
) -> None:
    """Print the files of hits, each once; those that came from no file are counted."""
    files = ArticleFiles(index)
    page = Page("never", pager=False)
    shown: set[str] = set()
    without = 0
    for hit in hits:
        file = files.absolute(hit.path)
        without += not file
        if file and file not in shown:
            shown.add(file)
            page.path(file if absolute else from_here(file), null=null)
    if without:
        form = plural(
            "left out: {articles} that is in no file; searcher show ID shows it",
            "left out: {articles} that are in no file; searcher show ID shows one",
            without,
        )
        say(filled(form, {"articles": counted(without, "article")}))


def list_filled(index: Index, results: Results, template: Template, *, null: bool) -> None:
    """Print a template for each hit."""
    speak_utf8()
    files = ArticleFiles(index)
    for hit in results:
        line = template.filled(hit, files)
        if null:
            sys.stdout.flush()
            sys.stdout.buffer.write(os.fsencode(line) + b"\0")
        else:
            write(line)
