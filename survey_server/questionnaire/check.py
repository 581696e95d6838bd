"""Checks questionnaire and framework files: what `survey-server check` does."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from survey_server.problems import language as problem_types
from survey_server.questionnaire.frameworks import build_framework, find_frameworks, is_framework, read_bytes
from survey_server.questionnaire.load import build_questionnaire
from survey_server.questionnaire.model import Position
from survey_server.questionnaire.source import read_source
from survey_server.questionnaire.source_problems import (
    QuestionnaireError,
    SourceProblem,
    SourceProblems,
    TooManyProblemsError,
)


def check_paths(paths: Iterable[Path]) -> list[SourceProblem]:
    """The problems of files, and of all YAML files in folders, in the order of files and lines."""
    files: list[Path] = []
    for path in paths:
        found = path.rglob("*") if _is_folder(path) else ()
        files += sorted(each for each in found if each.suffix in (".yaml", ".yml") and each.is_file()) or [path]
    return [problem for path in files for problem in check_file(path)]


def check_file(path: Path) -> list[SourceProblem]:
    """Every problem of a file, in the order of its lines; a folder is reported as one without files."""
    problems = SourceProblems(str(path))
    if _is_folder(path):
        problems.add(Position(1, 1), problem_types.NO_FILES)
        return problems.found
    try:
        source = read_bytes(path)
    except QuestionnaireError as error:
        return list(error.problems)
    with suppress(TooManyProblemsError):
        root = read_source(source, problems)
        if root is not None and is_framework(root):
            framework = build_framework(root, problems)
            if framework.id and framework.id != path.stem:
                problems.add(root.entries["id"].position, problem_types.FRAMEWORK_ID, name=framework.id, file=path.name)
        elif root is not None:
            build_questionnaire(root, source, find_frameworks(path), problems)
    return problems.found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # not a possible file name
        return False
