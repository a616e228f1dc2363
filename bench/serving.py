"""``python -m bench.serving``: measure a server, its latencies, its load and its memory.

The server is a process of its own, asked over connections that stay open; the library answers the
same queries in this process for comparison. Written to is a copy of the index.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

from bench.measure import percentile
from searcher import Article, open_index, open_writer

QUERIES = (
    "普京", "拜登 普京", "中国", "冬奥会", "乌克兰 OR 俄罗斯", '"视频通话"', "疫情", "经济 增长",
    "航天员 出舱", "台风", "粮食 安全", "高铁*", "title:习近平", "足球 -女足",
)  # fmt: skip
PREFIXES = ("冬", "冬奥", "p", "puj", "zhongg", "乌克", "习近平 f", "jing", "人工", "x")
MIXED = (
    "/?q={}",
    "/api/v1/search?q={}",
    "/api/v1/search?q={}&sort=newest",
    "/api/v1/complete?prefix={}",
)
WARM_UP = 5_000
"""Requests before memory is looked at for the first time."""


@dataclass
class Load:
    """What many clients saw: the milliseconds of each request, and errors."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Connection:
    """An HTTP connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._host = f"127.0.0.1:{port}"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        body = await reader.readexactly(int(headers["content-length"]))
        return int(status.split()[1]), body

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()


@contextmanager
def served(folder: Path, workers: int = 1) -> Iterator[tuple[int, int, float]]:
    """The port of a server, its process id, and the seconds from its start to its first answer."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "searcher", "serve", "--index", str(folder), "--port", "0",
         "--workers", str(workers)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        port = int(line.split()[2].rstrip("/;").rpartition(":")[2])
        asyncio.run(one(port, f"/api/v1/search?q={quote(QUERIES[0])}"))
        yield port, process.pid, time.perf_counter() - started
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def one(port: int, path: str) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    connection = Connection(port)
    try:
        return await connection.get(path)
    finally:
        connection.close()


async def latencies(port: int, paths: Sequence[str], repeat: int) -> list[float]:
    """Milliseconds of requests, one after another."""
    connection = Connection(port)
    for path in paths:
        status, body = await connection.get(path)
        assert status == 200, body
    taken = []
    for path in islice(cycle(paths), len(paths) * repeat):
        started = time.perf_counter()
        await connection.get(path)
        taken.append(1000 * (time.perf_counter() - started))
    connection.close()
    return taken


def library_latencies(folder: Path, repeat: int) -> list[float]:
    """The same searches by the library."""
    with open_index(folder) as index:
        for query in QUERIES:
            index.search(query)
        taken = []
        for query in islice(cycle(QUERIES), len(QUERIES) * repeat):
            started = time.perf_counter()
            index.search(query)
            taken.append(1000 * (time.perf_counter() - started))
    return taken


async def put_under_load(port: int, connections: int, seconds: float) -> Load:
    """Ask from many connections at once for some seconds."""
    load = Load()
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        connection = Connection(port)
        asked = cycle([form.format(quote(q)) for q in QUERIES for form in MIXED])
        for path in islice(asked, number, None):
            if time.perf_counter() > end:
                break
            started = time.perf_counter()
            try:
                status, body = await connection.get(path)
            except (OSError, asyncio.IncompleteReadError) as error:
                load.errors.append(f"{path}: {error!r}")
                connection = Connection(port)
                continue
            load.milliseconds.append(1000 * (time.perf_counter() - started))
            if status != 200:
                load.errors.append(f"{path}: {status} {body[:200]!r}")
        connection.close()

    await asyncio.gather(*(client(number) for number in range(connections)))
    return load


async def load_while_writing(
    port: int, folder: Path, connections: int, seconds: float
) -> tuple[Load, int, list[int]]:
    """The same, while an article is added each second by another process; what was counted.

    Returns the load, how many articles were added, and the totals that were answered for them.
    """
    writing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.serving", "--write-to", str(folder), "--seconds", str(seconds),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    totals: list[int] = []

    async def watch() -> None:
        connection = Connection(port)
        while writing.returncode is None:
            _, body = await connection.get(f"/api/v1/search?q={quote(ADDED)}&limit=0")
            totals.append(json.loads(body)["total"])
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        _, body = await connection.get(f"/api/v1/search?q={quote(ADDED)}&limit=0")
        totals.append(json.loads(body)["total"])
        connection.close()

    watching = asyncio.create_task(watch())
    load = await put_under_load(port, connections, seconds)
    out, _ = await writing.communicate()
    await watching
    return load, int(out), totals


ADDED = '"新增文章编号"'


def write(folder: Path, seconds: float) -> int:
    """Add an article each second; returns how many."""
    end = time.monotonic() + seconds
    added = 0
    while time.monotonic() < end:
        with open_writer(folder) as writer:
            text = f"新增文章编号 {added}，普京与拜登通话。"
            writer.add(
                [Article(f"new{added}", f"new/{added}.md", text, text, datetime.now(timezone.utc))]
            )
        added += 1
        time.sleep(max(0.0, min(1.0, end - time.monotonic())))
    return added


def resident(pid: int) -> int:
    """The memory of a process, in bytes, without what it shares with the files of the index."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":\t", 1) for line in text.splitlines())
    return 1024 * int(fields["RssAnon"].split()[0])


async def ask_many(port: int, requests: int) -> None:
    """Ask mixed requests over a few connections."""
    paths = cycle([form.format(quote(q)) for q in QUERIES for form in MIXED])

    async def client(share: int) -> None:
        connection = Connection(port)
        for path in islice(paths, share):
            status, body = await connection.get(path)
            assert status == 200, body
        connection.close()

    await asyncio.gather(*(client(requests // 4) for _ in range(4)))


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"), help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=60, help="of load; default: %(default)s")
    parser.add_argument("--connections", type=int, default=32, help="default: %(default)s")
    parser.add_argument("--requests", type=int, default=100_000, help="default: %(default)s")
    parser.add_argument("--repeat", type=int, default=30, help="of each query")
    parser.add_argument("--write-to", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main() -> None:
    """Measure, and print one line for each figure."""
    chosen = options()
    if chosen.write_to:
        print(write(chosen.write_to, chosen.seconds))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "index"
        shutil.copytree(chosen.index, folder)
        measure(folder, chosen)


def measure(folder: Path, chosen: argparse.Namespace) -> None:
    """Print all figures of a server of an index, which is written to."""
    library = percentile(library_latencies(folder, chosen.repeat), 0.5)
    print(f"library, p50: {library:.2f} ms")
    with served(folder) as (port, _, seconds):
        print(f"start to the first answer: {seconds:.2f} s (at most 1.5)")
        for name, form, most in (("JSON", "/api/v1/search?q={}", 2), ("page", "/?q={}", 4)):
            paths = [form.format(quote(query)) for query in QUERIES]
            p50 = percentile(asyncio.run(latencies(port, paths, chosen.repeat)), 0.5)
            print(f"{name}, p50: {p50:.2f} ms, library + {p50 - library:.2f} (at most {most})")
        paths = [f"/api/v1/complete?prefix={quote(prefix)}" for prefix in PREFIXES]
        p95 = percentile(asyncio.run(latencies(port, paths, chosen.repeat)), 0.95)
        print(f"completion, p95: {p95:.2f} ms (at most 15)")
    if chosen.requests:
        with served(folder) as (port, pid, _):
            asyncio.run(ask_many(port, WARM_UP))
            before = resident(pid)
            asyncio.run(ask_many(port, chosen.requests))
            growth = 100 * (resident(pid) / before - 1)
            print(f"memory after {chosen.requests:,} requests: {growth:+.1f} % (at most 5)")
    if chosen.seconds:
        with served(folder) as (port, _, _):
            load, added, totals = asyncio.run(
                load_while_writing(port, folder, chosen.connections, chosen.seconds)
            )
        p50, p99 = (percentile(load.milliseconds, share) for share in (0.5, 0.99))
        print(
            f"load of {chosen.connections} connections for {chosen.seconds:g} s: "
            f"{len(load.milliseconds):,} requests, {len(load.errors)} errors, p50 {p50:.1f} ms, "
            f"p99 {p99:.1f} ms, {p99 / p50:.1f} times p50 (at most 20)"
        )
        is_monotonic = totals == sorted(totals) and totals[-1] == added
        print(f"{added} articles added meanwhile; all seen, in order: {is_monotonic}")
        for error in load.errors[:5]:
            print(error)


if __name__ == "__main__":
    main()
