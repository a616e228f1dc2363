"""Methods whose keyword arguments are options of a search."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import cleandoc
from typing import ParamSpec, TypeVar

from searcher.query.options import check_names, described

P = ParamSpec("P")
R = TypeVar("R")


def with_options(method: Callable[P, R]) -> Callable[P, R]:
    """For a method whose keyword arguments are options: refuses others, and describes these.

    For a keyword that is no option it raises QueryError, where Python would raise TypeError.
    """
    options = tuple(method.__kwdefaults__ or ())
    code = method.__code__
    known = {*options, *code.co_varnames[: code.co_argcount]}

    @wraps(method)
    def checked(*args: P.args, **given: P.kwargs) -> R:
        if not known.issuperset(given):
            check_names([name for name in given if name not in known], options)
        return method(*args, **given)

    checked.__doc__ = f"{cleandoc(method.__doc__ or '')}\n\n{described(options)}"
    return checked
