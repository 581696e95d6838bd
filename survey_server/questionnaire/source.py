"""Parses YAML into a tree in which every node knows its line and column.

Scalars follow YAML 1.2's core schema, so that `no`, `0123` and `12:30` stay text; anchors, aliases, tags and duplicate
keys are problems; size, depth and number of nodes are limited before anything is built.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

import yaml

from survey_server.i18n import LibraryMessage, Message
from survey_server.problems import language as problem_types
from survey_server.questionnaire.elements import Position
from survey_server.questionnaire.source_problems import SourceProblems, TooManyProblemsError

T = TypeVar("T")
MAX_FILE_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_NODES = 60_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Characters that XML, some databases or YAML do not take; tabs and line ends are allowed.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"\\(x..|u.{4}|U.{8}|.)", re.DOTALL)
_CANNOT_START = re.compile(r"found character .*that cannot start any token")
_EXPRESSION = re.compile(
    r"\b(?:relevant|required|constraint|calculation)\s*:\s*(?P<expression>(?!['\"|>\s])[^'\",{}]*\$\{)"
)
# A full-width colon or a special blank after a key, or a special blank before it; in texts they may stand.
_ODD = re.compile(
    r"^[\s-]*\w+(?:(：)|:([\u00a0\u2000-\u200b\u202f\u3000\ufeff]))|^ *([\u00a0\u2000-\u200b\u202f\u3000\ufeff])"
)
# What YAML takes for something else at the beginning of a value: a mapping, a tag, a text that ends at its quote.
_EXPRESSION_START = re.compile(
    r"\b(?P<key>relevant|required|constraint|calculation|default)\s*:\s+(?P<expression>(?:[{!&*%@`]|'[^']*'\s*[^\s,}\]#']"
    r"|\"[^\"]*\"\s*[^\s,}\]#]|>\s*=?\s*[\d.$']).*)"
)
_NO_SUCH_CHARACTER = "found invalid Unicode character escape code"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is what the author wrote, in NFC; `is_plain` without quotes, so that it may be a number or a boolean.
    `raw` is the part of the file, quotes and line breaks included."""

    position: Position
    text: str
    is_plain: bool
    raw: str = ""

    @property
    def value(self) -> str | int | float | bool | None:
        if not self.is_plain:
            return self.text
        if self.text in ("", "~", "null", "Null", "NULL"):
            return None
        if self.text.lower() in ("true", "false") and self.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return self.text.lower() == "true"
        if _INTEGER.fullmatch(self.text) and len(self.text) <= 18:
            return int(self.text)
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text

    def position_of(self, offset: int) -> Position:
        """The position in the file of the character of `text` at this offset.

        YAML folds white space, so the other characters are counted.
        """
        letters = len("".join(self.text[:offset].split()))
        at = _skip_letters(self.raw, letters, to_next=offset < len(self.text))
        before = self.raw[:at]
        line = before.count("\n")
        column = at - before.rindex("\n") if line else self.position.column + at
        return Position(self.position.line + line, column)


@dataclass(frozen=True, slots=True)
class Sequence:
    position: Position
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """`keys` holds the position of each key; the order is the author's."""

    position: Position
    entries: dict[str, Node]
    keys: dict[str, Position]


Node = Scalar | Sequence | Mapping


def _skip_letters(raw: str, letters: int, *, to_next: bool) -> int:
    """The index in `raw` after so many non-blank characters of its text; with `to_next`, of the one that follows."""
    quote = raw[0] if raw[:1] in ("'", '"') else ""
    at = len(quote)
    if raw[:1] in ("|", ">"):  # the header of a block: its first line
        at = raw.find("\n") + 1 or len(raw)
    while at < len(raw):
        escape = _ESCAPE.match(raw, at) if quote == '"' else None
        length = len(escape[0]) if escape else 2 if quote == "'" and raw.startswith("''", at) else 1
        blank = raw[at].isspace() or (escape is not None and escape[1] in ("\n", "n", "t", " "))
        if letters == 0 and (not blank or not to_next):
            break
        letters -= not blank
        at += length
    return at


class _StopReadingError(Exception):
    """A limit was exceeded: the rest of the file is not read."""


def read_source(source: bytes, problems: SourceProblems) -> Mapping | None:
    """The tree of a file, or None where it cannot be parsed; what is wrong is added to `problems`."""
    start = Position(1, 1)
    if len(source) > MAX_FILE_BYTES:
        problems.add(start, problem_types.FILE_TOO_LARGE, limit=MAX_FILE_BYTES // 1024)
        return None
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(_position_after(source[: error.start].decode("utf-8-sig")), problem_types.NOT_UTF8)
        return None
    if (control := _CONTROL.search(text)) is not None:
        position = _position_after(text[: control.start()])
        problems.add(position, problem_types.CONTROL_CHARACTER, code=f"{ord(control[0]):04X}")
        return None
    try:
        root = _Builder(problems, text).build(yaml.parse(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # PyYAML's own parser passes "\UFFFFFFFF" to chr()
        _report_yaml_error(error, text, problems)
        return None
    except _StopReadingError:
        return None
    if not isinstance(root, Mapping):
        problems.add(root.position if root is not None else start, problem_types.NOT_A_MAPPING)
        return None
    return root


def build_from_source(source: bytes, path: str, build: Callable[[Mapping, SourceProblems], T], *, published: bool) -> T:
    """What `build` makes of a file's tree; `path` names the file in messages.

    Raises QuestionnaireError with every error; for a `published` file, which was valid under the rules of its day and
    stays in use, only if nothing can be read.
    """
    problems = SourceProblems(path)
    built = None
    with suppress(TooManyProblemsError):
        root = read_source(source, problems)
        built = None if root is None else build(root, problems)
    if not published or built is None:
        problems.raise_if_any()
    assert built is not None
    return built


def _position_after(text: str) -> Position:
    return Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _report_yaml_error(error: Exception, text: str, problems: SourceProblems) -> None:
    """Add why the YAML cannot be parsed, at the position of the cause where it is known."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    row, column = (mark.line, mark.column) if mark is not None else (0, 0)
    line = (text.splitlines() or [""])[row : row + 1]
    at = find_unquoted_expression(line[0], column, str(getattr(error, "context", None))) if line else None
    if at is not None:
        problems.add(Position(row + 1, at + 1), problem_types.UNQUOTED_EXPRESSION)
        return
    if line and _report_expression_start(row, column, line[0], problems):
        return
    odd = _find_odd_character(text, row)
    if odd is not None:
        position, character = odd
        problems.add(position, problem_types.ODD_CHARACTER, code=f"{ord(character):04X}", near=character)
        return
    why = str(getattr(error, "problem", None) or getattr(error, "reason", None) or _NO_SUCH_CHARACTER)
    message = translate_yaml_error(why, line[0][column : column + 1] if line else "")
    problems.add(Position(row + 1, column + 1), problem_types.NOT_YAML, why=message)


def _report_expression_start(row: int, column: int, line: str, problems: SourceProblems) -> bool:
    """Add why an expression without quotes cannot begin as it does; whether the line has one."""
    found = _EXPRESSION_START.search(line)
    if found is None or column < found.start("expression"):
        return False
    position, source = Position(row + 1, found.start("expression") + 1), found["expression"].strip()
    if (braces := re.match(r"\{\s*([\w.]+)\s*\}", source)) is not None:
        instead = f"${{{braces[1]}}}"
        problems.add(position, problem_types.REFERENCE_BRACES, owner=found["key"], near=braces[0], instead=instead)
    elif source[0] == ">":
        problems.add(position, problem_types.MISSING_LEFT, owner=found["key"], instead=f'". {source}"')
    else:
        problems.add(position, problem_types.EXPRESSION_START, near=source[0])
    return True


def _find_odd_character(text: str, row: int) -> tuple[Position, str] | None:
    """A blank or colon that YAML does not take for one, in the line where the parser stopped or the one before."""
    lines = text.split("\n")
    for number in (row, row - 1):
        found = _ODD.search(lines[number]) if 0 <= number < len(lines) else None
        if found is not None:
            at = next(index for index, group in enumerate(found.groups(), 1) if group)
            return Position(number + 1, found.start(at) + 1), found[at]
    return None


def translate_yaml_error(message: str, character: str) -> Message:
    """A parser's message in the reader's language; `character` is the one at which the parser stopped.

    There are two parsers: libyaml, and PyYAML's own where libyaml is missing. Their messages are English and differ for
    the same problem; the catalogues (context `yaml`) translate them by their beginning and leave out the token that
    some end with ("…, but found '<scalar>'").
    """
    if not _CANNOT_START.match(message):
        return LibraryMessage(message, "yaml")
    if character == "\t":
        return Message("dòng này có tab; dùng dấu cách thay cho tab")
    return Message("câu chữ không bắt đầu bằng {character!r} được; đặt câu chữ trong dấu nháy", character=character)


def find_unquoted_expression(line: str, column: int, context: str) -> int | None:
    """The index in a line of an unquoted expression inside {…}, whose `${…}` YAML takes for a mapping, or None.

    `column`, from 0, is where the parser stopped and `context` what it was parsing. Outside {…} no quotes are needed.
    """
    found = _EXPRESSION.search(line)
    if found is None:
        return None
    inside = "{" in line[: found.start()] or "flow" in context or line[column : column + 1] in (">", "|")
    return found.start("expression") if inside else None


class _Builder:
    def __init__(self, problems: SourceProblems, source: str) -> None:
        self._problems = problems
        self._source = source
        self._nodes = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        self._events = events
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._problems.add(_start_of(event), problem_types.SECOND_DOCUMENT)
                return root
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, 1)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        position = _start_of(event)
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            self._problems.add(position, problem_types.TOO_DEEP_OR_LARGE, depth=MAX_DEPTH, nodes=MAX_NODES)
            raise _StopReadingError
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._problems.add(position, problem_types.ANCHOR)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(position, str(event.anchor), is_plain=False)
        if event.tag not in (None, "!"):
            self._problems.add(position, problem_types.TAG, tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, position)
        if isinstance(event, yaml.SequenceStartEvent):
            items = takewhile(lambda each: not isinstance(each, yaml.SequenceEndEvent), self._events)
            return Sequence(position, tuple(self._node(each, depth + 1) for each in items))
        return self._mapping(position, depth)

    def _scalar(self, event: Any, position: Position) -> Scalar:
        if (control := _CONTROL.search(event.value)) is not None:  # written as an escape
            self._problems.add(position, problem_types.CONTROL_CHARACTER, code=f"{ord(control[0]):04X}")
        raw = self._source[event.start_mark.index : event.end_mark.index]
        return Scalar(position, unicodedata.normalize("NFC", event.value), event.style in (None, ""), raw)

    def _mapping(self, position: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for event in takewhile(lambda each: not isinstance(each, yaml.MappingEndEvent), self._events):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._problems.add(key.position, problem_types.KEY_NOT_TEXT)
            elif key.text in entries:
                self._problems.add(key.position, problem_types.DUPLICATE_KEY, key=key.text, line=keys[key.text].line)
            else:
                entries[key.text] = value
                keys[key.text] = key.position
        return Mapping(position, entries, keys)


def _start_of(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
