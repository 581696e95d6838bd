"""Loads a Questionnaire from a YAML file. One run finds all problems of a file, each with its line and column."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import cast

from survey_server.i18n import Message
from survey_server.problems import language as problem_types
from survey_server.questionnaire import habits
from survey_server.questionnaire.choice_lists import read_choice_lists
from survey_server.questionnaire.frameworks import FileFrameworks, find_frameworks, read_bytes
from survey_server.questionnaire.link import link_expressions
from survey_server.questionnaire.mapping_reader import MappingReader
from survey_server.questionnaire.model import Evidence, Framework, Questionnaire, Respondent
from survey_server.questionnaire.questions import SourceIndex, read_sections
from survey_server.questionnaire.rules import check_rules
from survey_server.questionnaire.source import Mapping, Scalar, Sequence, build_from_source
from survey_server.questionnaire.source_problems import QuestionnaireError, SourceProblems

ENVELOPE_KEYS = (
    "id", "version", "title", "respondent", "evidence", "locality_level", "framework", "languages", "choices",
    "sections",
)  # fmt: skip
_OWNER = Message("mẫu phiếu")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VERSION = re.compile(r"[A-Za-z0-9._-]{1,32}")


def load_questionnaire(path: Path) -> Questionnaire:
    """Raises QuestionnaireError with every error of the file; warnings do not count."""
    return _load(read_bytes(path), find_frameworks(path), str(path), published=False)


def load_text(
    source: bytes, framework: Framework, path: str = "questionnaire.yaml", *, published: bool = False
) -> Questionnaire:
    """The questionnaire from a file's bytes and its framework; `path` names it in messages.

    Raises QuestionnaireError with every error; for a `published` questionnaire, which was valid under the rules of its
    day and stays in use, only if nothing can be read.
    """
    return _load(source, FileFrameworks(given=framework), path, published=published)


def _load(source: bytes, frameworks: FileFrameworks, path: str, *, published: bool) -> Questionnaire:
    return build_from_source(
        source,
        path,
        lambda root, problems: build_questionnaire(root, source, frameworks, problems, is_published=published),
        published=published,
    )


def build_questionnaire(
    root: Mapping, source: bytes, frameworks: FileFrameworks, problems: SourceProblems, *, is_published: bool = False
) -> Questionnaire:
    """The questionnaire as far as it can be read; what is wrong is added to `problems`. The conditions of a published
    one are not looked through: that takes longer than all else, and a server reads many when it starts.

    Raises TooManyProblemsError.
    """
    without_languages = MappingReader(root, _OWNER, (), problems)
    without_languages.allow_keys(ENVELOPE_KEYS, habits.ENVELOPE_KEYS)
    languages = _languages(without_languages)
    reader = MappingReader(root, _OWNER, languages, problems)
    choices = read_choice_lists(reader)
    index = SourceIndex()
    sections = link_expressions(read_sections(reader, index), choices, index, problems, check_logic=not is_published)
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
        if reader.find("languages", required=True) is not None:
            reader.report_wrong_type("languages", Message("một danh sách, ví dụ [vi, en]"))
        return ["vi", "en"]
    known: dict[str, None] = {}
    for each in node.items:
        assert isinstance(each, Scalar)
        if not _LANGUAGE.fullmatch(each.text):
            reader.problems.add(each.position, problem_types.BAD_LANGUAGE, name=each.text)
            continue
        if each.text in known:
            reader.problems.add(each.position, problem_types.DUPLICATE_LANGUAGE, name=each.text)
        known[each.text] = None
    return list(known) or ["vi", "en"]


def _version(reader: MappingReader) -> str:
    version = reader.read_word("version", required=True) or ""
    if version and not _VERSION.fullmatch(version):
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
