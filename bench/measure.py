"""Timing several engines side by side, in one thread, so that noise hits all alike."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Latency:
    """How long one kind of query takes: milliseconds, and queries a second."""

    p50: float
    p95: float
    rate: float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie, interpolated between neighbours.

    Raises:
        ValueError: there are no values.

    Example:
        >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
        2.5
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def latency(seconds: Sequence[Sequence[float]]) -> Latency:
    """Summarise the timings of some queries, each asked several times.

    Each query counts with the median of its timings: what else the machine did in between is not
    a property of the query.
    """
    each = [median(times) for times in seconds]
    return Latency(percentile(each, 0.5) * 1e3, percentile(each, 0.95) * 1e3, len(each) / sum(each))


def interleave(
    askers: Mapping[str, Callable[[T], object]], questions: Sequence[T], *, repeat: int
) -> dict[str, list[list[float]]]:
    """Ask everybody every question, `repeat` times over, and return the seconds of each answer.

    In each round everybody goes through all questions by himself, in an order drawn anew, so that
    noise hits all alike. Were they to take turns question by question, each would find the
    processor's caches full of what the others left there, the slow ones most, and nobody who uses
    one engine sees that.

    A round goes through all questions before any is repeated, so that no answer is simply still
    at hand. The collector of garbage is off while the clock runs.
    """
    rng = random.Random(len(questions))
    names = list(askers)
    seconds: dict[str, list[list[float]]] = {name: [[] for _ in questions] for name in askers}
    for _ in range(repeat):
        rng.shuffle(names)
        for name in names:
            ask = askers[name]
            gc.collect(0)
            gc.disable()
            try:
                for number, question in enumerate(questions):
                    start = perf_counter()
                    ask(question)
                    seconds[name][number].append(perf_counter() - start)
            finally:
                gc.enable()
    return seconds
