"""Reading one mapping of a file: its keys, their kinds, and what to say where something is missing or unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from survey_server.i18n import Message
from survey_server.problems import ProblemType
from survey_server.problems import language as problems
from survey_server.questionnaire.faults import Findings
from survey_server.questionnaire.model import Position, Text
from survey_server.questionnaire.source import Mapping, Node, Scalar
from survey_server.questionnaire.source import Sequence as SequenceNode

# XML keeps names that begin with "xml" for itself; JavaScript's objects answer to the others unasked.
NAME = re.compile(r"(?!xml|constructor$)[a-z][a-z0-9_]{0,31}")
CODE = re.compile(r"(?!__proto__$|constructor$|toString$|valueOf$|hasOwnProperty$)[A-Za-z0-9_][A-Za-z0-9_-]{0,31}")
MAX_TEXT_LENGTH = 8000
T = TypeVar("T")
Owner = str | Message  # a name that the author gave, or what the whole file is called


class Reading:
    """Gives the keys of one mapping by kind; what is wrong goes to the findings and a harmless value comes back."""

    def __init__(self, node: Mapping, owner: Owner, languages: Sequence[str], findings: Findings) -> None:
        self.node = node
        self.owner = owner
        self.languages = languages
        self.findings = findings

    @property
    def position(self) -> Position:
        return self.node.position

    def of(self, node: Mapping, owner: Owner) -> Reading:
        return Reading(node, owner, self.languages, self.findings)

    def allow(self, allowed: Iterable[str]) -> None:
        known = list(allowed)
        for key, place in self.node.keys.items():
            if key not in known:
                self.findings.add(place, problems.UNKNOWN_KEY, owner=self.owner, key=key, meant=(key, known))

    def has(self, key: str) -> bool:
        return key in self.node.entries

    def place(self, key: str) -> Position:
        node = self.node.entries.get(key)
        return node.position if node is not None else self.position

    def need(self, key: str) -> None:
        if not self.has(key):
            self.findings.add(self.position, problems.MISSING_KEY, owner=self.owner, key=key)

    def wrong(self, key: str, wanted: Message) -> None:
        self.findings.add(self.place(key), problems.WRONG_TYPE, owner=self.owner, key=key, wanted=wanted)

    def word(self, key: str, *, required: bool = False, longest: int | None = MAX_TEXT_LENGTH) -> str | None:
        """A scalar as it is written."""
        if required:
            self.need(key)
        node = self.node.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.value is None:
            self.wrong(key, Message("chữ", context="kind of value"))
            return None
        return node.text if longest is None or self._is_short(node, key, longest) else None

    def _is_short(self, node: Scalar, key: str, longest: int) -> bool:
        if len(node.text) <= longest:
            return True
        self.findings.add(node.position, problems.TEXT_TOO_LONG, owner=self.owner, key=key, longest=longest)
        return False

    def name(self, key: str = "name") -> str:
        return self._named(key, NAME, problems.BAD_NAME)

    def code(self, key: str = "name") -> str:
        """A code of a list or table: looser than a name, since it is never a column or an element by itself."""
        return self._named(key, CODE, problems.BAD_CODE)

    def _named(self, key: str, pattern: re.Pattern[str], bad: ProblemType) -> str:
        found = self.word(key, required=True)
        if found is not None and not pattern.fullmatch(found):
            self.findings.add(self.place(key), bad, name=found)
        return found or ""

    def one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        found = self.word(key, required=default is None)
        if found is None:
            return default or allowed[0]
        if found not in allowed:
            self.findings.add(
                self.place(key), problems.NOT_ALLOWED, owner=self.owner, key=key, value=found, meant=(found, allowed)
            )
            return default or allowed[0]
        return found

    def truth(self, key: str) -> bool:
        node = self.node.entries.get(key)
        if node is None:
            return False
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            self.wrong(key, Message("true hoặc false"))
            return False
        return node.value

    def number(self, key: str, default: float, *, least: float = 0.0) -> float:
        node = self.node.entries.get(key)
        if node is None:
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 1e9:
            self.wrong(key, Message("số từ {least:g}", least=least))
            return default
        return float(value)

    def text(self, key: str, *, required: bool = False) -> Text:
        """A text in the questionnaire's languages; a plain scalar stands for all of them, as a number or a sign may."""
        if required:
            self.need(key)
        node = self.node.entries.get(key)
        return {} if node is None else self.text_of(node, key)

    def text_of(self, node: Node, key: str) -> Text:
        if isinstance(node, Scalar) and node.value is not None:
            if not self._is_short(node, key, MAX_TEXT_LENGTH):
                return {}
            if any(character.isalpha() for character in node.text):
                for language in self.languages[1:]:
                    self._untranslated(node, key, language)
            return dict.fromkeys(self.languages, node.text)
        if not isinstance(node, Mapping):
            self.findings.add(
                node.position, problems.WRONG_TYPE, owner=self.owner, key=key,
                wanted=Message("chữ, hoặc {{vi: …, en: …}}"),
            )  # fmt: skip
            return {}
        reading = self.of(node, self.owner + f".{key}")
        texts: dict[str, str] = {}
        for language, place in node.keys.items():
            if language not in self.languages:
                self.findings.add(
                    place, problems.UNKNOWN_LANGUAGE,
                    owner=self.owner, language=language, allowed=", ".join(self.languages),
                )  # fmt: skip
            elif (found := reading.word(language)) is not None:
                texts[language] = found
                if not found.strip():
                    self._untranslated(node, key, language)
        for language in self.languages:
            if not reading.has(language):
                self._untranslated(node, key, language)
        return {language: texts[language] for language in self.languages if language in texts}

    def _untranslated(self, node: Node, key: str, language: str) -> None:
        self.findings.add(node.position, problems.MISSING_TRANSLATION, owner=self.owner, key=key, language=language)

    def mapping(self, key: str, *, required: bool = False) -> Mapping | None:
        if required:
            self.need(key)
        node = self.node.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.wrong(key, Message("một bảng khóa: giá trị"))
            return None
        return node

    def listed(self, key: str, read: Callable[[Reading], T], *, required: bool = False) -> list[T]:
        """A list of mappings, each read by `read`."""
        if required:
            self.need(key)
        node = self.node.entries.get(key)
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.wrong(key, Message("một danh sách"))
            return []
        found: list[T] = []
        for index, each in enumerate(node.items, 1):
            if isinstance(each, Mapping):
                named = each.entries.get("name")
                label = named.text if isinstance(named, Scalar) else self.owner + f".{key}[{index}]"
                found.append(read(self.of(each, label)))
            else:
                self.findings.add(
                    each.position, problems.WRONG_TYPE, owner=self.owner, key=f"{key}[{index}]",
                    wanted=Message("một bảng khóa: giá trị"),
                )  # fmt: skip
        if not node.items:
            self.findings.add(node.position, problems.NOTHING_INSIDE, owner=self.owner, key=key)
        return found
