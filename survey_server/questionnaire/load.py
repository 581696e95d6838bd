"""From a YAML file to a Questionnaire. Every fault of a file is found in one run, each with its line and column."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import cast

from survey_server.i18n import Message
from survey_server.problems import language as problems
from survey_server.questionnaire.choice_lists import read_lists
from survey_server.questionnaire.faults import Findings, QuestionnaireError, TooManyFaultsError
from survey_server.questionnaire.frameworks import load_framework, read_bytes, read_framework
from survey_server.questionnaire.link import link
from survey_server.questionnaire.model import Evidence, Framework, Questionnaire, Respondent
from survey_server.questionnaire.questions import Written, read_sections
from survey_server.questionnaire.reading import NAME, Reading
from survey_server.questionnaire.rules import check_rules
from survey_server.questionnaire.source import Mapping, Scalar, Sequence, read_source

__all__ = ["FileFrameworks", "load_framework", "load_questionnaire", "load_text", "questionnaire_of", "read_framework"]

_KEYS = (
    "id", "version", "title", "respondent", "evidence", "locality_level", "framework", "languages", "choices",
    "sections",
)  # fmt: skip
_WHOLE = Message("mẫu phiếu")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class FileFrameworks:
    """Frameworks by name: those in a folder, or one that is given."""

    def __init__(self, folder: Path | None = None, given: Framework | None = None) -> None:
        self._folder = folder
        self._given = given

    def find(self, name: str) -> Framework | None:
        """Raises QuestionnaireError where the framework's own file is faulty."""
        if self._given is not None:
            return self._given if self._given.id == name else None
        if self._folder is None or not NAME.fullmatch(name):
            return None
        path = self.path_of(name)
        return load_framework(path) if path.is_file() else None

    def path_of(self, name: str) -> Path:
        return (self._folder or Path()) / f"{name}.yaml"

    def known(self) -> list[str]:
        if self._given is not None:
            return [self._given.id]
        return sorted(path.stem for path in self._folder.glob("*.yaml")) if self._folder else []


def frameworks_beside(path: Path) -> FileFrameworks:
    """The folder `frameworks/` beside a questionnaire or one level up."""
    for folder in (path.parent / "frameworks", path.parent.parent / "frameworks"):
        if folder.is_dir():
            return FileFrameworks(folder)
    return FileFrameworks()


def load_questionnaire(path: Path, frameworks_dir: Path | None = None) -> Questionnaire:
    """Raises QuestionnaireError with every error of the file; warnings do not stop it."""
    frameworks = FileFrameworks(frameworks_dir) if frameworks_dir is not None else frameworks_beside(path)
    return _loaded(read_bytes(path), frameworks, str(path))


def load_text(
    source: bytes, framework: Framework, path: str = "questionnaire.yaml", *, published: bool = False
) -> Questionnaire:
    """The same from bytes and a framework at hand. What was published, and so was right under the rules of its day,
    stays in use: it is read as far as it can be read."""
    return _loaded(source, FileFrameworks(given=framework), path, published=published)


def _loaded(source: bytes, frameworks: FileFrameworks, path: str, *, published: bool = False) -> Questionnaire:
    findings = Findings(path)
    questionnaire = None
    with suppress(TooManyFaultsError):
        root = read_source(source, findings)
        questionnaire = None if root is None else questionnaire_of(root, source, frameworks, findings)
    if not published or questionnaire is None:
        findings.raise_if_any()
    assert questionnaire is not None
    return questionnaire


def questionnaire_of(
    root: Mapping, source: bytes, frameworks: FileFrameworks, findings: Findings
) -> Questionnaire | None:
    """The questionnaire as far as it can be read; what is wrong is in the findings."""
    languages = _languages(Reading(root, _WHOLE, (), findings))
    reading = Reading(root, _WHOLE, languages, findings)
    reading.allow(_KEYS)
    choices = read_lists(reading)
    written = Written()
    sections = link(read_sections(reading, written), choices, written, findings)
    questionnaire = Questionnaire(
        id=reading.name("id"),
        version=_version(reading),
        title=reading.text("title", required=True),
        respondent=cast(Respondent, reading.one_of("respondent", ("organisation", "official", "resident"))),
        evidence=cast(Evidence, reading.one_of("evidence", ("visit", "self_review"))),
        locality_level=reading.one_of("locality_level", ("country", "province", "district", "commune")),
        framework=_framework(reading, frameworks),
        languages=tuple(languages),
        choices=choices,
        sections=sections,
        sha256=hashlib.sha256(source).hexdigest(),
    )
    check_rules(questionnaire, root, written, findings)
    return questionnaire


def _languages(reading: Reading) -> list[str]:
    node = reading.node.entries.get("languages")
    if not isinstance(node, Sequence) or not all(isinstance(each, Scalar) for each in node.items) or not node.items:
        reading.need("languages")
        if node is not None:
            reading.wrong("languages", Message("một danh sách, ví dụ [vi, en]"))
        return ["vi", "en"]
    for each in node.items:
        if isinstance(each, Scalar) and not _LANGUAGE.fullmatch(each.text):
            reading.findings.add(each.position, problems.BAD_LANGUAGE, name=each.text)
    known: dict[str, None] = {}
    for each in node.items:
        if not isinstance(each, Scalar) or not _LANGUAGE.fullmatch(each.text):
            continue
        if each.text in known:
            reading.findings.add(each.position, problems.DUPLICATE_LANGUAGE, name=each.text)
        known[each.text] = None
    return list(known) or ["vi", "en"]


def _version(reading: Reading) -> str:
    version = reading.word("version", required=True) or ""
    if version and not (
        len(version) <= 32 and all(each.isascii() and (each.isalnum() or each in ".-_") for each in version)
    ):
        reading.findings.add(reading.place("version"), problems.BAD_VERSION, name=version)
    return version


def _framework(reading: Reading, frameworks: FileFrameworks) -> Framework:
    name = reading.name("framework")
    nothing = Framework(name, {}, ())
    if not name:
        return nothing
    try:
        found = frameworks.find(name)
    except QuestionnaireError as error:
        first = error.faults[0]
        reading.findings.add(reading.place("framework"), problems.BAD_FRAMEWORK, name=name, problem=first.line_message)
        return nothing
    if found is None:
        reading.findings.add(
            reading.place("framework"), problems.UNKNOWN_FRAMEWORK, name=name, meant=(name, frameworks.known())
        )
        return nothing
    return found


def is_framework(root: Mapping) -> bool:
    """Whether a file looks like a framework rather than a questionnaire."""
    return "tasks" in root.entries and "sections" not in root.entries
