"""Measuring whole processes: jobs of :mod:`bench.child` and commands as a user types them."""

from __future__ import annotations

import json
import pickle
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import memory
from bench.child import Job
from bench.engines import Took
from bench.measure import rounds

ROOT = Path(__file__).parents[1]
_POLL = 0.1  # seconds between looks at the memory of a running job
_WARM = 2  # untimed runs of a command before the clock counts


class Failed(Exception):  # noqa: N818 - reads as what it reports
    """A measured process ended with an error; the message is the last line that it wrote."""


def run(job: Job, work: Path) -> dict[str, Any]:
    """Do a job in a fresh process and return its answer.

    ``together`` is added: the most memory, in bytes, that the process and all its workers held at
    one time, shared pages left out; None where the kernel does not tell.
    """
    file = work / "job.pickle"
    file.write_bytes(pickle.dumps(job))
    together: int | None = None
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.child", str(file)],
            cwd=ROOT,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                time.sleep(_POLL)
                # Looking at the memory of a short job would disturb it more than it would tell.
                if job.task == "build" and (held := memory.session(process.pid)) is not None:
                    together = max(together or 0, held)
        finally:
            process.kill()  # of use only when the waiting was interrupted
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise Failed(_last_line(err.read()))
        answer: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    return answer | {"together": together}


def commands(
    lines: Mapping[str, Sequence[str]],
    *,
    repeat: int,
    expect: Mapping[str, bytes],
    before: Callable[[], None] = lambda: None,
) -> dict[str, list[Took] | str]:
    """Time whole commands, in turns and over again: how long each took, or why there is nothing.

    `before` is called ahead of each command, while no clock runs. A command whose output lacks the
    expected bytes has failed, however fast it was.
    """
    results: dict[str, list[Took] | str] = {name: [] for name in lines}
    for turn, names in enumerate(rounds(lines, repeat=_WARM + repeat)):
        for name in names:
            times = results[name]
            if isinstance(times, str):
                continue
            before()
            processor_start = _of_children()
            start = time.perf_counter()
            done = subprocess.run(lines[name], cwd=ROOT, capture_output=True, check=False)
            took = Took(time.perf_counter() - start, _of_children() - processor_start)
            if done.returncode != 0 or expect.get(name, b"") not in done.stdout:
                results[name] = f"failed: {_last_line(done.stderr)}"
            elif turn >= _WARM:
                times.append(took)
    return results


def _of_children() -> float:
    """Return the processor's seconds of all processes that this one has started and that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    # The report names no folders of the machine it was made on.
    return re.sub(r"(?:/[\w.@+-]+){2,}", "…", lines[-1])[:200] if lines else "no message"
