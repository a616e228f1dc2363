"""Faults put into the package by hand, each of which a test file must notice (mutation testing).

    python tests/mutants.py                              all mutants
    python tests/mutants.py text/segmenter.py plan       those of files whose path contains a word

The package and its tests are copied to a temporary folder. There each mutant is applied in turn and
only the test files named beside it are run: it is *killed* if a test fails and has *survived* if
all pass. The exit code is 0 if at least MIN_KILLED of the mutants are killed, 1 if fewer are, and 2
if it cannot be told, because tests fail without any mutant or a mutant does not apply.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mutants_search import SEARCH_MUTANTS
from mutants_write import WRITE_MUTANTS

ROOT = Path(__file__).parent.parent
COPIED = ("searcher", "tests", "corpus", "pyproject.toml")

MIN_KILLED = 22 / 25
MAX_CPU_SECONDS = 300
"""Of one run of tests; a mutant that loops for ever is killed by this limit."""


class Mutant(NamedTuple):
    """One fault.

    ``old`` is exact text that occurs once in ``file`` (below ``searcher/``) and becomes ``new``;
    ``tests`` are the test files that must notice it, separated by blanks; ``why`` says what would
    go wrong.
    """

    file: str
    tests: str
    old: str
    new: str
    why: str

    def applied(self, source: str) -> str:
        """The source with the fault. Raises ValueError if ``old`` does not occur once."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.file}: occurs {source.count(self.old)} times: {self.old!r}")
        return source.replace(self.old, self.new)


def mutants_of(file: str, tests: str, *faults: tuple[str, str, str]) -> Iterator[Mutant]:
    """Mutants of one file, from (old, new, why)."""
    return (Mutant(file, tests, *fault) for fault in faults)


MUTANTS: list[Mutant] = [
    *mutants_of(
        "text/segmenter.py",
        "test_text_segmenter.py",
        (
            "return bool(has(text)) and self.cut(text) == [text]",
            "return bool(has(text))",
            "rare words of the dictionary that are never cut would be parts",
        ),
        (
            'if tag == "nrt" or word in self.additions.transliterated:',
            'if tag == "nrt":',
            "乌克兰 would be found for 克兰, although the lexicon says that it is transliterated",
        ),
        (
            'if tag == "nr" and len(word) == 3 and word[0] in _SURNAMES:',
            'if tag == "nr" and len(word) == 3:',
            "欧阳修 would have the given name 阳修",
        ),
        (
            "return frozenset([(1, 3)])",
            "return frozenset([(0, 2)])",
            "邓小平 would be found for 邓小 instead of 小平",
        ),
        (
            "for start in range(1, length - 1) if self.is_word(word[start:])",
            "for start in range(2, length - 1) if self.is_word(word[start:])",
            "last words that leave one character in front would be lost",
        ),
        (
            "parts.update((start + a, start + b) for a, b in self.parts(word[start:end]))",
            "parts.update(self.parts(word[start:end]))",
            "parts of the last word would be placed at the beginning of the whole",
        ),
        (
            "return after & {",
            "return after | {",
            "中国 would be seen in 发展中国家",
        ),
        (
            "return len(rest) == 1 or len(self.cut(rest)[0]) > 1",
            "return True",
            "中央军 would be seen in 中央军事委员会",
        ),
        (
            "if len(parts) > 1:\n            parts -= ",
            "if len(parts) > 9:\n            parts -= ",
            "防部 would be seen in 国防部",
        ),
        (
            "if a < start < b < end or start < a < end < b]",
            "if a < start < b < end]",
            "a rare part would stay if the frequent one begins inside it",
        ),
        (
            "MAX_CROSSING_RATIO = 100",
            "MAX_CROSSING_RATIO = 10",
            "one of two crossing words of similar frequency would be lost",
        ),
        (
            "word.endswith(ending) and stem >= MIN_PART_LENGTH and",
            "word.endswith(ending) and",
            "a single character would be a part of a transliterated name",
        ),
        (
            "given = entry.frequency\n",
            "given = entry.frequency or 1\n",
            "unknown words of the lexicon would be too rare to be cut as one",
        ),
        (
            "if entry.frequency is not None or len(cut(word)) > 1:",
            "if True:",
            "words that were cut as one already would change the segmentation around them",
        ),
        (
            'add(preposition + word, 0, "x")',
            "pass",
            "由李强 would stay one word, in which 李强 is not found",
        ),
    ),
    *mutants_of(
        "query/lexer.py",
        "test_query_parser.py",
        (
            "(?P<minus> (?<![^\\s(|]) [-!] (?=[^\\s!-]))",
            "(?P<minus> [-!] (?=[^\\s!-]))",
            "F-35 would exclude 35",
        ),
        (
            'tokens.append(("literal", quoted))',
            'tokens.append(("literal", quoted.translate(HALF_WIDTH)))',
            "quoted strings would not be kept as typed",
        ),
        (
            "if end < 0 and opening in _DOUBLE_QUOTES and (",
            "if end < 0 and (",
            "《 would be closed by a double quote",
        ),
    ),
    *mutants_of(
        "query/parser.py",
        "test_query_parser.py",
        (
            'if self.joiner and self.joiner != "AND":',
            "if self.joiner:",
            "AND would mean OR",
        ),
        (
            "if len(self.negations) % 2:",
            "if self.negations:",
            "NOT NOT a would exclude a",
        ),
        (
            "_Group(group.field_name.lower() or group.field)",
            "_Group(group.field_name.lower())",
            "b of title:(a (b)) would be searched for in the text, too",
        ),
        (
            'if depth + (kind == "close") <= MAX_DEPTH:',
            "if depth <= MAX_DEPTH:",
            "the closing bracket of the first pair that is too deep would close another pair",
        ),
        (
            'since = None if name == "until" else period.since',
            "since = period.since",
            "until:2021-02 would leave out January",
        ),
        (
            "if all(isinstance(node, Not) for node in flat):",
            "if any(isinstance(node, Not) for node in flat):",
            "trees would not be canonical: a -b would contain All",
        ),
        (
            "if isinstance(node, And):\n            flat +=",
            "if False:\n            flat +=",
            "a (b c) would not be the same as a b c",
        ),
        (
            'if text.index("*") == len(text) - 1:',
            'if text.index("*"):',
            "a*b would be a prefix",
        ),
    ),
    *(Mutant(*fault) for fault in SEARCH_MUTANTS),
    *(Mutant(*fault) for fault in WRITE_MUTANTS),
]


def run_tests(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """Run test files of the copy in ``folder`` until one test fails."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SEARCHER_")},
        "PYTHONPATH": str(folder),
        # Compiled files are told apart by second and size, and two mutants may have both in common.
        "PYTHONDONTWRITEBYTECODE": "1",
        # Compiled code would do what a mutant changes.
        "SEARCHER_NATIVE": "0",
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        + [f"tests/{name}" for name in tests.split()],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=None if os.name == "nt" else _limit_cpu_time,
    )


def _limit_cpu_time() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))


def is_killed(folder: Path, mutant: Mutant) -> bool:
    """Apply a mutant to the copy in ``folder``, run its tests, and take it back.

    Raises:
        ValueError: The mutant does not apply, or its tests did not run.
    """
    path = folder / "searcher" / mutant.file
    source = path.read_text("utf-8")
    path.write_text(mutant.applied(source), "utf-8")
    try:
        done = run_tests(folder, mutant.tests)
    finally:
        path.write_text(source, "utf-8")
    # pytest exits with 0 if all passed and 1 if tests failed; the CPU limit ends it by a signal.
    if done.returncode > 1:
        raise ValueError(f"{mutant.file}: tests do not run: {mutant.old!r}\n{done.stdout}")
    return done.returncode != 0


def chosen(words: Sequence[str]) -> list[Mutant]:
    """The mutants of the files whose path contains one of the words; all without words."""
    return [m for m in MUTANTS if not words or any(word in m.file for word in words)]


def main(words: Sequence[str]) -> int:
    """Try the chosen mutants, say of each what became of it, and return the exit code."""
    mutants = chosen(words)
    if not mutants:
        _say(f"no mutants for {' '.join(words)}")
        return 2
    killed = 0
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        for tests in dict.fromkeys(mutant.tests for mutant in mutants):
            done = run_tests(folder, tests)
            if done.returncode:
                _say(f"{tests} fails without a mutant:\n{done.stdout}")
                return 2
        for mutant in mutants:
            try:
                is_dead = is_killed(folder, mutant)
            except ValueError as error:
                _say(str(error))
                return 2
            killed += is_dead
            _say(f"{'killed' if is_dead else 'SURVIVED':8}  {mutant.file}: {mutant.why}")
    _say(f"{killed} of {len(mutants)} mutants killed")
    return 0 if killed >= MIN_KILLED * len(mutants) else 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
