"""What `survey-server check` does: every fault of every file under the given paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from survey_server.questionnaire.faults import Fault, Findings, QuestionnaireError
from survey_server.questionnaire.frameworks import framework_of, read_bytes
from survey_server.questionnaire.load import frameworks_beside, is_framework, questionnaire_of
from survey_server.questionnaire.source import read_source


def check_paths(paths: Iterable[Path]) -> list[Fault]:
    """The faults of files, and of all YAML files in folders, in the order of files and lines."""
    return [fault for path in _files(paths) for fault in check_file(path)]


def check_file(path: Path) -> list[Fault]:
    findings = Findings(str(path))
    try:
        source = read_bytes(path)
    except QuestionnaireError as error:
        return list(error.faults)
    root = read_source(source, Findings(str(path)))
    if root is not None and is_framework(root):
        framework_of(source, findings)
    else:
        questionnaire_of(source, frameworks_beside(path), findings)
    return findings.faults


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in (".yaml", ".yml") and each.is_file())
        else:
            yield path
