"""The tables. Instants are UTC text ("2012-06-05T07:05:00.123Z"), days are ISO text, JSON is text:
the same bytes and the same order in SQLite and in PostgreSQL."""

from __future__ import annotations

from survey_server.storage.tables.audit import audit, audit_head
from survey_server.storage.tables.base import metadata
from survey_server.storage.tables.charts import (
    chart_bundle,
    chart_page,
    chart_picture,
    chart_request,
    chart_round,
    required_chart,
)
from survey_server.storage.tables.cohorts import (
    closed_round,
    cohort,
    cohort_change,
    cohort_member,
    cohort_series,
    published_leaf,
    published_part,
    question_group,
    result_cut,
    result_cut_part,
    unchecked_place,
    waiting_response,
    withheld_item,
)
from survey_server.storage.tables.localities import locality, locality_succession, scheme
from survey_server.storage.tables.people import (
    device,
    enrolment_code,
    former_upload_token,
    person,
    recovery_code,
    server_key,
    session,
    sign_in_address,
    throttle,
)
from survey_server.storage.tables.questionnaires import framework, questionnaire
from survey_server.storage.tables.responses import attachment, draft, response, response_body, review_event
from survey_server.storage.tables.rounds import (
    assignment,
    round_locality,
    round_questionnaire,
    survey_round,
    visit,
    visit_member,
)
from survey_server.storage.tables.server import meta
from survey_server.storage.tables.tally import leaf, response_change, revision

__all__ = [
    "assignment",
    "attachment",
    "audit",
    "audit_head",
    "chart_bundle",
    "chart_page",
    "chart_picture",
    "chart_request",
    "chart_round",
    "closed_round",
    "cohort",
    "cohort_change",
    "cohort_member",
    "cohort_series",
    "device",
    "draft",
    "enrolment_code",
    "former_upload_token",
    "framework",
    "leaf",
    "locality",
    "locality_succession",
    "meta",
    "metadata",
    "person",
    "published_leaf",
    "published_part",
    "question_group",
    "questionnaire",
    "recovery_code",
    "required_chart",
    "response",
    "response_body",
    "response_change",
    "result_cut",
    "result_cut_part",
    "review_event",
    "revision",
    "round_locality",
    "round_questionnaire",
    "scheme",
    "server_key",
    "session",
    "sign_in_address",
    "survey_round",
    "throttle",
    "unchecked_place",
    "visit",
    "visit_member",
    "waiting_response",
    "withheld_item",
]
