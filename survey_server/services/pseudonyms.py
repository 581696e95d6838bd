"""Pseudonyms of interviewers and devices in exports: one person has one pseudonym in a round and another in the next.

They are a keyed hash: without the server's secret nobody can compute the pseudonym of an account, or the account of a
pseudonym by trying all of them.
"""

from __future__ import annotations

import hashlib
import hmac

LENGTH = 16  # hexadecimal digits: 64 bits


class Pseudonyms:
    """Of one round; computed once for each person and device."""

    def __init__(self, secret_key: str, round_code: str) -> None:
        self._key = hmac.digest(secret_key.encode(), f"pseudonyms/{round_code}".encode(), hashlib.sha256)
        self._known: dict[tuple[str, str], str] = {}

    def interviewer(self, person_id: int | None) -> str:
        """Empty where the sender is not known."""
        return self._of("person", "" if person_id is None else str(person_id))

    def device(self, device_id: str | None) -> str:
        """Empty for a response that no device sent."""
        return self._of("device", device_id or "")

    def _of(self, kind: str, id_: str) -> str:
        if not id_:
            return ""
        found = self._known.get((kind, id_))
        if found is None:
            digest = hmac.digest(self._key, f"{kind}/{id_}".encode(), hashlib.sha256)
            found = self._known[kind, id_] = digest.hex()[:LENGTH]
        return found
