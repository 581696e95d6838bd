"""Reads the values of one mapping of a file by key and type; missing, unknown and wrong ones become problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from survey_server.i18n import Message
from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.elements import Position, Text
from survey_server.questionnaire.habits import Habits, without_odd_characters
from survey_server.questionnaire.source import Mapping, Node, Scalar, Sequence as SequenceNode
from survey_server.questionnaire.source_problems import SourceProblems
from survey_server.questionnaire.unknown_keys import report_odd_character, report_unknown_keys

# XML reserves names that begin with "xml"; JavaScript's objects inherit properties with the other names.
NAME = re.compile(r"(?!xml|constructor$)[a-z][a-z0-9_]{0,31}")
CODE = re.compile(r"(?!__proto__$|constructor$|toString$|valueOf$|hasOwnProperty$)[A-Za-z0-9_][A-Za-z0-9_-]{0,31}")
MAX_TEXT_LENGTH = 8000
T = TypeVar("T")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
NO_HABITS: Habits = {}
_MAPPING = Message("một bảng khóa: giá trị")
Owner = str | Message  # a name that the author gave, or what the whole file is called


def report_decimal_comma(node: Node, problems: SourceProblems) -> bool:
    """Add the problem of a number with a comma; whether it is one."""
    if not isinstance(node, Scalar) or not _DECIMAL_COMMA.fullmatch(node.text.strip()):
        return False
    instead = node.text.strip().replace(",", ".")
    problems.add(node.position, problem_types.DECIMAL_COMMA, near=node.text, instead=instead)
    return True


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Reads one mapping. What is wrong is added to `problems`, and a harmless value of the type is returned.

    `owner` names the mapping in messages; `languages` are those a text must have.
    """

    node: Mapping
    owner: Owner
    languages: Sequence[str]
    problems: SourceProblems

    @property
    def position(self) -> Position:
        return self.node.position

    def reader_for(self, node: Mapping, owner: Owner) -> MappingReader:
        return MappingReader(node, owner, self.languages, self.problems)

    def allow_keys(
        self, allowed: Sequence[str], habits: Habits = NO_HABITS, shown: Sequence[str] | None = None
    ) -> None:
        """Report all other keys; those that clearly mean an allowed one are read as that one. `shown`: the keys that
        the message lists, if not all."""
        report_unknown_keys(self.node, self.owner, allowed, habits, shown or allowed, self.problems)

    def has(self, key: str) -> bool:
        return key in self.node.entries

    def has_or_replaced(self, key: str) -> bool:
        """Whether the key is there, or something that was reported stands in its place."""
        return self.has(key) or (self.position, key) in self.problems.excused

    def position_of(self, key: str) -> Position:
        """The position of a key's value, or the mapping's where there is no such key."""
        node = self.node.entries.get(key)
        return node.position if node is not None else self.position

    def find(self, key: str, *, required: bool = False) -> Node | None:
        node = self.node.entries.get(key)
        if required and not self.has_or_replaced(key):
            self.problems.add(self.position, problem_types.MISSING_KEY, owner=self.owner, key=key)
        return node

    def report_wrong_type(self, key: str, wanted: Message) -> None:
        self.problems.add(self.position_of(key), problem_types.WRONG_TYPE, owner=self.owner, key=key, wanted=wanted)

    def read_word(self, key: str, *, required: bool = False, longest: int | None = MAX_TEXT_LENGTH) -> str | None:
        """A scalar as written; None where it is missing or not a scalar. `longest` is in characters."""
        node = self.find(key, required=required)
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

    def read_code(self) -> str:
        """A code of a list or table: less strict than a name, because it is never a column or an element by itself."""
        return self.read_name("name", CODE, problem_types.BAD_CODE)

    def read_name(
        self, key: str = "name", pattern: re.Pattern[str] = NAME, problem_type: ProblemType = problem_types.BAD_NAME
    ) -> str:
        found = self.read_word(key, required=True)
        if found is None or pattern.fullmatch(found):
            return found or ""
        plain = without_odd_characters(found)
        if pattern.fullmatch(plain):
            report_odd_character(self.position_of(key), found, self.problems)
            return plain
        self.problems.add(self.position_of(key), problem_type, name=found)
        return found

    def read_reference(self, key: str, *, required: bool = False) -> str | None:
        """The name of something that is defined elsewhere."""
        found = self.read_word(key, required=required)
        plain = found if found is None else without_odd_characters(found)
        if found is not None and plain != found and NAME.fullmatch(plain or ""):
            report_odd_character(self.position_of(key), found, self.problems)
        return plain

    def read_one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed words; without a default the key is required."""
        found = self.read_word(key, required=default is None)
        if found is None:
            return default or allowed[0]
        plain = without_odd_characters(found)
        if found not in allowed and plain in allowed:
            report_odd_character(self.position_of(key), found, self.problems)
            return plain
        if found not in allowed:
            self.problems.add(
                self.position_of(key), problem_types.NOT_ALLOWED,
                owner=self.owner, key=key, value=found, meant=(found, allowed),
            )  # fmt: skip
            return default or allowed[0]
        return found

    def read_boolean(self, key: str) -> bool:
        node = self.find(key)
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        if node is not None:
            self.report_wrong_type(key, Message("true hoặc false"))
        return False

    def read_number(self, key: str, default: float, *, least: float = 0.0) -> float:
        node = self.find(key)
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= 1e9:
            return float(value)
        if node is not None and not report_decimal_comma(node, self.problems):
            self.report_wrong_type(key, Message("số từ {least:g}", least=least))
        return default

    def read_text(self, key: str, *, required: bool = False) -> Text:
        """A text by language: `{vi: …, en: …}`, or one scalar for all languages, which must be free of letters."""
        node = self.find(key, required=required)
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
        node = self.find(key, required=required)
        if node is None or isinstance(node, Mapping):
            return node
        self.report_wrong_type(key, _MAPPING)
        return None

    def read_named(
        self, key: str, *, required: bool = False, owner: Owner | None = None
    ) -> list[tuple[str, MappingReader]]:
        """The mappings in a mapping whose keys are names, each with its name. `owner` names what holds them."""
        node = self.read_mapping(key, required=required)
        found: list[tuple[str, MappingReader]] = []
        if node is None:
            return found
        for name, each in node.entries.items():
            if not NAME.fullmatch(name):
                self.problems.add(node.keys[name], problem_types.BAD_NAME, name=name)
            if isinstance(each, Mapping):
                found.append((name, self.reader_for(each, name)))
            else:
                self.problems.add(
                    each.position, problem_types.WRONG_TYPE, owner=owner or self.owner, key=name, wanted=_MAPPING
                )
        return found

    def read_list(self, key: str, read: Callable[[MappingReader], T], *, required: bool = False) -> list[T]:
        """The results of `read` for each mapping of a list, which is named after its `name` or its index."""
        node = self.find(key, required=required)
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
                    each.position, problem_types.WRONG_TYPE, owner=self.owner, key=f"{key}[{index}]", wanted=_MAPPING
                )
        if not node.items:
            self.problems.add(node.position, problem_types.NOTHING_INSIDE, owner=self.owner, key=key)
        return found
