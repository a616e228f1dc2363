"""Rows of one changed article: found by listing the folder, named, and by a command.

They come last, because they change the collection.
"""

from __future__ import annotations

from itertools import islice

from bench import processes
from bench.child import Job
from bench.engines import Took
from bench.measure import rounds
from bench.process_rows import add_times
from bench.report import OURS
from bench.setting import Setting, our_command

_ROUNDS = 3
_UPDATES = 4  # in one process; the first warms up, and takes back what an earlier process changed
_COMMANDS = 5


def update(setting: Setting) -> None:
    """Replace one article, until a search sees it."""
    _library(setting, "one article changed, found by listing", by_listing=True)
    _library(setting, "one article changed, named", by_listing=False)
    setting.report.notes.append(
        "one article changed: the other engines are told which in either row"
    )
    if OURS in setting.engines and setting.documents.folder is not None:
        _command(setting)


def _library(setting: Setting, label: str, *, by_listing: bool) -> None:
    # Rare words, where there are any: an article has to have become one more that has the word.
    queries = next(row.queries for row in setting.queries if row.queries)
    found: dict[str, list[Took] | str] = {name: [] for name in setting.engines}
    missed = dict.fromkeys(setting.engines, 0)
    task = "update_by_listing" if by_listing else "update"
    # Other articles in each round and row: an article holds what was added to it before.
    row_start = 0 if by_listing else _ROUNDS * _UPDATES
    for turn, names in enumerate(rounds(setting.engines, repeat=_ROUNDS)):
        first = row_start + turn * _UPDATES
        asked = tuple(queries[n % len(queries)] for n in range(first, first + _UPDATES))
        for name in names:
            job = Job(task, name, setting.index(name), setting.documents, asked, first=first)
            answer = setting.run(job)
            if "cannot" in answer:
                found[name] = answer["cannot"]
                continue
            pairs = zip(answer["seconds"], answer["processor"], strict=True)
            if isinstance(times := found[name], list):
                times += [Took(*pair) for pair in islice(pairs, 1, None)]
            missed[name] += _UPDATES - answer["seen"]
    add_times(setting, label, found)
    for name, count in missed.items():
        if count:
            of = f"{count} of {_ROUNDS * _UPDATES}"
            setting.report.notes.append(f"{label}: {name} does not find {of} afterwards")


def _command(setting: Setting) -> None:
    """Time the command that looks for what changed, which is one file."""
    folder = setting.documents.folder
    assert folder is not None
    files = (folder / name for name, _ in setting.documents.keys())  # noqa: SIM118 - not a mapping
    file = next(files)

    def change() -> None:
        with file.open("a", encoding="utf-8") as opened:
            opened.write("\n\n又一段。\n")

    line = [*our_command(), "index", str(folder), "--index", str(setting.index(OURS))]
    times = processes.commands({OURS: line}, repeat=_COMMANDS, expect={}, before=change)
    add_times(setting, "one article changed, whole command", times)
