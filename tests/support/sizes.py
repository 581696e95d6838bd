"""How much a test does: less in the quick loop, more with `run.py test --long`."""

from __future__ import annotations

import os

LONG_VARIABLE = "SURVEY_TEST_LONG"  # set by `run.py test --long`
QUICK_VARIABLE = "SURVEY_TEST_QUICK"  # set where slow tests are left out (tests/conftest.py)
QUICK_SHARE = 5


def choose_size(small: int, full: int) -> int:
    """The number of rounds or rows that a test marked `long` takes in this run."""
    return full if os.environ.get(LONG_VARIABLE) else small


def choose_examples(number: int) -> int:
    """The number of random examples of a test: a fifth of them in the quick loop, all with the slow tests."""
    return number // QUICK_SHARE if os.environ.get(QUICK_VARIABLE) else number
