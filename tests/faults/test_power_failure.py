"""After a power failure at any moment an index is the old one or the new one, as a whole."""

import os
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from file_damage import chance, rounds
from recorded_files import Names, Recorder, recorded, states_after_power_failure, write_state
from written_index import WAYS, Answers, answers, left_over, prepared, put, put_one_by_one

from searcher import IndexUnwritableError, build_index

pytestmark = [
    pytest.mark.usefixtures("few_names", "small_batches"),
    pytest.mark.skipif(sys.version_info < (3, 11), reason="pathlib keeps functions of os"),
]


@pytest.mark.parametrize("name", WAYS)
def test_every_state_is_the_old_index_or_the_new_one(tmp_path: Path, name: str) -> None:
    way = WAYS[name]
    before, old, new = prepared(way, tmp_path)
    names, recorder = recorded(before / "index", lambda: way.then(before))
    assert answers(before / "index") == new
    check_states(tmp_path, names, recorder, [old, new], seed=1)


def test_several_commits_one_after_another(tmp_path: Path) -> None:
    """The last one merges."""
    index = tmp_path / "index"
    put_one_by_one(tmp_path)
    versions = [answers(index)]

    def commits() -> None:
        for version in range(2, rounds(4, 20)):
            put(tmp_path, version, 8 + version % 3)
            versions.append(answers(index))

    names, recorder = recorded(index, commits)
    check_states(tmp_path, names, recorder, versions, seed=3)


def test_a_run_that_was_killed_before_its_last_sync(tmp_path: Path) -> None:
    """The run after it makes sure of that commit before it removes the one before."""
    put(tmp_path, 1, 8)
    index = tmp_path / "index"
    old = answers(index)

    def two_runs() -> None:
        sync = os.fsync

        def fail_at_last(descriptor: int) -> None:
            if os.path.samestat(os.fstat(descriptor), index.stat()) and (
                len(list(index.glob("*.toc"))) > 1
            ):
                raise OSError(5, "Input/output error")
            sync(descriptor)

        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(os, "fsync", fail_at_last)
            with pytest.raises(IndexUnwritableError, match="a power failure may undo it"):
                put(tmp_path, 2, 8)
        assert len(list(index.glob("*.toc"))) == 2
        put(tmp_path, 2, 8)
        assert left_over(index) == []

    names, recorder = recorded(index, two_runs)
    check_states(tmp_path, names, recorder, [old, answers(index)], seed=2)


def check_states(
    folder: Path, names: Names, recorder: Recorder, versions: list[Answers], *, seed: int
) -> None:
    """Each state answers as one of these versions does, and all of them occur."""
    numbers: random.Random = chance(seed)
    seen: Counter[int] = Counter()
    states = list(states_after_power_failure(names, recorder))
    for state in states:
        probe = folder / "probe"
        probe.mkdir()
        write_state(probe / "index", state)
        found = answers(probe / "index")
        assert found in versions, sorted(state)
        seen[versions.index(found)] += 1
        if numbers.random() < rounds(1, 10) * 20 / len(states):
            # The next run is not hindered, and leaves nothing behind.
            put(probe, 3, 9)
            assert left_over(probe / "index") == []
        shutil.rmtree(probe)
    assert set(seen) == set(range(len(versions)))
    print(f"{len(states)} states: {seen}")  # noqa: T201 - shown by pytest -s


def test_the_folder_of_a_new_index_is_on_the_disk(tmp_path: Path) -> None:
    """Also the folders that had to be made for it."""
    index = tmp_path / "more" / "index"
    synced: list[Path] = []
    folders = [tmp_path, tmp_path / "more", index]

    def sync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced.extend(f for f in folders if f.exists() and os.path.samestat(status, f.stat()))

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", sync)
        build_index([], index, jobs=1)
    assert set(synced) == set(folders)
