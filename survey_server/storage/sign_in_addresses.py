"""From which addresses which accounts signed in."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from survey_server.storage.tables import sign_in_address


def is_known(connection: Connection, account: str, address: str, since: str) -> bool:
    """Whether the account signed in from the address at `since` or later."""
    own = (sign_in_address.c.account == account, sign_in_address.c.address == address)
    wanted = select(sign_in_address.c.account).where(*own, sign_in_address.c.last_at >= since)
    return connection.execute(wanted).first() is not None


def count_accounts(connection: Connection, address: str, since: str) -> int:
    """How many accounts signed in from the address at `since` or later."""
    own = (sign_in_address.c.address == address, sign_in_address.c.last_at >= since)
    return int(connection.execute(select(func.count()).select_from(sign_in_address).where(*own)).scalar_one())


def note(connection: Connection, account: str, address: str, now: str) -> None:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    added = insert(sign_in_address).values(account=account, address=address, last_at=now)
    connection.execute(added.on_conflict_do_update(index_elements=["account", "address"], set_={"last_at": now}))


def remove_before(connection: Connection, since: str) -> None:
    connection.execute(delete(sign_in_address).where(sign_in_address.c.last_at < since))
