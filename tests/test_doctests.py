"""The examples in docstrings are true."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import searcher

MODULES = [
    module.name
    for module in pkgutil.walk_packages(searcher.__path__, "searcher.")
    if not module.name.startswith(("searcher.cli", "searcher.evaluation", "searcher.__main__"))
]


@pytest.mark.parametrize("name", ["searcher", *MODULES])
def test_examples(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0
