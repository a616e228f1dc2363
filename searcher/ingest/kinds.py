"""What a file is by its name: an article, a file of many records, or not read."""

import re
from enum import Enum

from searcher.lazy_pattern import compile_late


class Kind(Enum):
    """How a file is read.

    Attributes:
        ARTICLE: the file is one article; see `searcher.ingest.reader.read_article`.
        RECORDS: the file holds many; see `searcher.ingest.records.read_records`.
    """

    ARTICLE = "article"
    RECORDS = "records"


PAGE_ENDINGS = (".html", ".htm", ".xhtml", ".shtml", ".shtm", ".xht")
ARTICLE_ENDINGS = (".md", ".markdown", ".mkd", ".mdown", ".txt", ".text", *PAGE_ENDINGS)
RECORD_ENDINGS = (
    ".jsonl", ".ndjson", ".json", ".xml", ".rss", ".atom", ".csv", ".tsv",
)  # fmt: skip

# Editors' backups and swap files, downloads that are not complete, and what systems put in folders.
_TEMPORARY = compile_late(
    r"\..*|.*~|#.*#|~\$.*|.*\.(?:swp|swo|swx|tmp|temp|bak|orig|rej|part|partial|crdownload|download)"
    r"|.*\.kate-swp|4913|thumbs\.db|desktop\.ini|icon\r|__macosx",
    re.IGNORECASE | re.DOTALL,
)
# page.html?id=12, as a program that saves whole sites names its files
_PAGE_WITH_QUERY = compile_late(
    r"\.(?:x?html?|shtml?|php|aspx?|jsp)[?&@].*", re.IGNORECASE | re.DOTALL
)
_ENDING = compile_late(r"\.[A-Za-z0-9_+-]{1,10}")
# Names without an ending that are of the folder, and no articles in it.
_NO_ARTICLES = frozenset(
    "authors changelog copying dockerfile gemfile licence license makefile notice readme".split()
)


def kind_of(name: str) -> Kind | None:
    """Say by its name how a file is read, None if it is not.

    Args:
        name: the name of the file, without its folder.

    >>> kind_of("page.html?id=12")
    <Kind.ARTICLE: 'article'>
    >>> kind_of("report.pdf") is None
    True
    """
    if is_hidden(name):
        return None
    ending = ending_of(name)
    if ending in RECORD_ENDINGS:
        return Kind.RECORDS
    if ending in ARTICLE_ENDINGS or (not ending and name.lower() not in _NO_ARTICLES):
        return Kind.ARTICLE
    return None


def is_hidden(name: str) -> bool:
    """Say whether a file is hidden or an editor's temporary one, which nobody expects to be read.

    >>> is_hidden(".a.md.swp"), is_hidden("a.md~"), is_hidden("a.pdf")
    (True, True, False)
    """
    return _TEMPORARY.fullmatch(name) is not None


def ending_of(name: str) -> str:
    """The ending of a name in lower case, ".md" or "", under which files not read are counted.

    What follows the last point counts as one if it is short and of ASCII letters and digits, and
    not a number: "央行.降准" and "index.html.1" have no ending.

    >>> ending_of("报告.PDF"), ending_of("page.html?id=12"), ending_of("央行.降准")
    ('.pdf', '.html', '')
    """
    page = _PAGE_WITH_QUERY.search(name)
    if page:
        return ".html"
    point = name.rfind(".")
    if point <= 0:
        return ""
    ending = name[point:].lower()
    if not _ENDING.fullmatch(ending) or ending[1:].isdigit():
        return ""
    return ending


def stem_of(name: str) -> str:
    """The name of a file without its ending.

    >>> stem_of("页.html?id=12"), stem_of("a.md"), stem_of("央行.降准")
    ('页', 'a', '央行.降准')
    """
    page = _PAGE_WITH_QUERY.search(name)
    if page:
        return name[: page.start()]
    return name[: len(name) - len(ending_of(name))]
