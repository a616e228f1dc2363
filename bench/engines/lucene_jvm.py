"""The Java program of the Lucene peer: its jars, its classes and its process.

The jars come from Maven Central, by mvn, the first time that the peer is asked for; they and the
classes lie below bench/work. ``SEARCHER_BENCH_JDK`` names a JDK other than the newest of
/usr/lib/jvm.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, cast

from bench import memory
from bench.engines import Missing

SOURCES = Path(__file__).parents[1] / "lucene"
WORK = Path(__file__).parents[1] / "work" / "lucene"
_JARS = WORK / "jars"
_CLASSES = WORK / "classes"
_STAMP = WORK / "compiled"
_OLDEST_JDK = 21
_PATIENCE = 600  # seconds for fetching the jars
_INTEGER = struct.Struct(">i")
_OPTIONS = (
    "-Xmx512m",
    "--enable-native-access=ALL-UNNAMED",  # to tell the kernel how files are read
    "--add-modules=jdk.incubator.vector",  # Lucene uses it where it is there
)


def lucene_version() -> str:
    """Return the version of Lucene that the peer is compiled against."""
    found = re.search("<lucene.version>(.*)</", (SOURCES / "pom.xml").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def prepare() -> None:
    """Fetch the jars and compile the program, where that has not been done.

    Raises:
        Missing: there is no JDK or no mvn, or one of them failed.
    """
    compiler = java_home() / "bin" / "javac"
    if is_prepared():
        return
    if (maven := shutil.which("mvn")) is None:
        raise Missing("mvn is not installed")
    shutil.rmtree(WORK, ignore_errors=True)
    _CLASSES.mkdir(parents=True)
    # At a version that is named, so that the same plug-in runs everywhere.
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    jars = ["-DincludeScope=runtime", f"-DoutputDirectory={_JARS}"]
    _run([maven, "-q", "-B", "-f", str(SOURCES / "pom.xml"), goal, *jars])
    sources = map(str, sorted(SOURCES.glob("*.java")))
    _run([str(compiler), "-cp", f"{_JARS}/*", "-d", str(_CLASSES), *sources])
    _STAMP.touch()


def is_prepared() -> bool:
    """Tell whether the program is compiled from the sources as they are."""
    newest = max(file.stat().st_mtime for file in SOURCES.iterdir())
    return _STAMP.exists() and _STAMP.stat().st_mtime > newest


class Peer:
    """The running program: lists of strings to it, lists of strings from it."""

    def __init__(self) -> None:
        java = str(java_home() / "bin" / "java")
        classes = f"{_CLASSES}:{_JARS}/*"
        self._process = subprocess.Popen(
            [java, *_OPTIONS, "-cp", classes, "LucenePeer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it says there that the vector module is new
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)

    def tell(self, message: Sequence[str]) -> None:
        """Send what is not answered."""
        encoded = [text.encode("utf-8", "replace") for text in message]
        pieces = [_INTEGER.pack(len(encoded))]
        for data in encoded:
            pieces += [_INTEGER.pack(len(data)), data]
        self._in.write(b"".join(pieces))

    def ask(self, message: Sequence[str]) -> list[str]:
        """Send a command and return its answer.

        Raises:
            RuntimeError: the program says what went wrong.
        """
        self.tell(message)
        self._in.flush()
        answer = [self._read(self._number()).decode() for _ in range(self._number())]
        if len(answer) == 1:
            raise RuntimeError(answer[0])
        return answer

    def close(self) -> int:
        """End the program and return the most bytes that it ever had resident."""
        peak = memory.peak(self._process.pid)
        self._in.close()
        self._process.wait()
        self._out.close()
        return peak

    def _number(self) -> int:
        return int(_INTEGER.unpack(self._read(_INTEGER.size))[0])

    def _read(self, size: int) -> bytes:
        data = self._out.read(size)
        if len(data) < size:
            raise RuntimeError("the Java program has ended")
        return data


@cache
def java_home() -> Path:
    """Return the folder of the JDK to use. Raises Missing."""
    named = os.environ.get("SEARCHER_BENCH_JDK")
    homes = [Path(named)] if named else list(Path("/usr/lib/jvm").glob("*"))
    usable = [(version, home) for home in homes if (version := _version(home)) >= _OLDEST_JDK]
    if not usable:
        raise Missing(f"there is no JDK {_OLDEST_JDK} or newer; name one in SEARCHER_BENCH_JDK")
    return max(usable)[1]


def _version(home: Path) -> int:
    """Return the version of a JDK as its file "release" tells it; 0 where there is no compiler."""
    release = home / "release"
    if not (home / "bin" / "javac").exists() or not release.exists():
        return 0
    found = re.search(r'JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def _run(line: list[str]) -> None:
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Missing(f"{Path(line[0]).name} takes more than {_PATIENCE} s") from None
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
        raise Missing(f"{Path(line[0]).name} failed: {said[0]}")
