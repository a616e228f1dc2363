"""CPU time for tests: unlike wall-clock time, it does not depend on what else the machine does."""

import gc
from collections.abc import Callable
from time import process_time

MIN_SECONDS = 0.1
"""The least time to measure: the clock of some systems advances in steps of 10 ms."""


def cpu_time(work: Callable[[], object]) -> float:
    """The CPU seconds that ``work`` takes in this process, the mean of as many runs as needed.

    Compare it with the time of other work in the same test; seconds alone depend on the machine.
    """
    runs = 1
    # What other tests have left behind is not looked at while the clock runs.
    gc.disable()
    try:
        while True:
            start = process_time()
            for _ in range(runs):
                work()
            taken = process_time() - start
            if taken >= MIN_SECONDS:
                return taken / runs
            runs *= 4
    finally:
        gc.enable()
