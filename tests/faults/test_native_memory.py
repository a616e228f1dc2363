"""Native code under AddressSanitizer: whatever it is given, it stays within its memory.

The modules are compiled once more, with the sanitiser, into a folder of the test. That takes a
minute, so it is done by ``make torture`` alone; the usual tests try the same without sanitiser.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from file_damage import TORTURE, chance

import searcher
from searcher._native import EXTENSIONS, is_complete

PACKAGE = Path(searcher.__file__).parent
FUZZ = Path(__file__).with_name("fuzz_native.py")
FLAGS = ("-shared", "-fPIC", "-g", "-O1", "-fno-omit-frame-pointer", "-fsanitize=address")


def run(seconds: float, **environment: str) -> str:
    """What the fuzz prints; fails where it does not end well."""
    seed = chance(1).randrange(1 << 32)
    done = subprocess.run(
        [sys.executable, str(FUZZ), str(seconds), str(seed)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds * 10 + 120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.skipif(not is_complete(), reason="needs the native modules")
def test_hostile_arrays_are_refused_or_read() -> None:
    assert "tried" in run(1.0)


@pytest.mark.skipif(not TORTURE, reason="needs minutes")
def test_no_memory_is_misused(tmp_path: Path) -> None:
    compiler = shutil.which(os.environ.get("CC", "gcc"))
    if compiler is None or importlib.util.find_spec("Cython") is None:
        pytest.skip("needs gcc and Cython")
    library = subprocess.run(
        [compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not Path(library).is_absolute():
        pytest.skip("needs the library of AddressSanitizer")
    copy = tmp_path / "searcher"
    ignored = shutil.ignore_patterns("*.so", "*.c", "__pycache__")
    shutil.copytree(PACKAGE, copy, ignore=ignored)
    ending = sysconfig.get_config_var("EXT_SUFFIX")
    include = sysconfig.get_path("include")
    for name in EXTENSIONS:
        source = copy / "_native" / f"{name}.pyx"
        cython = [sys.executable, "-m", "cython", "-3", str(source)]
        subprocess.run(cython, check=True, cwd=tmp_path)
        out = source.with_name(name + ending)
        compile_it = [
            compiler,
            *FLAGS,
            f"-I{include}",
            str(source.with_suffix(".c")),
            "-o",
            str(out),
        ]
        subprocess.run(compile_it, check=True)
    found = run(
        float(os.environ.get("SEARCHER_FUZZ_SECONDS", "60")),
        LD_PRELOAD=library,
        # What Python itself has not given back at its end is no leak of ours.
        ASAN_OPTIONS="detect_leaks=0",
        PYTHONMALLOC="malloc",
        PYTHONPATH=str(tmp_path),
    )
    assert "tried" in found
