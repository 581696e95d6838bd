"""Reads frameworks: the tree of tasks and indicators on which questionnaires, charts and reports are based."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import cast

from survey_server.i18n import Message
from survey_server.problems import language as problem_types
from survey_server.problems.operating_system import describe_os_error
from survey_server.questionnaire.mapping_reader import NAME, MappingReader
from survey_server.questionnaire.model import Aggregate, Aspect, Framework, Indicator, IndicatorKind, Position, Task
from survey_server.questionnaire.source import MAX_FILE_BYTES, Mapping, build_from_source
from survey_server.questionnaire.source_problems import QuestionnaireError, SourceProblems

LANGUAGES = ("vi", "en")
FRAMEWORK_KEYS = ("id", "title", "tasks")
TASK_KEYS = ("title", "short", "weight", "indicators")
INDICATOR_KEYS = ("title", "kind", "aspect", "weight", "unit", "period", "aggregate", "direction")
_OWNER = Message("khung")
_KINDS = ("rating", "yes_no", "count", "money", "ratio")
_ASPECTS = ("deploy", "direct", "carry_out")
_AGGREGATES = ("sum", "mean", "ratio", "none")
_PERIODS = ("half_year", "year", "quarter", "month")


class FileFrameworks:
    """Frameworks by name: those in a folder, or one that is given instead."""

    def __init__(self, folder: Path | None = None, given: Framework | None = None) -> None:
        self._folder = folder
        self._given = given

    def find(self, name: str) -> Framework | None:
        """Raises QuestionnaireError where the framework's own file has problems."""
        if self._given is not None:
            return self._given if self._given.id == name else None
        if self._folder is None or not NAME.fullmatch(name):
            return None
        path = self.path_of(name)
        return load_framework(path) if path.is_file() else None

    def path_of(self, name: str) -> Path:
        return (self._folder or Path()) / f"{name}.yaml"

    def names(self) -> list[str]:
        if self._given is not None:
            return [self._given.id]
        return sorted(path.stem for path in self._folder.glob("*.yaml")) if self._folder else []


def find_frameworks(path: Path) -> FileFrameworks:
    """The frameworks in the folder `frameworks/` beside a questionnaire, or one level up."""
    for folder in (path.parent / "frameworks", path.parent.parent / "frameworks"):
        if folder.is_dir():
            return FileFrameworks(folder)
    return FileFrameworks()


def load_framework(path: Path) -> Framework:
    """Raises QuestionnaireError with every error of the file."""
    return read_framework(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, at most one more than MAX_FILE_BYTES. Raises QuestionnaireError where it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # reading a pipe might block for ever
            raise OSError(errno.EINVAL, "Not a file")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        problems = SourceProblems(str(path))
        problems.add(Position(1, 1), problem_types.CANNOT_READ, why=describe_os_error(error))
        raise QuestionnaireError(problems.found) from error


def read_framework(source: bytes, path: str = "framework.yaml", *, published: bool = False) -> Framework:
    """Raises QuestionnaireError with every error of the file; for a `published` framework, which was valid under the
    rules of its day and stays in use, only if nothing can be read."""
    return build_from_source(source, path, build_framework, published=published)


def build_framework(root: Mapping, problems: SourceProblems) -> Framework:
    """The framework as far as it can be read; what is wrong is added to `problems`.

    Raises TooManyProblemsError.
    """
    reader = MappingReader(root, _OWNER, LANGUAGES, problems)
    reader.allow_keys(FRAMEWORK_KEYS)
    tasks = tuple(_task(*each) for each in reader.read_named("tasks", required=True))
    node = reader.find("tasks")
    if isinstance(node, Mapping) and not node.entries:
        problems.add(node.position, problem_types.NOTHING_INSIDE, owner=_OWNER, key="tasks")
    return Framework(reader.read_name("id"), reader.read_text("title", required=True), tasks)


def _task(code: str, reader: MappingReader) -> Task:
    reader.allow_keys(TASK_KEYS)
    title = reader.read_text("title", required=True)
    indicators = tuple(_indicator(*each) for each in reader.read_named("indicators", required=True))
    return Task(code, title, reader.read_text("short") or title, indicators, reader.read_number("weight", 1.0))


def _indicator(code: str, reader: MappingReader) -> Indicator:
    reader.allow_keys(INDICATOR_KEYS)
    kind = cast(IndicatorKind, reader.read_one_of("kind", _KINDS))
    return Indicator(
        code=code,
        title=reader.read_text("title", required=True),
        kind=kind,
        aspect=cast(Aspect, reader.read_one_of("aspect", _ASPECTS)),
        weight=reader.read_number("weight", 1.0),
        unit=reader.read_text("unit"),
        period=reader.read_one_of("period", _PERIODS) if reader.has("period") else None,
        aggregate=cast(
            Aggregate, reader.read_one_of("aggregate", _AGGREGATES, "none" if kind in ("rating", "yes_no") else "sum")
        ),
        direction="lower" if reader.read_one_of("direction", ("higher", "lower"), "higher") == "lower" else "higher",
    )


def is_framework(root: Mapping) -> bool:
    """Whether a file looks like a framework rather than a questionnaire."""
    return "tasks" in root.entries and "sections" not in root.entries
