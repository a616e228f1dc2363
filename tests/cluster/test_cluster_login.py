"""TLS and basic authentication, by an nginx in front of a node."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import PORT, name, needs_nodes, nodes, own_cache

from searcher import Article, IndexUnavailableError, build_index, open_index

pytestmark = [
    needs_nodes,
    pytest.mark.usefixtures("own_cache"),
    pytest.mark.skipif(
        not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx and openssl"
    ),
]

FIXTURES = (name, nodes, own_cache)
"""pytest finds them in this module."""

USER, PASSWORD = "leser", "Ge heim:ß"

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_max_body_size 100m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem;
    ssl_certificate_key {folder}/key.pem;
    auth_basic "news";
    auth_basic_user_file {folder}/users;
    location / {{ proxy_pass http://127.0.0.1:{node}; proxy_set_header Authorization ""; }}
  }}
}}
"""


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of an nginx, and the file with its certificate."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    keys = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"]
    request = ["openssl", "req", "-x509", "-days", "2", *keys, *subject]
    subprocess.run(request, cwd=folder, check=True, capture_output=True)
    hashing = ["openssl", "passwd", "-apr1", PASSWORD]
    hashed = subprocess.run(hashing, check=True, capture_output=True, text=True).stdout.strip()
    (folder / "users").write_text(f"{USER}:{hashed}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = CONFIGURATION.format(folder=folder, port=port, node=PORT)
    (folder / "nginx.conf").write_text(text)
    if os.getuid() == 0:
        text = f"user root;\n{text}"
        (folder / "nginx.conf").write_text(text)
    server = subprocess.Popen(
        ["nginx", "-c", folder / "nginx.conf", "-p", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, folder / "cert.pem"
    finally:
        server.terminate()
        server.wait(10)


def test_tls_and_a_password(
    secured: tuple[int, Path], name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port, certificate = secured
    address = f"opensearch+https://127.0.0.1:{port}/{name}"
    monkeypatch.setenv("SEARCHER_OPENSEARCH_CA", str(certificate))
    monkeypatch.setenv("SEARCHER_OPENSEARCH_USER", USER)
    monkeypatch.setenv("SEARCHER_OPENSEARCH_PASSWORD", PASSWORD)
    made = [Article(id=f"t{at}", path=f"t{at}", title="普京访华", body="正文") for at in range(30)]
    assert build_index(made, address, jobs=1).added == 30
    with open_index(address) as index:
        assert index.search("普京").total == 30

    monkeypatch.setenv("SEARCHER_OPENSEARCH_PASSWORD", "falsch")
    with pytest.raises(IndexUnavailableError, match="SEARCHER_OPENSEARCH_PASSWORD") as refused:
        open_index(address)
    assert "falsch" not in str(refused.value)

    # The same from a file, for the command.
    for variable in ("CA", "USER", "PASSWORD"):
        monkeypatch.delenv(f"SEARCHER_OPENSEARCH_{variable}")
    lines = (
        f'index = "{address}"', "[opensearch]", f'user = "{USER}"', f'password = "{PASSWORD}"',
        f'ca = "{certificate}"',
    )  # fmt: skip
    (tmp_path / "searcher.toml").write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "searcher", "search", "--count", "普京"]
    found = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert found.stdout == "30\n"


def test_a_certificate_that_is_not_trusted(secured: tuple[int, Path]) -> None:
    with pytest.raises(IndexUnavailableError, match="SEARCHER_OPENSEARCH_CA"):
        open_index(f"opensearch+https://127.0.0.1:{secured[0]}/news")
