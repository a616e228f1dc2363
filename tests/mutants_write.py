"""Faults in writing and counting that the tests of faults/ must notice: see tests/mutants.py.

Each is (file below searcher/, test files, text that occurs once, what becomes of it, why).
"""

WRITE_MUTANTS: list[tuple[str, str, str, str, str]] = [
    (
        "write/commit.py",
        "faults/test_power_failure.py",
        "    publish(folder, manifest)\n    return remove_unused(folder, manifest)",
        "    remove_unused(folder, manifest)\n    publish(folder, manifest)\n    return []",
        "the old commit would be removed before the new one is on the disk",
    ),
    (
        "write/commit.py",
        "faults/test_power_failure.py",
        "        sync_folder(folder)\n    except OSError as error:\n"
        "        raise unwritable(folder, error) from error\n    return remove_unused",
        "        pass\n    except OSError as error:\n"
        "        raise unwritable(folder, error) from error\n    return remove_unused",
        "a commit that a killed run made need not be on the disk yet",
    ),
    (
        "write/writer.py",
        "faults/test_kills.py",
        "        remove_leftovers(self._folder)\n",
        "",
        "what a killed run left would stay until the next commit",
    ),
    (
        "write/writer.py",
        "faults/test_failing_calls.py",
        "            self._merged.append(merged)",
        "            self._new.append(merged)",
        "articles would be there twice after a commit that failed and was tried again",
    ),
    (
        "write/writer.py",
        "faults/test_failing_calls.py",
        "            for path in self._uncommitted:\n                remove(path)\n",
        "",
        "segments of a failed run would fill the disk",
    ),
    (
        "write/durable.py",
        "faults/test_failing_calls.py",
        "        remove(path)\n        raise unwritable(path, error) from error",
        "        raise unwritable(path, error) from error",
        "half a segment would keep a full disk full",
    ),
    (
        "search/match.py",
        "faults/test_history.py",
        "(lengths if self.alive is None else lengths[self.alive]).sum",
        "lengths.sum",
        "deleted documents would count in the average length",
    ),
    (
        "search/match.py",
        "faults/test_history.py",
        "        if self.alive is None:\n            return self.postings.df(term)",
        "        if self.alive is None or term:\n            return self.postings.df(term)",
        "deleted documents would count in the frequencies of terms",
    ),
    (
        "search/match.py",
        "faults/test_history.py",
        "return len(docs) if self.alive is None else int(np.count_nonzero(self.alive.take(docs)))",
        "return len(docs)",
        "deleted documents would count in the frequencies of strings",
    ),
    (
        "search/literal_matcher.py",
        "faults/test_history.py",
        "return statistics.bigram_df(units) - statistics.term_df(text) > MAX_COUNTED",
        "return len(self._candidates(units)) > MAX_COUNTED",
        "how a frequent string counts would depend on how many segments there are",
    ),
]
"""The faults, by module."""
