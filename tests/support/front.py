"""A server of the house in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from survey_server.cli.server.front import Front


def run(front: Front) -> Callable[[], None]:
    """Start it; what is returned ends it."""
    thread = threading.Thread(target=front.run, daemon=True)
    thread.start()

    def end() -> None:
        # By its own loop: a descriptor that is closed elsewhere does not wake the loop, which then waits out a second.
        with suppress(OSError):  # the loop was awake, and has closed its end before it was to be woken
            front.trigger.pull_trigger(front.close)
        thread.join(timeout=5)
        front.task_dispatcher.shutdown()
        assert not thread.is_alive()

    return end
