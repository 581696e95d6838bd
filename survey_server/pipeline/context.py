"""The context of a round's numbers: framework, codebook, localities and plan, as records and as the dataset's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.codebook import Codebook, Framework
from analysis.round_info import Expected, RoundInfo
from analysis.round_tally import LocalityRow
from analysis.versions import UnitedVersions, unite_versions
from survey_server.domain import Round
from survey_server.questionnaire.codebook import codebooks, framework_json
from survey_server.services.pseudonyms import Pseudonyms
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.settings import Settings
from survey_server.storage import Connection, Database, localities, rounds, waiting_responses

COUNTRY = "VN"


@dataclass(frozen=True, slots=True)
class RoundContext:
    """`framework_json` and `codebook_json` are files of the exported dataset; `paths`: by id of the locality; `ids`: by
    path; `united`: the codebook in which charts read the tallies of all versions."""

    round: Round
    info: RoundInfo
    framework_json: dict[str, Any]
    codebook_json: dict[str, Any]
    framework: Framework
    codebook: Codebook
    localities: dict[str, LocalityRow]
    paths: dict[int, str]
    ids: dict[str, int]
    versions: QuestionnaireVersions
    united: UnitedVersions
    pseudonyms: Pseudonyms


def read_round_context(
    database: Database, settings: Settings, round_code: str, versions: QuestionnaireVersions | None = None
) -> RoundContext | None:
    """None where the round is unknown or has no questionnaire. `versions`: those that the process has compiled."""
    known = versions or QuestionnaireVersions(database)
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        keys = rounds.questionnaires_of(connection, found.id) if found is not None else []
    ready = [each for each in (known.find(*key) for key in keys) if each is not None]
    if found is None or not ready:
        return None
    described = framework_json(ready[0].questionnaire.framework)
    framework = Framework.from_json(described)
    book = codebooks([each.questionnaire for each in ready])
    with database.read() as connection:
        info = _round_info(connection, found, settings)
        series = waiting_responses.series_of(connection, found.id).values()
        places, paths = _places(connection, found)
    ids = {path: id_ for id_, path in paths.items()}
    read = Codebook.from_json(book, framework)
    united = unite_versions(read, framework, [(each.questionnaire, each.version) for each in series])
    return RoundContext(
        found, info, described, book, framework, read, places, paths, ids, known, united,
        Pseudonyms(settings.secret_key, found.code),
    )  # fmt: skip


def is_about_people(context: RoundContext, questionnaire: str) -> bool:
    return context.codebook.newest(questionnaire).respondent != "organisation"


def _round_info(connection: Connection, found: Round, settings: Settings) -> RoundInfo:
    plan = rounds.expected(connection, found.id)
    return RoundInfo(
        found.code,
        {"vi": found.name_vi, "en": found.name_en},
        found.scheme,
        found.due_on,
        found.simulated,
        found.cohort_size,
        dict(found.design),
        tuple(rounds.selected_paths(connection, found.id)),
        tuple(Expected(each.path, each.questionnaire, each.quantity, each.due_on) for each in plan),
    )


def _places(connection: Connection, found: Round) -> tuple[dict[str, LocalityRow], dict[int, str]]:
    """The selected provinces and all below them, the country, and the other provinces for the tile diagram."""
    units = {each.path: each for each in localities.within(connection, found.scheme, COUNTRY, ("country", "province"))}
    for path in rounds.selected_paths(connection, found.id):
        units |= {each.path: each for each in localities.within(connection, found.scheme, path)}
    rows = {
        path: LocalityRow(path, each.level, each.code, each.name, each.kind, each.lat, each.lon)
        for path, each in sorted(units.items())
    }
    return rows, {each.id: path for path, each in units.items()}
