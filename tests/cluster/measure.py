"""What an index on a cluster costs: bytes, processor time of clients and nodes, requests.

    python tests/cluster/measure.py index FOLDER ADDRESS PIDS [PROCESSES]
    python tests/cluster/measure.py search ADDRESS PIDS QUERIES.txt [NUMBER]
    python tests/cluster/measure.py shards FOLDER ADDRESS PIDS QUERIES.txt SHARDS,SHARDS... [NUMBER]

PIDS are those of the nodes on this machine, joined by commas.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from searcher import build_index, open_index, read_articles  # noqa: E402 - the path is set first


def node_seconds(pids: str) -> float:
    """Processor time of some processes so far."""
    total = 0
    for pid in pids.split(","):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def build(folder: str, address: str, number: int, of: int) -> tuple[int, float]:
    """Build a part, or all; how many articles, and the processor time that it took."""
    started = time.process_time()
    part = (number, of) if of > 1 else None
    report = build_index(folder, address, jobs=1, rebuild=of == 1, part=part)
    return report.added, time.process_time() - started


def index(folder: str, address: str, pids: str, processes: str = "1") -> None:
    """Index a folder."""
    of = int(processes)
    nodes, started = node_seconds(pids), time.monotonic()
    with ProcessPoolExecutor(of, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(build, folder, address, number, of) for number in range(1, of + 1)]
        done = [part.result() for part in parts]
    seconds = time.monotonic() - started
    articles = sum(count for count, _ in done)
    client = sum(cpu for _, cpu in done)
    nodes = node_seconds(pids) - nodes
    with open_index(address) as opened:
        size, articles_there = opened.stats().bytes, len(opened)
        backend: Any = opened._backend
        name = backend._build.name
    # A point in time would keep the segments that were merged; and what OpenSearch keeps of each
    # article for its own recovery is dropped by merges only some time after it was stored.
    backend.transport.ask("POST", f"/{name}/_flush?force=true", timeout=600)
    time.sleep(90)
    merge = f"/{name}/_forcemerge?max_num_segments=1"
    backend.transport.ask("POST", merge, timeout=600)
    backend.transport.ask("POST", f"/{name}/_flush?force=true", timeout=600)
    backend.transport.ask("POST", f"/{name}/_refresh", timeout=600)
    backend.transport.close()
    with open_index(address) as opened:
        merged = opened.stats().bytes
    sys.stdout.write(
        f"{articles} articles by {of} processes in {seconds:.0f} s, {articles / seconds:.0f}/s; "
        f"CPU an article: {1000 * client / articles:.2f} ms of clients, "
        f"{1000 * nodes / articles:.2f} ms of nodes; {size / articles_there:.0f} bytes an article, "
        f"{merged / articles_there:.0f} as one segment\n"
    )


def search(address: str, pids: str, file: str, number: str = "1000") -> None:
    """Search for lines of a file, first with no frequencies known, then with all."""
    lines = [line for line in Path(file).read_text("utf-8").split("\n") if line.strip()]
    chosen = random.Random(3).sample(lines, min(int(number), len(lines)))
    with open_index(address) as opened:
        backend: Any = opened._backend
        opened.search("新闻 联播")
        for what in ("frequencies not known", "frequencies known"):
            nodes, requests = node_seconds(pids), backend.transport.requests
            cpu, started = time.process_time(), time.monotonic()
            for line in chosen:
                opened.search(line)
            n = len(chosen)
            sys.stdout.write(
                f"{n} searches, {what}: "
                f"{(backend.transport.requests - requests) / n:.2f} requests, "
                f"{1000 * (time.process_time() - cpu) / n:.2f} ms of client CPU, "
                f"{1000 * (node_seconds(pids) - nodes) / n:.1f} ms of node CPU, "
                f"{1000 * (time.monotonic() - started) / n:.0f} ms a search\n"
            )


def shards(
    folder: str, address: str, pids: str, file: str, numbers: str, number: str = "100"
) -> None:
    """The same articles in more and more shards."""
    articles = [*islice(read_articles(folder), 4000)]
    for count in numbers.split(","):
        os.environ["SEARCHER_OPENSEARCH_SHARDS"] = count
        build_index(articles, address, jobs=1, rebuild=True)
        sys.stdout.write(f"{count} shards:\n")
        search(address, pids, file, number)


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]]
    commands = {"index": index, "search": search, "shards": shards}
    commands[sys.argv[1]](*sys.argv[2:])
