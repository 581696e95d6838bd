"""Publishing a version of a questionnaire; a published version never changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from survey_server.clock import now_text
from survey_server.problems import ProblemError, publishing as problems
from survey_server.questionnaire.client import client_json
from survey_server.questionnaire.codebook import framework_json
from survey_server.questionnaire.frameworks import find_frameworks, read_bytes
from survey_server.questionnaire.load import load_questionnaire
from survey_server.storage import Connection, Database, audit, questionnaires
from survey_server.storage.questionnaires import Published


def publish_questionnaire(database: Database, path: Path, person_id: int | None = None) -> Published:
    """Check a file and publish it; the same bytes again change nothing.

    Raises QuestionnaireError for a file with errors, ProblemError version_taken where other bytes were published under
    this id and version.
    """
    questionnaire = load_questionnaire(path)
    framework_source = read_bytes(find_frameworks(path).path_of(questionnaire.framework.id))
    compiled = client_json(questionnaire)
    new = Published(
        id=questionnaire.id,
        version=questionnaire.version,
        sha256=questionnaire.sha256,
        source=read_bytes(path).decode("utf-8-sig"),
        compiled=compiled,
        compiled_sha256=hashlib.sha256(compiled.encode()).hexdigest(),
        framework_id=questionnaire.framework.id,
        framework_source=framework_source.decode("utf-8-sig"),
        published_at=now_text(),
    )
    described = json.dumps(framework_json(questionnaire.framework), ensure_ascii=False, separators=(",", ":"))

    def publish(connection: Connection) -> Published:
        known = questionnaires.find(connection, new.id, new.version)
        if known is not None:
            if known.sha256 != new.sha256:
                raise ProblemError(problems.VERSION_TAKEN, id=new.id, version=new.version)
            return known
        framework_sha256 = hashlib.sha256(framework_source).hexdigest()
        questionnaires.add_framework(connection, new.framework_id, framework_sha256, new.framework_source, described)
        questionnaires.add(connection, new, framework_sha256)
        audit.record(
            connection, "publish_questionnaire", f"questionnaire:{new.id}/{new.version}",
            person_id=person_id, detail={"sha256": new.sha256},
        )  # fmt: skip
        return new

    return database.write(publish)
