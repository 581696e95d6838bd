"""Frameworks: the tree of tasks and indicators behind forms, checks, charts and reports."""

from __future__ import annotations

import errno
import stat
from contextlib import suppress
from pathlib import Path
from typing import cast

from survey_server.i18n import Message
from survey_server.problems import language as problems
from survey_server.problems.operating_system import why
from survey_server.questionnaire.faults import Findings, QuestionnaireError, TooManyFaultsError
from survey_server.questionnaire.model import Aggregate, Aspect, Framework, Indicator, IndicatorKind, Position, Task
from survey_server.questionnaire.reading import NAME, Reading
from survey_server.questionnaire.source import MAX_FILE_BYTES, Mapping, read_source

LANGUAGES = ("vi", "en")
_WHOLE = Message("khung")
_KINDS = ("rating", "yes_no", "count", "money", "ratio")
_ASPECTS = ("deploy", "direct", "carry_out")
_AGGREGATES = ("sum", "mean", "ratio", "none")
_PERIODS = ("half_year", "year", "quarter", "month")


def load_framework(path: Path) -> Framework:
    """Raises QuestionnaireError with everything that is wrong in the file."""
    return read_framework(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, no more than a file may have. Raises QuestionnaireError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe would be waited for without end
            raise OSError(errno.EINVAL, "Not a file")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        findings = Findings(str(path))
        findings.add(Position(1, 1), problems.CANNOT_READ, why=why(error))
        raise QuestionnaireError(findings.faults) from error


def read_framework(source: bytes, path: str = "framework.yaml", *, published: bool = False) -> Framework:
    """Raises QuestionnaireError with every error of the file; of one that was published only where nothing can be
    read: what was right under the rules of its day stays in use."""
    findings = Findings(path)
    framework = None
    with suppress(TooManyFaultsError):
        root = read_source(source, findings)
        framework = None if root is None else framework_of(root, findings)
    if not published or framework is None:
        findings.raise_if_any()
    assert framework is not None
    return framework


def framework_of(root: Mapping, findings: Findings) -> Framework:
    """The framework as far as it can be read; what is wrong is in the findings."""
    reading = Reading(root, _WHOLE, LANGUAGES, findings)
    reading.allow(("id", "title", "tasks"))
    tasks = reading.mapping("tasks", required=True)
    if tasks is not None and not tasks.entries:
        findings.add(tasks.position, problems.NOTHING_INSIDE, owner=_WHOLE, key="tasks")
    return Framework(reading.name("id"), reading.text("title", required=True), tuple(_tasks(reading, tasks)))


def _named(reading: Reading, node: Mapping | None) -> list[tuple[str, Reading]]:
    """The mappings in a mapping whose keys are names, each with its name."""
    found: list[tuple[str, Reading]] = []
    for code, each in node.entries.items() if node is not None else ():
        if not NAME.fullmatch(code):
            reading.findings.add(node.keys[code] if node else reading.position, problems.BAD_NAME, name=code)
        if isinstance(each, Mapping):
            found.append((code, reading.of(each, code)))
        else:
            reading.findings.add(
                each.position,
                problems.WRONG_TYPE,
                owner=reading.owner,
                key=code,
                wanted=Message("một bảng khóa: giá trị"),
            )
    return found


def _tasks(reading: Reading, node: Mapping | None) -> list[Task]:
    tasks = []
    for code, task in _named(reading, node):
        task.allow(("title", "short", "weight", "indicators"))
        title = task.text("title", required=True)
        indicators = tuple(_indicator(*each) for each in _named(task, task.mapping("indicators", required=True)))
        tasks.append(Task(code, title, task.text("short") or title, indicators, task.number("weight", 1.0)))
    return tasks


def _indicator(code: str, reading: Reading) -> Indicator:
    reading.allow(("title", "kind", "aspect", "weight", "unit", "period", "aggregate", "direction"))
    kind = cast(IndicatorKind, reading.one_of("kind", _KINDS))
    return Indicator(
        code=code,
        title=reading.text("title", required=True),
        kind=kind,
        aspect=cast(Aspect, reading.one_of("aspect", _ASPECTS)),
        weight=reading.number("weight", 1.0),
        unit=reading.text("unit"),
        period=reading.one_of("period", _PERIODS) if reading.has("period") else None,
        aggregate=cast(
            Aggregate, reading.one_of("aggregate", _AGGREGATES, "none" if kind in ("rating", "yes_no") else "sum")
        ),
        direction="lower" if reading.one_of("direction", ("higher", "lower"), "higher") == "lower" else "higher",
    )
