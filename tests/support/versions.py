"""Further versions of the questionnaire of `interviews`."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from sqlalchemy import Connection

from survey_server.domain import NewAssignment
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.storage import rounds
from tests.support.interviews import Interviews


def publish_version(interviews: Interviews, folder: Path, version: str, *changes: tuple[str, str]) -> None:
    """Offer a further version of the questionnaire in the round."""
    source = (folder / "asked" / "residents.yaml").read_text(encoding="utf-8")
    source = source.replace('version: "1"', f'version: "{version}"')
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    path = folder / "asked" / f"residents-{version}.yaml"
    path.write_text(source, encoding="utf-8")
    publish_questionnaire(interviews.database, path)
    field = interviews.field

    def offer(connection: Connection) -> None:
        rounds.add_questionnaires(connection, field.round_id, [("residents", version)])
        assigned = [
            replace(each, id=assignment(each.code, version), version=version)
            for each in rounds.assignments_of(connection, field.surveyor)
            if (each.questionnaire, each.version) == ("residents", "1")
        ]
        names = {each.name for each in fields(NewAssignment)}
        new = [NewAssignment(**{name: getattr(each, name) for name in names}) for each in assigned]
        rounds.add_assignments(connection, new)

    interviews.database.write(offer)


def assignment(commune: str, version: str) -> str:
    return f"00000000-0000-4000-8000-{commune}{int(version):07}"


def send(
    interviews: Interviews,
    commune: str,
    n: int,
    answers: dict[str, str],
    version: str = "1",
    supersedes: str | None = None,
) -> list[str]:
    """Send responses to a version; returns their ids."""
    own = {} if version == "1" else {commune: assignment(commune, version)}
    sender = replace(interviews, assigned=interviews.assigned | own)
    return sender.send(commune, n, version=version, answers=answers, supersedes=supersedes)
