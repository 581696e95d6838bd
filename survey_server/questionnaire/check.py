"""What `survey-server check` does: every fault of every file under the given paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from survey_server.problems import ProblemType
from survey_server.problems import language as problems
from survey_server.questionnaire.faults import Fault, Findings, QuestionnaireError, TooManyFaultsError
from survey_server.questionnaire.frameworks import framework_of, read_bytes
from survey_server.questionnaire.load import frameworks_beside, is_framework, questionnaire_of
from survey_server.questionnaire.model import Position
from survey_server.questionnaire.source import read_source


def check_paths(paths: Iterable[Path]) -> list[Fault]:
    """The faults of files, and of all YAML files in folders, in the order of files and lines."""
    return [fault for path in _files(paths) for fault in check_file(path)]


def check_file(path: Path) -> list[Fault]:
    if _is_folder(path):
        return _fault(path, problems.NO_FILES)
    findings = Findings(str(path))
    try:
        source = read_bytes(path)
    except QuestionnaireError as error:
        return list(error.faults)
    with suppress(TooManyFaultsError):
        root = read_source(source, findings)
        if root is not None and is_framework(root):
            framework = framework_of(root, findings)
            if framework.id and framework.id != path.stem:
                findings.add(root.entries["id"].position, problems.FRAMEWORK_ID, name=framework.id, file=path.name)
        elif root is not None:
            questionnaire_of(root, source, frameworks_beside(path), findings)
    return findings.faults


def _fault(path: Path, type_: ProblemType) -> list[Fault]:
    findings = Findings(str(path))
    findings.add(Position(1, 1), type_)
    return findings.faults


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        found = path.rglob("*") if _is_folder(path) else ()
        yield from sorted(each for each in found if each.suffix in (".yaml", ".yml") and each.is_file()) or [path]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that no file can have
        return False
