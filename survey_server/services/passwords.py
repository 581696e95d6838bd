"""Passwords: argon2id, with a cap on how many are hashed at once, so that a flood of logins cannot eat the memory."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey_server.problems import ProblemError
from survey_server.problems.people import SIGN_IN_BUSY

# The second choice of RFC 9106 scaled to small servers (OWASP's): 19 MiB a hash, two at once.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_PLACES = BoundedSemaphore(2)
_PATIENCE = 10.0  # seconds that a login waits for a place
MAX_LENGTH = 512


def hash_password(password: str) -> str:
    with _Place():
        return _HASHER.hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an account that does not exist (`hashed` None)."""
    with _Place():
        try:
            fits = _HASHER.verify(hashed or _dummy_hash(), password[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return fits and hashed is not None


@cache
def _dummy_hash() -> str:
    return _HASHER.hash("an account that does not exist")


class _Place:
    def __enter__(self) -> None:
        if not _PLACES.acquire(timeout=_PATIENCE):
            raise ProblemError(SIGN_IN_BUSY)

    def __exit__(self, *_: object) -> None:
        _PLACES.release()
