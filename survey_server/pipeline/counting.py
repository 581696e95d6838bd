"""Tallies leaves from the responses in the database into leaf tallies in the database, and checks what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from analysis.counter import tally_leaf
from analysis.tally import CountedResponse, LeafTally
from survey_server.clock import now_text
from survey_server.domain import CollectedResponse, LeafKey
from survey_server.pipeline.build import program_digest
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.services.doctor import DoctorProblem, error
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.stored_answers import answers_of
from survey_server.settings import Settings
from survey_server.storage import Connection, Database, leaf_tallies, responses, rounds
from survey_server.storage.leaf_tallies import CountedLeaf

RECOUNT_BATCH = 100  # leaves recounted in one transaction


def count_pending(database: Database, context: RoundContext) -> bool:
    """Count changed leaves until none is pending; returns whether any was."""
    counted = False
    while count_changes(database, context) is not None:
        counted = True
    return counted


def count_changes(database: Database, context: RoundContext) -> int | None:
    """Recount every leaf of the round that changed; returns the new revision, None where nothing had changed.

    The notes of change are deleted in the transaction that stores the tallies, so an interrupted count is repeated.
    """
    with database.read() as connection:
        changed = {
            key: ids
            for key, ids in leaf_tallies.pending_changes(connection).items()
            if key.round_id == context.round.id
        }
        counted = {key: count_leaf(connection, context, key) for key in changed}
    if not changed:
        return None
    taken = [id_ for ids in changed.values() for id_ in ids]

    def store(connection: Connection) -> int:
        revision = leaf_tallies.add_revision(connection, context.round.id, now_text())
        leaf_tallies.put(connection, [_counted(key, tally, revision) for key, tally in counted.items()])
        leaf_tallies.remove_changes(connection, taken)
        return revision

    return database.write(store)


def recount_outdated(database: Database, context: RoundContext) -> bool:
    """Recount the leaves that another program counted; returns whether there were any.

    A leaf whose numbers are the same keeps its revision; otherwise it gets a new one. What was released of it follows
    if it was this very count: both are about the same people, so that the difference discloses nobody.
    """
    found = False
    while _recount_some(database, context):
        found = True
    return found


def _recount_some(database: Database, context: RoundContext) -> bool:
    """One batch. Leaves that changed meanwhile are left to `count_changes`, here or in another process."""
    with database.read() as connection:
        outdated = leaf_tallies.counted_by_others(connection, context.round.id, program_digest(), RECOUNT_BATCH)
        counted = {each.key: count_leaf(connection, context, each.key) for each in outdated}

    def store(connection: Connection) -> None:
        still = {*leaf_tallies.counted_by_others(connection, context.round.id, program_digest(), RECOUNT_BATCH)}
        untouched = [each for each in outdated if each in still]
        same = [each for each in untouched if counted[each.key].to_json() == each.tally]
        leaf_tallies.put(connection, [replace(each, counted_by=program_digest()) for each in same])
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


def count_outside_publisher(database: Database, settings: Settings, context: RoundContext) -> None:
    """Count pending leaves in another process than the publisher's, which notices the new revision."""
    count_pending(database, context)
    recount_outdated(database, context)


def recount_differs(database: Database, settings: Settings) -> list[DoctorProblem]:
    """A problem for each leaf whose stored tally differs from a count of its responses. Pending leaves are left out,
    and those that another program counted: the publisher recounts them at its next start."""
    with database.read() as connection:
        codes = [each.code for each in rounds.all_rounds(connection)]
        pending = set(leaf_tallies.pending_changes(connection, 1_000_000))
    found: list[DoctorProblem] = []
    for context in filter(None, (read_round_context(database, settings, code) for code in codes)):
        with database.read() as connection:
            outdated = leaf_tallies.counted_by_others(connection, context.round.id, program_digest())
            stored = {each.key: (each.n, each.tally) for each in leaf_tallies.of_round(connection, context.round.id)}
        counted = {key: (tally.n, tally.to_json()) for key, tally in count_all(database, context).items()}
        left_out = pending | {each.key for each in outdated}
        for key in {**stored, **counted}:
            if key not in left_out and stored.get(key) != counted.get(key):
                where = f"{context.round.code}/{key.questionnaire}/{key.version}/{key.locality_id}"
                found.append(error("Số tổng hợp của {where} không khớp khi đếm lại.", where=where))
    return found


def count_all(database: Database, context: RoundContext) -> dict[LeafKey, LeafTally]:
    """Count every leaf of the round from its responses, whatever is stored."""
    with database.read() as connection:
        keys = leaf_tallies.expected_keys(connection, context.round.id)
        return {key: count_leaf(connection, context, key) for key in keys}


def count_leaf(connection: Connection, context: RoundContext, key: LeafKey) -> LeafTally:
    book = context.codebook.questionnaires.get((key.questionnaire, key.version))
    if book is None:
        return LeafTally()
    rows = responses.of_leaf(connection, key)
    return tally_leaf(counted_responses(context.versions, rows), book, context.framework)


def counted_responses(versions: QuestionnaireVersions, rows: Iterable[CollectedResponse]) -> list[CountedResponse]:
    """Responses as the tally counts them."""
    return [
        CountedResponse(
            row.id, answers_of(versions, row), frozenset(json.loads(row.not_asked)), row.weight, bool(row.late),
            row.simulated,
        )
        for row in rows
    ]  # fmt: skip


def _counted(key: LeafKey, tally: LeafTally, revision: int) -> CountedLeaf:
    return CountedLeaf(key, tally.n, tally.to_json(), revision, program_digest())
