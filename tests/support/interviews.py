"""Interviews with residents and officials in the small survey of `field`, and the publisher's steps by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis.tally import LeafTally
from survey_server.domain import PublishedLeaf, PublishedPart, ReviewAction
from survey_server.pipeline.cohorts.publishing import CohortPublisher
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.services.review_response import take_step
from survey_server.settings import Settings
from survey_server.storage import Connection, published_parts, responses
from survey_server.storage.cohort_journal import CohortJournal
from survey_server.storage.database import Database
from tests.support.field import (
    Field,
    assign_also,
    assign_at,
    body,
    prepare_field,
    row,
    surveyor_of,
    variant_of_example,
)
from tests.support.receiving import receive

HERE, NEAR, FAR = "00001", "00004", "26734"  # communes; the first two of one district
PLACES = {HERE: "VN/01/001/00001", NEAR: "VN/01/001/00004", FAR: "VN/79/760/26734"}
DISTRICT, PROVINCE, COUNTRY = "VN/01/001", "VN/01", "VN"
LAST_DAY, CLOSED = "2012-06-30", "2012-07-01"


@dataclass(slots=True)
class Interviews:
    """`assigned`: commune → assignment."""

    database: Database
    settings: Settings
    field: Field
    assigned: dict[str, str]
    questionnaire: str
    publisher: CohortPublisher

    @property
    def context(self) -> RoundContext:
        found = read_round_context(self.database, self.settings, "r1")
        assert found is not None
        return found

    def written(self, commune: str, **changed: Any) -> dict[str, Any]:
        """A finished response from a commune."""
        given = {"answers": {"agreed": "yes", "party_change": "some"}} | changed
        place = {"scheme": "test", "level": "commune", "code": commune}
        own = {"questionnaire": self.questionnaire, "assignment": self.assigned[commune], "locality": place}
        return body(self.field, **own, **given)

    def upload(self, bodies: list[dict[str, Any]]) -> None:
        receipts = receive(self.database, surveyor_of(self.field), [row(each) for each in bodies])
        assert {each.status.value for each in receipts} <= {"stored"}, receipts

    def send(self, commune: str, n: int = 1, **changed: Any) -> list[str]:
        """Send responses from a commune; returns their ids."""
        sent = [self.written(commune, **changed) for _ in range(n)]
        self.upload(sent)
        return [str(each["id"]) for each in sent]

    def approve(self, *ids: str) -> None:
        self._step(ReviewAction.APPROVE, ids)

    def send_back(self, *ids: str) -> None:
        self._step(ReviewAction.RETURN, ids)

    def _step(self, action: ReviewAction, ids: tuple[str, ...]) -> None:
        for id_ in ids:
            self.database.write(partial(_take_step, id_=id_, action=action, person_id=self.field.surveyor))

    def publish(self, today: str = CLOSED) -> int | None:
        """Count what changed, and form cohorts until none is formed; returns the last revision."""
        count_waiting(self.database)
        context = self.context
        revision, may_continue = None, True
        while may_continue:
            published, may_continue = self.publisher.publish(context, today)
            revision = published or revision
        return revision

    def restart(self) -> None:
        """Another publisher takes over."""
        self.publisher = CohortPublisher(self.database, CohortJournal(self.settings.data_dir))

    def parts(self) -> list[PublishedPart]:
        with self.database.read() as connection:
            return published_parts.of_round(connection, self.field.round_id)

    def leaves(self) -> list[PublishedLeaf]:
        with self.database.read() as connection:
            return published_parts.leaves_of_round(connection, self.field.round_id)

    def sizes(self) -> dict[str, int]:
        """Place → the number of people in the parts published there that count."""
        found: dict[str, int] = {}
        for each in self.parts():
            if not each.is_struck and each.n:
                found[each.path] = found.get(each.path, 0) + each.n
        return found

    def tally_at(self, path: str) -> LeafTally:
        """Of the only unit published at a place."""
        (found,) = (each for each in self.leaves() if each.path == path)
        return LeafTally.from_json(found.tally)


def _take_step(connection: Connection, id_: str, action: ReviewAction, person_id: int) -> None:
    (found,) = responses.find(connection, id_)
    take_step(connection, found, action, person_id, "Thiếu số liệu")


def prepare_interviews(
    database: Database,
    settings: Settings,
    folder: Path,
    respondent: str = "resident",
    quantity: int = 20,
    edit: Callable[[str], str] = str,
) -> Interviews:
    """`quantity`: how many are assigned at each commune; `edit`: changes the source of the questionnaire."""
    field = prepare_field(database, folder)
    name = f"{respondent}s"
    questionnaire = variant_of_example(folder, name, respondent=respondent)
    questionnaire.write_text(edit(questionnaire.read_text(encoding="utf-8")), encoding="utf-8")
    first = assign_also(database, field, questionnaire, quantity=quantity)
    assigned = {HERE: first, **assign_at(database, field, name, NEAR, FAR, quantity=quantity)}
    publisher = CohortPublisher(database, CohortJournal(settings.data_dir))
    return Interviews(database, settings, field, assigned, name, publisher)
