"""What keeps the publisher and its workers from taking from the intake of responses."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

_GARBAGE_THRESHOLD = 50_000  # new objects, at which they are searched for garbage
NICENESS = 10  # of 19: a ninth of the processor beside a process that wants all of it


def lower_priority() -> None:
    """Let this thread, and what it starts from now on, have the processor that others leave."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)  # on Linux of the calling thread alone


def limit_threads_of_libraries() -> None:
    """One thread for linear algebra in this process and those that it starts: ours is too small for more, and each
    thread has buffers. Call it before numpy is imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def collect_garbage_seldom() -> None:
    """Counting makes and drops many objects, none of them in cycles: searching them took a third of its time. What was
    loaded until now stays, and is not searched at all."""
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD)


def release_memory() -> None:
    """Give back to the system what was freed: a large tally leaves gaps that the allocator would keep."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
        if trim is not None:
            trim(0)
