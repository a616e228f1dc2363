"""Nodes that are killed, restarted, full or slow: nothing is lost, no answer silently partial.

SEARCHER_KILLS says how many kills there are of each kind (1); the figures are printed with -s.
"""

import os
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from running import (
    PORT,
    Nodes,
    ask,
    name,
    needs_nodes,
    needs_three_nodes,
    nodes,
    own_cache,
)

from searcher import (
    Article,
    IndexUnavailableError,
    SearcherError,
    build_index,
    open_index,
    open_writer,
)

KILLS = int(os.environ.get("SEARCHER_KILLS", "1"))
RESTART_AFTER = 4.0

pytestmark = [needs_nodes, pytest.mark.usefixtures("own_cache")]

FIXTURES = (name, nodes, own_cache)
"""pytest finds them in this module."""


def articles(first: int, stop: int) -> Iterator[Article]:
    words = "普京 拜登 访华 会谈 新闻 经济 发展 北京 乌克兰 局势 能源 合作".split()
    for at in range(first, stop):
        chance = random.Random(at)
        body = "，".join("".join(chance.choices(words, k=4)) for _ in range(40))
        yield Article(
            id=f"k{at:06}", path=f"k/{at}.md", title=f"第{at}号 {words[at % 12]}", body=body
        )


@contextmanager
def one_killed(nodes: Nodes, after: float) -> Iterator[int]:
    """Kill a node after some seconds, and start it again a little later."""
    victim = random.choice(range(1, nodes.count + 1))

    def kill() -> None:
        time.sleep(after)
        nodes.kill(victim)
        time.sleep(RESTART_AFTER)
        nodes.start(victim)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield victim
    finally:
        thread.join()
        nodes.wait()


def told(text: str) -> None:
    sys.stdout.write(f"{text}\n")


@needs_three_nodes
@pytest.mark.parametrize("number", range(KILLS))
def test_no_confirmed_article_is_lost_while_indexing(nodes: Nodes, name: str, number: int) -> None:
    address = nodes.address(name)
    started = time.monotonic()
    with one_killed(nodes, 1.0 + 2 * random.random()) as victim:
        report = build_index(articles(0, 4000), address, jobs=1)
    with open_index(address) as index:
        missing = 4000 - len({article.id for article in index})
        told(f"kill of n{victim} while indexing: {missing} of 4000 missing, {report.seconds:.0f} s")
        assert (report.added, len(index), missing) == (4000, 4000, 0)
    assert time.monotonic() - started < 300


@needs_three_nodes
@pytest.mark.parametrize("number", range(KILLS))
def test_no_confirmed_change_is_lost_while_updating(nodes: Nodes, name: str, number: int) -> None:
    address = nodes.address(name)
    build_index(articles(0, 500), address, jobs=1)
    wanted = {f"k{at:06}" for at in range(500)}
    with one_killed(nodes, 0.5 + random.random()) as victim:
        for first in range(500, 1100, 100):
            with open_writer(address) as writer:
                writer.add(articles(first, first + 100))
                gone = [f"k{at:06}" for at in range(first - 400, first - 380)]
                writer.delete(gone)
            wanted |= {f"k{at:06}" for at in range(first, first + 100)}
            wanted -= {*gone}
    with open_index(address) as index:
        found = {article.id for article in index}
    told(f"kill of n{victim} while updating: {len(wanted ^ found)} of {len(wanted)} wrong")
    assert found == wanted


@needs_three_nodes
@pytest.mark.parametrize("number", range(KILLS))
def test_answers_are_whole_while_a_node_is_killed(nodes: Nodes, name: str, number: int) -> None:
    address = nodes.address(name)
    build_index(articles(0, 1500), address, jobs=1)
    queries = ["普京", "拜登 OR 访华", '"北京乌克兰"', "会谈 -能源", "title:经济", "第12号"]
    searches = refused = wrong = 0
    with open_index(address) as index:
        expected = [(index.search(q).total, [h.id for h in index.search(q)]) for q in queries]
        with one_killed(nodes, 1.0) as victim:
            until = time.monotonic() + 12
            for at in count():
                if time.monotonic() > until:
                    break
                searches += 1
                try:
                    found = index.search(queries[at % len(queries)])
                except SearcherError:
                    refused += 1
                else:
                    own = found.total, [hit.id for hit in found]
                    wrong += own != expected[at % len(queries)]
    told(
        f"kill of n{victim} while searching: {searches} searches, {refused} refused, {wrong} wrong"
    )
    assert (wrong, refused) == (0, 0)


@needs_three_nodes
@pytest.mark.parametrize("number", range(KILLS))
def test_pages_are_whole_while_a_node_is_killed(nodes: Nodes, name: str, number: int) -> None:
    address = nodes.address(name)
    build_index(articles(0, 1500), address, jobs=1)
    read = wrong = 0
    with open_index(address) as index, one_killed(nodes, 1.0) as victim:
        until = time.monotonic() + 12
        while time.monotonic() < until:
            read += 1
            try:
                wrong += len({article.id for article in index}) != 1500
            except SearcherError as error:
                told(f"paging was refused: {error}")
    told(f"kill of n{victim} while paging: {read} times 1500 articles, {wrong} times wrong")
    assert wrong == 0


@needs_three_nodes
def test_a_rolling_restart_is_not_noticed(nodes: Nodes, name: str) -> None:
    address = nodes.address(name)
    build_index(articles(0, 600), address, jobs=1)
    errors: list[str] = []
    searches = 0
    is_over = threading.Event()

    def search() -> None:
        nonlocal searches
        with open_index(address) as index:
            total = index.search("普京").total
            while not is_over.is_set():
                searches += 1
                try:
                    if index.search("普京").total != total:
                        errors.append("another total")
                except SearcherError as error:
                    errors.append(str(error))

    thread = threading.Thread(target=search)
    thread.start()
    try:
        for number in range(1, nodes.count + 1):
            nodes.stop(number)
            nodes.start(number)
            nodes.wait()
    finally:
        is_over.set()
        thread.join()
    told(f"rolling restart: {searches} searches, {len(errors)} errors")
    assert errors == []


def test_a_full_disk_stops_the_writer_and_loses_nothing(nodes: Nodes, name: str) -> None:
    address = nodes.address(name)
    build_index(articles(0, 300), address, jobs=1)
    # No disk has so much room, so the nodes block the index as they do on a full disk.
    watermark = "cluster.routing.allocation.disk.watermark."
    settings: dict[str, str | None] = {f"{watermark}{level}": "100000gb" for level in LEVELS}
    settings["cluster.info.update.interval"] = "10s"
    ask("PUT", "/_cluster/settings", {"transient": settings})
    try:
        until_blocked(address, name)
        with (
            pytest.raises(IndexUnavailableError, match="make room"),
            open_writer(address) as writer,
        ):
            writer.add(articles(300, 320))
        with open_index(address) as index:
            assert len(index) >= 300
    finally:
        reset = dict.fromkeys([*settings, "cluster.blocks.create_index"])
        ask("PUT", "/_cluster/settings", {"transient": reset})
        body = {"index.blocks.read_only_allow_delete": None}
        ask("PUT", f"/{name}.*/_settings", body)
    time.sleep(1)
    unlocked(lambda: open_writer(address).close(), 150)
    with open_writer(address) as writer:
        writer.add(articles(300, 320))
    with open_index(address) as index:
        assert len(index) == 320


LEVELS = ("low", "high", "flood_stage")


def until_blocked(address: str, name: str) -> None:
    """Wait until the nodes have seen how full the disk is."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = ask("GET", f"/{name}.build-*/_settings/index.blocks.read_only_allow_delete")
        if "true" in str(found):
            return
        time.sleep(1)
    raise AssertionError("the index was not blocked")


def unlocked(action: Callable[[], object], seconds: float) -> None:
    """Try again until a lock has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(SearcherError):
            action()
            return
        time.sleep(2)
    action()


class SlowProxy:
    """Passes bytes on to a node, and its answers only after some seconds."""

    def __init__(self, port: int, seconds: float) -> None:
        self.seconds, self._target = seconds, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for source, sink, slow in ((client, server, 0.0), (server, client, self.seconds)):
                arguments = source, sink, slow
                threading.Thread(target=self._pass, args=arguments, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, seconds: float) -> None:
        with source, sink:
            try:
                while data := source.recv(1 << 16):
                    time.sleep(seconds and self.seconds)
                    sink.sendall(data)
            except OSError:
                pass


def test_a_slow_node_is_left_for_another(
    nodes: Nodes, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build_index(articles(0, 100), nodes.address(name), jobs=1)
    proxy = SlowProxy(PORT, 0.001)
    monkeypatch.setenv("SEARCHER_OPENSEARCH_TIMEOUT", "2")
    try:
        address = f"opensearch://127.0.0.1:{proxy.port},127.0.0.1:{PORT}/{name}"
        with open_index(address) as index:
            total = index.search("普京").total
            proxy.seconds = 20.0
            times: list[float] = []
            for _ in range(4):
                started = time.monotonic()
                assert index.search("普京", offset=len(times)).total == total
                times.append(time.monotonic() - started)
        # At most one search waits for the slow node.
        assert sorted(times)[2] < 2 <= 2 + max(times)
    finally:
        proxy.close()
