"""Passwords as argon2id hashes. Few are hashed at a time, so that many logins at once cannot exhaust the memory."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey_server.problems import ProblemError, people as problems

# The second choice of RFC 9106 scaled to small servers (OWASP's): 19 MiB a hash, two at once.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_SLOTS = BoundedSemaphore(2)
_SLOT_TIMEOUT = 10.0  # seconds that a login waits for a slot
MAX_PASSWORD_LENGTH = 512


def hash_password(password: str) -> str:
    with _Slot():
        return _HASHER.hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist (`hashed` None)."""
    with _Slot():
        try:
            is_right = _HASHER.verify(hashed or _dummy_hash(), password[:MAX_PASSWORD_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return is_right and hashed is not None


@cache
def _dummy_hash() -> str:
    return _HASHER.hash("an account that does not exist")


class _Slot:
    """Raises ProblemError sign_in_busy where no slot becomes free in time."""

    def __enter__(self) -> None:
        if not _SLOTS.acquire(timeout=_SLOT_TIMEOUT):
            raise ProblemError(problems.SIGN_IN_BUSY)

    def __exit__(self, *_: object) -> None:
        _SLOTS.release()
