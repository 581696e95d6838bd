"""Counting leaves: from the responses in the database to tallies in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, RowMapping

from analysis.tally import Answered, LeafTally, tally_leaf
from survey_server.clock import now_text
from survey_server.domain.responses import LeafKey
from survey_server.pipeline.books import RoundBooks
from survey_server.pipeline.edition import program
from survey_server.services.find_questionnaire import find_ready
from survey_server.services.published_charts import write_atomically
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, responses
from survey_server.storage.database import Database
from survey_server.storage.leaf_tallies import CountedLeaf

AT_ONCE = 100  # leaves recounted between two looks at what changed meanwhile


def count_what_waits(database: Database, books: RoundBooks) -> bool:
    """Count until nothing of the round waits; returns whether anything did."""
    counted = False
    while count_changes(database, books) is not None:
        counted = True
    return counted


def count_changes(database: Database, books: RoundBooks) -> int | None:
    """Count anew every leaf of the round that changed; returns the new revision, None where nothing had changed.

    The rows that said so are deleted in the transaction that stores the tallies: killed in between, it is done again.
    """
    with database.read() as connection:
        changed = {key: ids for key, ids in leaf_tallies.waiting(connection).items() if key.round_id == books.round.id}
        counted = {key: count_leaf(database, connection, books, key) for key in changed}
    if not changed:
        return None
    taken = [id_ for ids in changed.values() for id_ in ids]

    def store(connection: Connection) -> int:
        revision = leaf_tallies.add_revision(connection, books.round.id, now_text())
        leaf_tallies.put(connection, [_counted(key, tally, revision) for key, tally in counted.items()])
        leaf_tallies.take(connection, taken)
        return revision

    return database.write(store)


def recount_outdated(database: Database, books: RoundBooks) -> bool:
    """Count anew, from the same responses, the leaves that another program counted; returns whether there were any.

    Where the numbers come out as they were, the leaf keeps its revision. Where they come out otherwise it gets a new
    one, and so does what was released of it, if that was this count: the same people stand behind both, so that the
    difference shows none.
    """
    found = False
    while _recount_some(database, books):
        found = True
    return found


def _recount_some(database: Database, books: RoundBooks) -> bool:
    """What was touched meanwhile is left to `count_changes`, here or in another process."""
    with database.read() as connection:
        outdated = leaf_tallies.counted_by_others(connection, books.round.id, program(), AT_ONCE)
        counted = {each.key: count_leaf(database, connection, books, each.key) for each in outdated}

    def store(connection: Connection) -> None:
        still = {*leaf_tallies.counted_by_others(connection, books.round.id, program(), AT_ONCE)}
        untouched = [each for each in outdated if each in still]
        same = [each for each in untouched if counted[each.key].to_json() == each.tally]
        leaf_tallies.put(connection, [replace(each, counted_by=program()) for each in same])
        other = [each for each in untouched if counted[each.key].to_json() != each.tally]
        if other:
            _put_other(connection, other, counted)

    if outdated:
        database.write(store)
    return bool(outdated)


def _put_other(connection: Connection, before: list[CountedLeaf], counted: dict[LeafKey, LeafTally]) -> None:
    round_id = before[0].key.round_id
    revision = leaf_tallies.add_revision(connection, round_id, now_text())
    released = leaf_tallies.released_revisions(connection, round_id)
    now = {each: _counted(each.key, counted[each.key], revision) for each in before}
    leaf_tallies.put(connection, [*now.values()])
    follow = [now[each] for each in before if released.get(each.key) == each.revision]
    leaf_tallies.put(connection, follow, released=True)


def count_beside_publisher(database: Database, settings: Settings, books: RoundBooks) -> None:
    """Count what waits, from another process than the publisher's; a note tells that one, which would look for waiting
    changes in vain."""
    counted = count_what_waits(database, books)
    if recount_outdated(database, books) or counted:
        write_atomically(recounted_note(settings, books.round.code), b"")


def recounted_note(settings: Settings, round_code: str) -> Path:
    return settings.charts_dir / round_code / "recounted"


def count_all(database: Database, books: RoundBooks) -> dict[LeafKey, LeafTally]:
    """Every leaf of the round counted from its responses, without regard to what is stored."""
    with database.read() as connection:
        keys = leaf_tallies.expected_keys(connection, books.round.id)
        return {key: count_leaf(database, connection, books, key) for key in keys}


def count_leaf(database: Database, connection: Connection, books: RoundBooks, key: LeafKey) -> LeafTally:
    book = books.codebook.questionnaires.get((key.questionnaire, key.version))
    if book is None:
        return LeafTally()
    rows = responses.of_leaf(connection, key)
    return tally_leaf(answered_rows(database, rows, books.about["due_on"]), book, books.framework)


def answered_rows(database: Database, rows: Iterable[RowMapping], due_on: str) -> list[Answered]:
    """Responses as the tally counts them: calculated values are the server's, whatever a device had."""
    found = []
    for row in rows:
        ready = find_ready(database, row["questionnaire"], row["version"])
        sent = json.loads(row["body"])["answers"]
        if ready is not None and ready.checker.calculates:
            sent = sent | ready.checker.check(sent, row["completed_at"]).recomputed
        late = (row["completed_at"] or row["received_at"])[:10] > due_on
        not_asked = frozenset(json.loads(row["not_asked"]))
        found.append(Answered(row["id"], sent, not_asked, row["weight"], late, row["simulated"]))
    return found


def _counted(key: LeafKey, tally: LeafTally, revision: int) -> CountedLeaf:
    return CountedLeaf(key, tally.n, tally.to_json(), revision, program())
