"""Answers that are kept until the next commit, as the pages of one search ask for them again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The answers from one commit that were asked for last.

    Args:
        most: how many are kept.

    >>> kept = Kept[int](most=2)
    >>> [kept.get("7-0a1b", key, lambda: len(key)) for key in ("a", "bc", "a")]
    [1, 2, 1]
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._commit = ""
        self._answers: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, commit: str, key: Hashable, make: Callable[[], T]) -> T:
        """The answer for a key, made where there is none from this commit."""
        with self._lock:
            if commit == self._commit and key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = make()
        with self._lock:
            if commit != self._commit:
                self._answers.clear()
                self._commit = commit
            self._answers[key] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer
