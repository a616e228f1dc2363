"""``searcher segment``: the words of a text as the index sees them."""

import sys
from typing import Annotated

from searcher.cli import options
from searcher.cli.options import Argument
from searcher.cli.query_text import words
from searcher.cli.render import safe, write

EXAMPLES = """
Examples:
  searcher segment 克里姆林宫发言人
  echo 拜登和普京 | searcher segment -
  searcher segment 17.5万 --json | jq -r '.tokens[].text'
"""


def segment(
    *,
    text: Annotated[list[str], Argument("The text, or - for standard input.", "TEXT")],
    as_json: options.Json = False,
) -> int:
    """Show the words of a text as the index sees them.

    One word a line: where it starts, where it ends, and the word, with tabs between.
    """
    import searcher

    given = words(text)
    if given == "-":
        given = sys.stdin.buffer.read().decode(errors="replace")
    tokens = searcher.analyse(given)
    if as_json:
        from searcher.cli.records import write_record
        from searcher.records import FORMAT_VERSION

        write_record(
            {
                "format_version": FORMAT_VERSION,
                "text": given,
                "tokens": [{"text": t.text, "start": t.start, "end": t.end} for t in tokens],
            }
        )
    else:
        for token in tokens:
            write(f"{token.start}\t{token.end}\t{safe(token.text)}")
    return 0 if tokens else 1
