"""Loads a Questionnaire from a YAML file. One run finds all problems of a file, each with its line and column."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import cast

from survey_server.i18n import Message
from survey_server.problems import language as problem_types
from survey_server.questionnaire.choice_lists import read_choice_lists
from survey_server.questionnaire.frameworks import load_framework, read_bytes
from survey_server.questionnaire.link import link_expressions
from survey_server.questionnaire.mapping_reader import NAME, MappingReader
from survey_server.questionnaire.model import Evidence, Framework, Questionnaire, Respondent
from survey_server.questionnaire.questions import SourceIndex, read_sections
from survey_server.questionnaire.rules import check_rules
from survey_server.questionnaire.source import Mapping, Scalar, Sequence, read_source
from survey_server.questionnaire.source_problems import QuestionnaireError, SourceProblems, TooManyProblemsError

_KEYS = (
    "id", "version", "title", "respondent", "evidence", "locality_level", "framework", "languages", "choices",
    "sections",
)  # fmt: skip
_OWNER = Message("mẫu phiếu")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


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


def load_questionnaire(path: Path, frameworks_dir: Path | None = None) -> Questionnaire:
    """Raises QuestionnaireError with every error of the file; warnings do not count."""
    frameworks = FileFrameworks(frameworks_dir) if frameworks_dir is not None else find_frameworks(path)
    return _load(read_bytes(path), frameworks, str(path))


def load_text(
    source: bytes, framework: Framework, path: str = "questionnaire.yaml", *, published: bool = False
) -> Questionnaire:
    """The questionnaire from a file's bytes and its framework; `path` names it in messages.

    Raises QuestionnaireError with every error; for a `published` questionnaire, which was valid under the rules of its
    day and stays in use, only if nothing can be read.
    """
    return _load(source, FileFrameworks(given=framework), path, published=published)


def _load(source: bytes, frameworks: FileFrameworks, path: str, *, published: bool = False) -> Questionnaire:
    problems = SourceProblems(path)
    questionnaire = None
    with suppress(TooManyProblemsError):
        root = read_source(source, problems)
        questionnaire = None if root is None else build_questionnaire(root, source, frameworks, problems)
    if not published or questionnaire is None:
        problems.raise_if_any()
    assert questionnaire is not None
    return questionnaire


def build_questionnaire(
    root: Mapping, source: bytes, frameworks: FileFrameworks, problems: SourceProblems
) -> Questionnaire | None:
    """The questionnaire as far as it can be read; what is wrong is added to `problems`.

    Raises TooManyProblemsError.
    """
    languages = _languages(MappingReader(root, _OWNER, (), problems))
    reader = MappingReader(root, _OWNER, languages, problems)
    reader.allow_keys(_KEYS)
    choices = read_choice_lists(reader)
    index = SourceIndex()
    sections = link_expressions(read_sections(reader, index), choices, index, problems)
    questionnaire = Questionnaire(
        id=reader.read_name("id"),
        version=_version(reader),
        title=reader.read_text("title", required=True),
        respondent=cast(Respondent, reader.read_one_of("respondent", ("organisation", "official", "resident"))),
        evidence=cast(Evidence, reader.read_one_of("evidence", ("visit", "self_review"))),
        locality_level=reader.read_one_of("locality_level", ("country", "province", "district", "commune")),
        framework=_framework(reader, frameworks),
        languages=tuple(languages),
        choices=choices,
        sections=sections,
        sha256=hashlib.sha256(source).hexdigest(),
    )
    check_rules(questionnaire, root, index, problems)
    return questionnaire


def _languages(reader: MappingReader) -> list[str]:
    node = reader.node.entries.get("languages")
    if not isinstance(node, Sequence) or not all(isinstance(each, Scalar) for each in node.items) or not node.items:
        reader.require_key("languages")
        if node is not None:
            reader.report_wrong_type("languages", Message("một danh sách, ví dụ [vi, en]"))
        return ["vi", "en"]
    for each in node.items:
        if isinstance(each, Scalar) and not _LANGUAGE.fullmatch(each.text):
            reader.problems.add(each.position, problem_types.BAD_LANGUAGE, name=each.text)
    known: dict[str, None] = {}
    for each in node.items:
        if not isinstance(each, Scalar) or not _LANGUAGE.fullmatch(each.text):
            continue
        if each.text in known:
            reader.problems.add(each.position, problem_types.DUPLICATE_LANGUAGE, name=each.text)
        known[each.text] = None
    return list(known) or ["vi", "en"]


def _version(reader: MappingReader) -> str:
    version = reader.read_word("version", required=True) or ""
    if version and not (
        len(version) <= 32 and all(each.isascii() and (each.isalnum() or each in ".-_") for each in version)
    ):
        reader.problems.add(reader.position_of("version"), problem_types.BAD_VERSION, name=version)
    return version


def _framework(reader: MappingReader, frameworks: FileFrameworks) -> Framework:
    name = reader.read_name("framework")
    nothing = Framework(name, {}, ())
    if not name:
        return nothing
    try:
        found = frameworks.find(name)
    except QuestionnaireError as error:
        first = error.problems[0]
        reader.problems.add(
            reader.position_of("framework"), problem_types.BAD_FRAMEWORK, name=name, problem=first.line_message
        )
        return nothing
    if found is None:
        reader.problems.add(
            reader.position_of("framework"), problem_types.UNKNOWN_FRAMEWORK,
            name=name, meant=(name, frameworks.names()),
        )  # fmt: skip
        return nothing
    return found


def is_framework(root: Mapping) -> bool:
    """Whether a file looks like a framework rather than a questionnaire."""
    return "tasks" in root.entries and "sections" not in root.entries
