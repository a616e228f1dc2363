"""The mutants of tests/mutants.py fit the code of today; that they are killed, the script shows."""

import ast
import subprocess
from collections import Counter
from pathlib import Path

import mutants
import pytest
from mutants import MUTANTS, ROOT, Mutant

SOURCES = {
    name: (ROOT / "searcher" / name).read_text("utf-8") for name in {m.file for m in MUTANTS}
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.why)
def test_a_mutant_applies_and_is_python(mutant: Mutant) -> None:
    source = SOURCES[mutant.file]
    changed = mutant.applied(source)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
    assert [name for name in mutant.tests.split() if not (ROOT / "tests" / name).exists()] == []


def test_each_mutant_is_another_one() -> None:
    assert max(Counter((m.file, m.old, m.new) for m in MUTANTS).values()) == 1


def test_a_mutant_that_does_not_apply_is_an_error() -> None:
    mutant = Mutant("a.py", "test_a.py", "x", "y", "")
    with pytest.raises(ValueError, match="occurs 2 times"):
        mutant.applied("x = x")


def test_killed_or_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a package of one line, and a test that notices only a wrong A."""
    package = tmp_path / "searcher" / "__init__.py"
    package.parent.mkdir()
    package.write_text("A, B = 1, 1\n")

    def run_tests(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
        assert folder != tmp_path, "the work tree is left alone"
        names: dict[str, int] = {}
        try:
            exec((folder / "searcher" / "__init__.py").read_text(), names)
        except SyntaxError:
            return subprocess.CompletedProcess(tests, 2, "")
        return subprocess.CompletedProcess(tests, int(names["A"] != 1), "")

    monkeypatch.setattr(mutants, "run_tests", run_tests)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "COPIED", ("searcher",))
    faults = ("A, B = 1", "A, B = 2", "a"), (", 1\n", ", 2\n", "b"), (", 1\n", ", [\n", "c")
    made = list(mutants.mutants_of("__init__.py", "test_a.py", *faults))
    monkeypatch.setattr(mutants, "MUTANTS", made[:2])
    assert mutants.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "killed    __init__.py: a",
        "SURVIVED  __init__.py: b",
        "1 of 2 mutants killed",
    ]
    monkeypatch.setattr(mutants, "MUTANTS", made[:1])
    assert mutants.main(["init"]) == 0
    assert mutants.main(["elsewhere.py"]) == 2
    monkeypatch.setattr(mutants, "MUTANTS", made[2:])
    assert mutants.main([]) == 2, "a mutant that is no Python cannot be judged"
    package.write_text("A, B = 3, 1\n")
    assert mutants.main([]) == 2, "nor can one whose test fails without it"
    assert package.read_text() == "A, B = 3, 1\n"
