"""Ending: at a signal, and with the process that started this one, however that one ended."""

from __future__ import annotations

import _thread
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from threading import Thread

STOP_TIMEOUT = 10.0  # seconds for finishing after SIGTERM
_INTERVAL = 0.2  # seconds between two looks at the parent
_PR_SET_PDEATHSIG = 1  # prctl(2), as in linux/prctl.h


def on_stop_signal(handler: Callable[[], object], *more_signals: int) -> None:
    """Call `handler` in a thread of its own at SIGINT, SIGTERM and `more_signals`.

    In the main thread it would interrupt anything: an import that swallows what it raises, or `Event.wait` while that
    holds the lock which `Event.set` takes. A repeated signal calls `handler` again.
    """
    for number in (signal.SIGINT, signal.SIGTERM, *more_signals):
        signal.signal(number, lambda *_: _thread.start_new_thread(handler, ()))


def stop_with_parent(parent: int) -> None:
    """Send SIGTERM to this process once its parent is no longer `parent`; end it STOP_TIMEOUT later in any case."""
    Thread(target=_watch, args=(parent,), name="stop-with-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_TIMEOUT)
    os._exit(1)


def end_with_parent() -> None:
    """End this process of multiprocessing at once, whatever it does, when its parent has ended.

    Call it where the parent's main thread started this process: Linux takes the end of that thread for the parent's.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it ended before
            os._exit(1)
    else:
        Thread(target=_exit_after, args=(parent,), name="end-with-parent", daemon=True).start()


def end_with_starter() -> None:
    """End this process of multiprocessing at once, whatever it does, when the process that started it has ended.

    Unlike `end_with_parent`, also where that one is not the parent, as with a fork server.
    """
    starter = multiprocessing.parent_process()
    assert starter is not None
    Thread(target=_exit_after, args=(starter,), name="end-with-starter", daemon=True).start()


def _exit_after(process: BaseProcess) -> None:
    process.join()
    os._exit(1)
