"""Changes of responses with their sign; tallies of whole numbers"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = (
    "round_id", "locality_id", "questionnaire", "version", "evidence", "state", "stratum", "cluster", "weights_version",
)  # fmt: skip
UNIT = 2.0**64  # of sums


def upgrade() -> None:
    _keep_leaves_that_were_never_counted()
    op.drop_table("changed_leaf")
    op.create_table(
        "response_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("response_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["response_seq"], ["response.seq"], name=op.f("fk_response_change_response_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_change")),
    )
    op.create_index("ix_leaf_counted_by", "leaf", ["counted_by"])
    for table in ("leaf", "released_leaf"):
        _convert(table)


def _keep_leaves_that_were_never_counted() -> None:
    """As empty leaves of no program: the publisher recounts the leaves of other programs when it starts."""
    op.get_bind().exec_driver_sql(
        """
        INSERT INTO leaf (round_id, locality_id, questionnaire, version, evidence, state, stratum, cluster,
            weights_version, n, tally, revision, counted_by)
        SELECT DISTINCT round_id, locality_id, questionnaire, version, evidence, state, stratum, cluster,
            weights_version, 0, '{"late":0,"moments":{},"n":0,"people":{},"questions":{},"simulated":0}', 0, ''
        FROM changed_leaf AS changed
        WHERE NOT EXISTS (
            SELECT 1 FROM leaf
            WHERE leaf.round_id = changed.round_id AND leaf.locality_id = changed.locality_id
                AND leaf.questionnaire = changed.questionnaire AND leaf.version = changed.version
                AND leaf.evidence = changed.evidence AND leaf.state = changed.state
                AND leaf.stratum = changed.stratum AND leaf.cluster = changed.cluster
                AND leaf.weights_version = changed.weights_version
        )
        """
    )


def _convert(name: str) -> None:
    """Sums of doubles become whole numbers of 2**-64. Released leaves cannot be recounted; the others will be."""
    table = sa.table(name, *map(sa.column, (*KEY, "tally", "counted_by")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).mappings().all():
        own = sa.and_(*(table.c[column] == row[column] for column in KEY))
        converted = json.dumps(_converted(json.loads(row["tally"])), sort_keys=True, separators=(",", ":"))
        connection.execute(sa.update(table).where(own).values(tally=converted, counted_by=""))


def _converted(tally: dict[str, Any]) -> dict[str, Any]:
    for each in tally["questions"].values():
        if "s" in each:
            each["s"] = _whole(each["s"])
    moments = {name: _whole(each) for name, each in tally["moments"].items()}
    same = {name: each[:4] if each[1:4] == each[4:] else each for name, each in moments.items()}
    return tally | {"moments": same, "people": tally.get("people", {})}


def _whole(numbers: list[Any]) -> list[Any]:
    """The first is a count."""
    return [numbers[0], *(round(number * UNIT) for number in numbers[1:])]
