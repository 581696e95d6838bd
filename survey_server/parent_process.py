"""Ending with the process that started this one, however that one ended."""

from __future__ import annotations

import os
import signal
import time
from threading import Thread

STOP_TIMEOUT = 10.0  # seconds for finishing after SIGTERM
_INTERVAL = 0.2  # seconds between two looks at the parent


def stop_with_parent(parent: int) -> None:
    """Send SIGTERM to this process once its parent is no longer `parent`; end it STOP_TIMEOUT later in any case."""
    Thread(target=_watch, args=(parent,), name="stop-with-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_TIMEOUT)
    os._exit(1)
