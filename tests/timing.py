"""CPU time for tests: unlike wall-clock time, it does not depend on what else the machine does."""

from collections.abc import Callable
from time import process_time


def cpu_time(work: Callable[[], object], repeat: int = 3) -> float:
    """The CPU seconds that ``work`` takes in this process, the least of several runs.

    Compare it with the time of other work in the same test; seconds alone depend on the machine.
    """
    times = []
    for _ in range(repeat):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)
