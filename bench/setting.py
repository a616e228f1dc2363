"""What all groups of rows share: the engines, the articles, the queries, and where indexes lie."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import processes
from bench.child import Job
from bench.documents import Documents
from bench.queries import QuerySet
from bench.report import Report
from bench.vocabulary import Vocabulary

MB = 1e6
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Setting:
    """One run of the benchmark on one collection, with the indexes below one working folder.

    ``repeat`` is how often a query is timed, ``builds`` how often an index is built.
    """

    report: Report
    documents: Documents
    vocabulary: Vocabulary
    queries: list[QuerySet]
    work: Path
    repeat: int
    progress: Callable[[str], None]
    builds: int = 1

    @property
    def engines(self) -> list[str]:
        """The engines that are measured, in the order of the columns."""
        return self.report.engines

    @property
    def one_word(self) -> str:
        """The query of the rows that start a process."""
        known = self.vocabulary.frequency["拜登"]
        return "拜登" if known else self.queries[1].queries[0].text

    def index(self, name: str) -> Path:
        """Return the folder of an engine's index."""
        return self.work / "index" / name

    def build(
        self, name: str, documents: Documents, folder: Path, processes: int = 1
    ) -> dict[str, Any]:
        """Build an index in a new process, in an empty folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return self.run(Job("build", name, folder, documents, processes=processes))

    def run(self, job: Job) -> dict[str, Any]:
        """Do a job in a new process; what goes wrong becomes the answer "cannot" and a note."""
        self.progress(f"{job.task}: {job.engine}")
        try:
            return processes.run(job, self.work)
        except processes.Failed as failure:
            self.report.notes.append(f"{job.engine}, {job.task}: {failure}")
            return {"cannot": "failed"}


def our_command() -> list[str]:
    """Return how the command ``searcher`` is called in this environment."""
    script = Path(sys.executable).with_name("searcher")
    return [str(script)] if script.exists() else [sys.executable, "-m", "searcher"]
