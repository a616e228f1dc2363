"""``searcher serve``: a server with a search page, until Ctrl-C or SIGTERM."""

import os
from typing import Annotated

from searcher.cli import options
from searcher.cli.folders import index_folder, open_index
from searcher.cli.language import tr
from searcher.cli.options import Option
from searcher.cli.render import say

TOKEN_VARIABLE = "SEARCHER_TOKEN"  # noqa: S105 - its name, not its value

EXAMPLES = """
Examples:
  searcher serve                       # http://127.0.0.1:8080/, for this machine alone
  searcher serve --open                # in the browser, too
  SEARCHER_TOKEN=… searcher serve --host 0.0.0.0 --allow-host news.example.org
"""


def serve(
    *,
    index: options.IndexFolder = "",
    host: Annotated[str, Option("The address to listen on.", metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[
        int, Option("The port; 0 takes any that is free.", least=0, most=65535, metavar="N")
    ] = 8080,
    open: Annotated[bool, Option("Open the page in a browser.")] = False,  # noqa: A002 - the option's name
    token: Annotated[
        str,
        Option(
            "What clients have to show, as a bearer token or as a password.  "
            "[default: $SEARCHER_TOKEN]",
            metavar="TOKEN",
        ),
    ] = "",
    allow_anyone: Annotated[
        bool, Option("Let everybody read who reaches an address other than this machine.")
    ] = False,
    allow_host: Annotated[
        list[str],
        Option(
            "A further name under which the server is asked, as behind a proxy.", metavar="NAME"
        ),
    ] = [],  # noqa: B006 - never changed
    workers: Annotated[int, Option("Searches that run at once.", least=1, metavar="N")] = 1,
) -> int:
    """Serve a page to search on, and an interface for programs.

    Listens on this machine alone unless told otherwise. Answers come from the newest commit of the
    index, which other commands may change meanwhile. Ends by Ctrl-C or SIGTERM.
    """
    from searcher.web.server import check_packages
    from searcher.web.server import serve as run

    check_packages()
    # What is wrong with the index is said as by the other commands.
    open_index(index).close()

    def ready(url: str) -> None:
        say(tr("serving on {url}; Ctrl-C ends it", url=url))
        if open:
            import webbrowser

            webbrowser.open(url)

    run(
        index_folder(index),
        host=host,
        port=port,
        token=token or os.environ.get(TOKEN_VARIABLE, ""),
        allow_anyone=allow_anyone,
        allowed_hosts=allow_host,
        workers=workers,
        ready=ready,
    )
    return 0
