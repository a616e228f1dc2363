"""Timing several engines side by side, in one thread, so that noise hits all alike."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, thread_time
from typing import Generic, TypeVar

from bench.engines import Took

T = TypeVar("T")


@dataclass(frozen=True)
class Latency:
    """How long one kind of query takes: milliseconds, and queries a second.

    ``p50`` and ``p95`` are by the clock, ``processor_p50`` and ``processor_p95`` of the processor,
    in the thread that answers.
    """

    p50: float
    p95: float
    processor_p50: float
    processor_p95: float
    rate: float


@dataclass(frozen=True)
class Asker(Generic[T]):
    """How to ask somebody a question, and how he tells the time where he does so himself."""

    ask: Callable[[T], object]
    took: Callable[[], Took] | None = None

    def timed(self, question: T) -> Took:
        """Ask, and return how long the answer took.

        The processor's clock is read outside the other one, since reading it is a system call: the
        processor's time of a very short answer may be the longer one by a microsecond or two.
        """
        processor_start = thread_time()
        start = perf_counter()
        self.ask(question)
        wall = perf_counter() - start
        measured = Took(wall, thread_time() - processor_start)
        return self.took() if self.took else measured


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


def latency(times: Sequence[Sequence[Took]]) -> Latency:
    """Summarise the timings of some queries, each asked several times.

    Each query counts with the median of its timings: what else the machine did in between is not
    a property of the query.
    """
    wall = [median(took.wall for took in each) for each in times]
    processor = [median(took.processor for took in each) for each in times]
    return Latency(
        percentile(wall, 0.5) * 1e3,
        percentile(wall, 0.95) * 1e3,
        percentile(processor, 0.5) * 1e3,
        percentile(processor, 0.95) * 1e3,
        len(wall) / sum(wall),
    )


def interleave(
    askers: Mapping[str, Asker[T]], questions: Sequence[T], *, repeat: int
) -> dict[str, list[list[Took]]]:
    """Ask everybody every question, `repeat` times over, and return how long each answer took.

    In each round everybody goes through all questions by himself, in an order drawn anew, so that
    noise hits all alike. Were they to take turns question by question, each would find the
    processor's caches full of what the others left there, the slow ones most, and nobody who uses
    one engine sees that.

    A round goes through all questions before any is repeated, so that no answer is simply still
    at hand. The collector of garbage is off while the clock runs.
    """
    times: dict[str, list[list[Took]]] = {name: [[] for _ in questions] for name in askers}
    for names in rounds(askers, repeat=repeat):
        for name in names:
            asker = askers[name]
            gc.collect(0)
            gc.disable()
            try:
                for number, question in enumerate(questions):
                    times[name][number].append(asker.timed(question))
            finally:
                gc.enable()
    return times


def rounds(names: Iterable[str], *, repeat: int) -> Iterator[list[str]]:
    """Yield all names `repeat` times over, each time in an order drawn anew from one seed."""
    order = list(names)
    rng = random.Random(len(order))
    for _ in range(repeat):
        rng.shuffle(order)
        yield list(order)
