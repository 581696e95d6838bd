"""The number of units in each stratum of a round when it was last published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select

from survey_server.storage.tables import stratum_size


@dataclass(frozen=True, slots=True)
class StratumSize:
    """Of one questionnaire's responses; `revision`: the one at which the number of units changed last."""

    questionnaire: str
    stratum: str
    units: int
    revision: int

    @property
    def key(self) -> tuple[str, str]:
        return self.questionnaire, self.stratum


def of_round(connection: Connection, round_id: int) -> dict[tuple[str, str], StratumSize]:
    """By questionnaire and stratum."""
    rows = connection.execute(select(stratum_size).where(stratum_size.c.round_id == round_id)).mappings()
    found = [StratumSize(row["questionnaire"], row["stratum"], row["units"], row["revision"]) for row in rows]
    return {each.key: each for each in found}


def put(connection: Connection, round_id: int, sizes: Sequence[StratumSize]) -> None:
    """Replace the stored sizes of these strata."""
    for each in sizes:
        connection.execute(
            delete(stratum_size).where(
                stratum_size.c.round_id == round_id,
                stratum_size.c.questionnaire == each.questionnaire,
                stratum_size.c.stratum == each.stratum,
            )
        )
    if sizes:
        connection.execute(insert(stratum_size), [asdict(each) | {"round_id": round_id} for each in sizes])
