"""Reads the values of one mapping of a file by key and type; missing, unknown and wrong ones become problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from survey_server.i18n import Message
from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.elements import Position, Text
from survey_server.questionnaire.source import Mapping, Node, Scalar, Sequence as SequenceNode
from survey_server.questionnaire.source_problems import SourceProblems

# XML reserves names that begin with "xml"; JavaScript's objects inherit properties with the other names.
NAME = re.compile(r"(?!xml|constructor$)[a-z][a-z0-9_]{0,31}")
CODE = re.compile(r"(?!__proto__$|constructor$|toString$|valueOf$|hasOwnProperty$)[A-Za-z0-9_][A-Za-z0-9_-]{0,31}")
MAX_TEXT_LENGTH = 8000
T = TypeVar("T")
Owner = str | Message  # a name that the author gave, or what the whole file is called


class MappingReader:
    """Reads one mapping. What is wrong is added to `problems`, and a harmless value of the type is returned.

    `owner` names the mapping in messages; `languages` are those a text must have.
    """

    def __init__(self, node: Mapping, owner: Owner, languages: Sequence[str], problems: SourceProblems) -> None:
        self.node = node
        self.owner = owner
        self.languages = languages
        self.problems = problems

    @property
    def position(self) -> Position:
        return self.node.position

    def reader_for(self, node: Mapping, owner: Owner) -> MappingReader:
        return MappingReader(node, owner, self.languages, self.problems)

    def allow_keys(self, allowed: Iterable[str]) -> None:
        """Report all other keys."""
        known = list(allowed)
        for key, position in self.node.keys.items():
            if key not in known:
                self.problems.add(position, problem_types.UNKNOWN_KEY, owner=self.owner, key=key, meant=(key, known))

    def has(self, key: str) -> bool:
        return key in self.node.entries

    def position_of(self, key: str) -> Position:
        """The position of a key's value, or the mapping's where there is no such key."""
        node = self.node.entries.get(key)
        return node.position if node is not None else self.position

    def require_key(self, key: str) -> None:
        if not self.has(key):
            self.problems.add(self.position, problem_types.MISSING_KEY, owner=self.owner, key=key)

    def report_wrong_type(self, key: str, wanted: Message) -> None:
        self.problems.add(self.position_of(key), problem_types.WRONG_TYPE, owner=self.owner, key=key, wanted=wanted)

    def read_word(self, key: str, *, required: bool = False, longest: int | None = MAX_TEXT_LENGTH) -> str | None:
        """A scalar as written; None where it is missing or not a scalar. `longest` is in characters."""
        if required:
            self.require_key(key)
        node = self.node.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.value is None:
            self.report_wrong_type(key, Message("chữ", "kind of value"))
            return None
        return node.text if longest is None or self._is_short(node, key, longest) else None

    def _is_short(self, node: Scalar, key: str, longest: int) -> bool:
        if len(node.text) <= longest:
            return True
        self.problems.add(node.position, problem_types.TEXT_TOO_LONG, owner=self.owner, key=key, longest=longest)
        return False

    def read_name(self, key: str = "name") -> str:
        return self._read_matching(key, NAME, problem_types.BAD_NAME)

    def read_code(self, key: str = "name") -> str:
        """A code of a list or table: less strict than a name, because it is never a column or an element by itself."""
        return self._read_matching(key, CODE, problem_types.BAD_CODE)

    def _read_matching(self, key: str, pattern: re.Pattern[str], problem_type: ProblemType) -> str:
        found = self.read_word(key, required=True)
        if found is not None and not pattern.fullmatch(found):
            self.problems.add(self.position_of(key), problem_type, name=found)
        return found or ""

    def read_one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words; without a default the key is required."""
        found = self.read_word(key, required=default is None)
        if found is None:
            return default or allowed[0]
        if found not in allowed:
            self.problems.add(
                self.position_of(key), problem_types.NOT_ALLOWED,
                owner=self.owner, key=key, value=found, meant=(found, allowed),
            )  # fmt: skip
            return default or allowed[0]
        return found

    def read_boolean(self, key: str) -> bool:
        node = self.node.entries.get(key)
        if node is None:
            return False
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            self.report_wrong_type(key, Message("true hoặc false"))
            return False
        return node.value

    def read_number(self, key: str, default: float, *, least: float = 0.0) -> float:
        node = self.node.entries.get(key)
        if node is None:
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 1e9:
            self.report_wrong_type(key, Message("số từ {least:g}", least=least))
            return default
        return float(value)

    def read_text(self, key: str, *, required: bool = False) -> Text:
        """A text by language: `{vi: …, en: …}`, or one scalar for all languages, which must be free of letters."""
        if required:
            self.require_key(key)
        node = self.node.entries.get(key)
        return {} if node is None else self.read_text_node(node, key)

    def read_text_node(self, node: Node, key: str) -> Text:
        """The same of a node that is not a value of this mapping; `key` names it in messages."""
        if isinstance(node, Scalar) and node.value is not None:
            if not self._is_short(node, key, MAX_TEXT_LENGTH):
                return {}
            if any(character.isalpha() for character in node.text):
                for language in self.languages[1:]:
                    self._report_untranslated(node, key, language)
            return dict.fromkeys(self.languages, node.text)
        if not isinstance(node, Mapping):
            self.problems.add(
                node.position, problem_types.WRONG_TYPE, owner=self.owner, key=key,
                wanted=Message("chữ, hoặc {{vi: …, en: …}}"),
            )  # fmt: skip
            return {}
        reader = self.reader_for(node, self.owner + f".{key}")
        texts: dict[str, str] = {}
        for language, position in node.keys.items():
            if language not in self.languages:
                self.problems.add(
                    position, problem_types.UNKNOWN_LANGUAGE,
                    owner=self.owner, language=language, allowed=", ".join(self.languages),
                )  # fmt: skip
            elif (found := reader.read_word(language)) is not None:
                texts[language] = found
                if not found.strip():
                    self._report_untranslated(node, key, language)
        for language in self.languages:
            if not reader.has(language):
                self._report_untranslated(node, key, language)
        return {language: texts[language] for language in self.languages if language in texts}

    def _report_untranslated(self, node: Node, key: str, language: str) -> None:
        self.problems.add(
            node.position, problem_types.MISSING_TRANSLATION, owner=self.owner, key=key, language=language
        )

    def read_mapping(self, key: str, *, required: bool = False) -> Mapping | None:
        if required:
            self.require_key(key)
        node = self.node.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.report_wrong_type(key, Message("một bảng khóa: giá trị"))
            return None
        return node

    def read_list(self, key: str, read: Callable[[MappingReader], T], *, required: bool = False) -> list[T]:
        """The results of `read` for each mapping of a list, which is named after its `name` or its index."""
        if required:
            self.require_key(key)
        node = self.node.entries.get(key)
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.report_wrong_type(key, Message("một danh sách"))
            return []
        found: list[T] = []
        for index, each in enumerate(node.items, 1):
            if isinstance(each, Mapping):
                named = each.entries.get("name")
                label = named.text if isinstance(named, Scalar) else self.owner + f".{key}[{index}]"
                found.append(read(self.reader_for(each, label)))
            else:
                self.problems.add(
                    each.position, problem_types.WRONG_TYPE, owner=self.owner, key=f"{key}[{index}]",
                    wanted=Message("một bảng khóa: giá trị"),
                )  # fmt: skip
        if not node.items:
            self.problems.add(node.position, problem_types.NOTHING_INSIDE, owner=self.owner, key=key)
        return found
