"""A server as a process of its own: it starts, answers, and stops when it is told to."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.request import urlopen

import pytest
from console import COMMAND, environment, run
from library import article, build

from searcher import ServeError
from searcher.web.server import check_packages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    build(folder, [article(0, "火星车")])
    return folder


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server, and its URL."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options],
        cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("serving on http"), line
        yield process, line.split()[2].rstrip(";")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_a_signal_comes(folder: Path, number: signal.Signals) -> None:
    with started(folder, "--workers", "2") as (process, url):
        with urlopen(f"{url}api/v1/search?q=%E7%81%AB%E6%98%9F", timeout=30) as answer:
            assert json.load(answer)["total"] == 1
            assert "server" not in answer.headers
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert errors == ""


def test_it_stops_while_a_client_is_slow(folder: Path) -> None:
    with started(folder) as (process, url):
        port = int(url.rsplit(":", 1)[1].strip("/"))
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
            with urlopen(f"{url}api/v1/healthz", timeout=30) as answer:
                assert answer.status == 200
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "news.example.org"])
def test_others_may_ask_only_when_that_is_said(folder: Path, host: str) -> None:
    answer = run("serve", "--host", host, cwd=folder, expect=2)
    assert "--token" in answer.err
    assert "--allow-anyone" in answer.err


def test_a_port_in_use_is_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        answer = run("serve", "--port", port, cwd=folder, expect=2)
    assert "choose another with --port" in answer.err
    assert "--port" in run("serve", "--port", "99999", cwd=folder, expect=2).err


def test_there_must_be_an_index(tmp_path: Path) -> None:
    answer = run("serve", cwd=tmp_path, expect=2)
    assert "run: searcher index" in answer.err


def test_missing_packages_are_named() -> None:
    missing = patch.dict(sys.modules, {"uvicorn": None})
    named = pytest.raises(ServeError, match=r"pip install 'chinese-news-search\[web\]'")
    with missing, named:
        check_packages()
