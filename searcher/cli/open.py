"""``searcher open``: an article in the editor, or its page in the browser."""

import os
from typing import Annotated

from searcher import ArticleError
from searcher.cli import options
from searcher.cli.article_files import ArticleFiles, find_article
from searcher.cli.folders import open_index
from searcher.cli.hyperlinks import is_web_address
from searcher.cli.language import tr
from searcher.cli.options import Argument, Option
from searcher.cli.render import say

EXAMPLES = """
The editor is that of $VISUAL, else that of $EDITOR. With --original, only addresses that begin with
http:// or https:// are opened.

Examples:
  searcher open xpge                   # the start of an id will do
  searcher open 2021/biden-putin-video-call.md
  searcher open 2021/yunnan-elephants.md --original
"""

EDITORS = ("sensible-editor", "nano", "vi", "notepad")
"""Tried in this order where no variable names one."""


def open(  # noqa: A001 - the command's name
    *,
    id: Annotated[str, Argument("The id or the path of an article, or its file.", "ID")],  # noqa: A002 - an option's name
    original: Annotated[bool, Option("Open the address of the article in the browser.")] = False,
    index: options.IndexFolder = "",
) -> int:
    """Open an article in the editor, or its page in the browser."""
    with open_index(index) as opened:
        article = find_article(opened, id)
        file = ArticleFiles(opened).absolute(article.path) if article else ""
    if article is None:
        say(options.no_such_article(id))
        return 1
    if original:
        return _open_page(article.url)
    if not file:
        raise ArticleError(
            tr("this article is in no file; to read it: searcher show {id}", id=article.id)
        )
    if not os.path.isfile(file):  # noqa: PTH113 - a path may have bytes that are no text
        raise ArticleError(
            tr(
                "the file {file} is not there any more; where its folder has moved: "
                "searcher sources move NAME FOLDER",
                file=file,
            )
        )
    return _run(_editor(), file)


def _open_page(url: str) -> int:
    import webbrowser

    if not url:
        raise ArticleError(tr("this article has no address; open it without --original"))
    if not is_web_address(url):
        raise ArticleError(
            tr("only http:// and https:// are opened, and the address is {url}", url=repr(url))
        )
    if not webbrowser.open(url):
        raise ArticleError(tr("there is no browser to open {url}; set $BROWSER", url=url))
    return 0


def _editor() -> str:
    import shutil

    for name in ("VISUAL", "EDITOR"):
        if editor := os.environ.get(name):
            return editor
    for editor in EDITORS:
        if shutil.which(editor):
            return editor
    raise ArticleError(tr("there is no editor; set $EDITOR to the one that you like"))


def _run(editor: str, file: str) -> int:
    import shlex
    import subprocess

    try:
        done = subprocess.run([*shlex.split(editor), file], check=False)  # noqa: S603 - the user's own choice
    except (OSError, ValueError) as error:
        raise ArticleError(
            tr("the editor {editor} cannot be started; set $EDITOR to another", editor=repr(editor))
        ) from error
    return 0 if done.returncode == 0 else 2
