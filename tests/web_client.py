"""A client of the web application, within this process, on a small index of hostile articles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from library import article, build
from starlette.testclient import TestClient

from searcher import Article
from searcher.web.app import make_app
from searcher.web.guard import Access
from searcher.web.pool import IndexPool

HOST = "http://127.0.0.1:8080"

HOSTILE = "<script>alert(1)</script>"
HANDLER = "\"><img src=x onerror='alert(2)'>"
TURNED = "正常\u202e倒写"

ARTICLES: list[Article] = [
    article(0, "火星车着陆", "探测器传回了照片。\n火星车开始工作。", source="晨报",
            categories=("科技",)),
    article(1, f"火星{HOSTILE}", f"火星 {HANDLER} {HOSTILE}", source=HANDLER, author=HOSTILE,
            categories=(HANDLER, HOSTILE), url="https://news.example.org/1?a=<b>&c=\"'"),
    article(2, f"火星{TURNED}", f"火星{TURNED}\x01\x9b", source=TURNED, url="javascript:alert(3)"),
    article(3, "火星" + "很长" * 50_000, "火星", url="https://"),
    article(4, "", "火星 无标题", date=None, url="data:text/html,<script>alert(4)</script>"),
    *(article(number, f"天气 {number}", "明天下雨，气温下降。") for number in range(5, 40)),
]  # fmt: skip


@contextmanager
def served(folder: Path, access: Access | None = None, **options: Any) -> Iterator[TestClient]:
    """A client of the index in ``folder``/index."""
    pool = IndexPool(folder / "index")
    try:
        app = make_app(pool, access or Access())
        yield TestClient(app, base_url=HOST, raise_server_exceptions=False, **options)
    finally:
        pool.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the hostile articles."""
    folder = tmp_path_factory.mktemp("web")
    build(folder, ARTICLES)
    with served(folder) as client:
        yield client
