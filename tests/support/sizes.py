"""Two sizes for a test that takes long: a small one everywhere, the full one with `run.py test --long`."""

from __future__ import annotations

import os

LONG_VARIABLE = "SURVEY_TEST_LONG"  # set by `run.py test --long`


def choose_size(small: int, full: int) -> int:
    """The number of examples, rounds or rows that a test marked `long` takes in this run."""
    return full if os.environ.get(LONG_VARIABLE) else small
