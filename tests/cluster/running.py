"""The nodes that tests run against: skipped unless SEARCHER_CLUSTER is set (`make test-cluster`).

It is the port of the first node: nodes.sh has started them, and starts them again.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PORT = int(os.environ.get("SEARCHER_CLUSTER", "0"))
NODES = int(os.environ.get("SEARCHER_CLUSTER_NODES", "1"))


needs_nodes = pytest.mark.skipif(not PORT, reason="needs nodes: make test-cluster")
needs_three_nodes = pytest.mark.skipif(NODES < 3, reason="needs three nodes: make test-cluster")


class Nodes:
    """The nodes of the cluster, which can be killed and started again."""

    def __init__(self) -> None:
        self.count = NODES
        self.folder = Path(os.environ.get("CLUSTER_DIR", HERE.parents[1] / "build" / "cluster"))

    def address(self, name: str) -> str:
        hosts = ",".join(f"127.0.0.1:{PORT + number}" for number in range(self.count))
        return f"opensearch://{hosts}/{name}"

    def pid(self, number: int) -> int:
        return int((self.folder / f"n{number}" / "pid").read_text())

    def kill(self, number: int) -> None:
        os.kill(self.pid(number), signal.SIGKILL)

    def stop(self, number: int) -> None:
        pid = self.pid(number)
        os.kill(pid, signal.SIGTERM)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.2)

    def start(self, number: int) -> None:
        environment = {**os.environ, "CLUSTER_PORT": str(PORT)}
        subprocess.run([HERE / "nodes.sh", "up", str(number)], check=True, env=environment)

    def wait(self, status: str = "green", seconds: float = 180) -> None:
        """Wait until all nodes are there, and the shards are where they should be."""
        deadline = time.monotonic() + seconds
        health: object = None
        while time.monotonic() < deadline:
            try:
                health = ask("GET", "/_cluster/health")
                assert isinstance(health, dict)
                if health["number_of_nodes"] == self.count and health["status"] == status:
                    return
            except Exception as error:
                health = error
            time.sleep(0.5)
        raise AssertionError(f"the cluster is not {status}: {health}")


def ask(method: str, path: str, body: object = None) -> object:
    """Ask any node."""
    from searcher.backends.opensearch.address import parse_address
    from searcher.backends.opensearch.credentials import Credentials
    from searcher.backends.opensearch.transport import Transport

    transport = Transport(parse_address(Nodes().address("any")), Credentials())
    try:
        return transport.ask(method, path, body)
    finally:
        transport.close()


@pytest.fixture(scope="session")
def nodes() -> Nodes:
    """The nodes; tests that need several are skipped where there is one."""
    return Nodes()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an index that is removed afterwards."""
    own = "test-" + "".join(c if c.isalnum() else "-" for c in request.node.name.lower())[:60]
    own = own.strip("-")
    ask("DELETE", f"/{own}.*")
    yield own
    ask("DELETE", f"/{own}.*")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lexicons are not kept in the home of whoever runs the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
