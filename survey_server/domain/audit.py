"""The head of the audit log: what is noted outside the database to prove later that no entry changed or is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How many entries the log has, and the hash of the last one."""

    entries: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.hash}"


EMPTY_LOG = AuditHead(0, "0" * 64)


def parse_head(text: str) -> AuditHead:
    """The head that `str` wrote. Raises ValueError."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise ValueError("not NUMBER:HASH")
    return AuditHead(int(found[1]), found[2])
