"""The date in the name of a file or of the folders that it is in."""

import re
from datetime import datetime, timezone

from searcher.ingest.timestamps import in_digits

_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_FORMS = (
    # 2021-12-05-title  2021_12_5  2021.12.05
    re.compile(rf"{_YEAR}([-_. ])(\d\d?)\2(\d\d?)(?!\d)"),
    # 2021年12月5日, also with folders between
    re.compile(rf"{_YEAR}年/?(\d\d?)月/?(\d\d?)(?!\d)"),
    # 20211205  20211205093000  202112/05  2021/1205
    re.compile(rf"{_YEAR}/?{_MONTH}/?{_DAY}(?:\d\d\d\d(?:\d\d)?)?(?!\d)"),
    # 2021/12/5/title  2021/12/05-title  2021-12/05  2021/12-05
    re.compile(rf"{_YEAR}[/-](\d\d?)[/-](\d\d(?!\d)|\d(?=/|$))"),
)


def date_of_path(path: str) -> datetime | None:
    """Find the date in a path, the one nearest to its end, as midnight in UTC.

    >>> date_of_path("_posts/2021-12-05-jiang-zhun.md").isoformat()
    '2021-12-05T00:00:00+00:00'
    """
    best: datetime | None = None
    best_end = -1
    stem = re.sub(r"\.[A-Za-z]{1,8}$", "", path)
    if "年" in stem:
        stem = in_digits(stem)
    for form in _FORMS:
        for match in form.finditer(stem):
            year, *between, month, day = match.groups()
            del between
            try:
                date = datetime(int(year), int(month), int(day), tzinfo=timezone.utc)
            except ValueError:
                continue
            if match.end() > best_end:
                best, best_end = date, match.end()
    return best
