"""A server on the sample corpus, and a real browser that looks at it.

Run by ``make test-web``, which installs the browser where apt is there.
"""

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from console import COMMAND, environment
from library import CORPUS, article
from playwright.sync_api import Browser, BrowserContext, Download, Page, Playwright, sync_playwright
from web_client import ARTICLES

from searcher import build_index

NAMES = ("chromium", "chromium-browser", "google-chrome")
SHOTS = Path(os.environ.get("SEARCHER_SHOTS") or f"{tempfile.gettempdir()}/searcher-pages")
"""Where the pictures of the pages are kept."""

COPIED = CORPUS / "2021" / "biden-putin-video-call.md"


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """The browser of the system; none is downloaded."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    # Its sandbox does not work for root, as whom containers run.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = driver.chromium.launch(executable_path=path, args=options)
    yield browser
    browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of ``folder``/index, a process of its own."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("serving on http"), line
        yield line.split()[2].rstrip(";").rstrip("/")
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert errors == ""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample corpus and a near-duplicate of one of its articles."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(CORPUS, folder / "corpus")
    text = COPIED.read_text(encoding="utf-8").replace("远望通讯", "海峡晨报")
    (folder / "corpus" / "copy.md").write_text(text, encoding="utf-8")
    build_index(folder / "corpus", folder / "index")
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Articles that try to run scripts, to lead elsewhere and to break the layout."""
    folder = tmp_path_factory.mktemp("hostile")
    names = [article(100 + n, f"火星 普京 {n}", "火星 普京 拜登", source="<b>") for n in range(3)]
    build_index([*ARTICLES, *names], folder / "index", jobs=1)
    with served(folder) as address:
        yield address


class Visit:
    """Pages opened in a browser, and what must not happen on them."""

    def __init__(
        self, browser: Browser, address: str, expected: str | None = None, **options: Any
    ) -> None:
        self.expected = expected
        options.setdefault("locale", "en-GB")
        self.context: BrowserContext = browser.new_context(base_url=address, **options)
        self.address = address
        self.wrong: list[str] = []
        self.context.on("request", self._check_request)
        self.context.on("console", self._check_console)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.context.on("dialog", self._check_dialog)
        self.page: Page = self.context.new_page()

    def _check_request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "blob:" + self.address, "data:image")):
            self.wrong.append(f"asked {request.url}")

    def _check_console(self, message: Any) -> None:
        is_expected = self.expected is not None and self.expected in message.text
        if message.type in ("error", "warning") and not is_expected:
            self.wrong.append(f"console: {message.text}")

    def _check_dialog(self, dialog: Any) -> None:
        self.wrong.append(f"a script ran: {dialog.message}")
        dialog.dismiss()

    def end(self) -> None:
        """Close all; nothing may have gone wrong."""
        self.context.close()
        assert self.wrong == []


@contextmanager
def visit(
    browser: Browser, address: str, expected: str | None = None, **options: Any
) -> Iterator[Page]:
    """A page in a context of its own.

    Whatever is on the console, unless ``expected`` is in it, or asked elsewhere, fails.
    """
    opened = Visit(browser, address, expected, **options)
    opened.page.set_default_timeout(10_000)
    yield opened.page
    opened.end()


def asked(page: Page) -> dict[str, str]:
    """The values of the address of a page."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)


def rows_of(download: Download) -> list[list[str]]:
    """The rows of a CSV file that the browser has kept."""
    text = download.path().read_text(encoding="utf-8-sig")
    return [*csv.reader(text.splitlines())]
