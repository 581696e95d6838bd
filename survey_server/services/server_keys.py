"""The server's key pairs, to which tablets seal finished responses. Old ones still open what was sealed to them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping

from survey_server.clock import now_text
from survey_server.domain import ServerKey
from survey_server.storage import Connection, Database, devices

_KID = re.compile(r"[0-9a-f]{16}")


class UnsealError(ValueError):
    """The sealed row cannot be opened; the message names the part that is wrong."""


def make_key(database: Database) -> None:
    """Make a key pair if there is none, so that no process which serves requests has to."""
    database.write(current_key)


def current_key(connection: Connection) -> ServerKey:
    """The newest key pair; makes one if there is none, so call it inside a write."""
    known = devices.newest_key(connection)
    if known is not None:
        return known
    from survey_server.services import key_pairs  # imports cryptography: 7 MiB

    private_pem, jwk = key_pairs.make_pair()
    new = ServerKey(secrets.token_hex(8), private_pem, json.dumps(jwk))
    devices.add_key(connection, new, now_text())
    return new


def unseal(database: Database, sealed: Mapping[str, object]) -> bytes:
    """The plaintext of a sealed row: `kid`, and what `key_pairs.open_sealed` reads. Raises UnsealError."""
    kid = sealed.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise UnsealError("kid")
    with database.read() as connection:
        known = devices.key(connection, kid)
    if known is None:
        raise UnsealError("kid")
    from survey_server.services import key_pairs

    try:
        return key_pairs.open_sealed(known.private_pem, kid, sealed)
    except ValueError as error:
        raise UnsealError(str(error)) from error
