"""What keeps the publisher and its workers from taking from the intake of responses."""

from __future__ import annotations

import gc
import os
import sys

NICENESS = 15  # of 19: a thirtieth of the processor beside processes that want all of it


def lower_priority() -> None:
    """Let this thread, and what it starts from now on, have the processor that others leave."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)  # on Linux of the calling thread alone


def limit_threads_of_libraries() -> None:
    """One thread for linear algebra in this process and those that it starts: ours is too small for more, and each
    thread has buffers. Call it before numpy is imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def reduce_garbage_collection() -> None:
    """Collect garbage rarely: these processes hold a round's leaves, and each collection would visit all of them."""
    gc.set_threshold(50_000, 20, 20)
