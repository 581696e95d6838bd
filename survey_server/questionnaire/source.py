"""YAML as a tree in which every node knows its line and column.

YAML 1.2's core rules, so that `no` and `0123` and `12:30` stay what was written; anchors, aliases, tags and duplicate
keys are faults; size, depth and number of nodes are limited before anything is built.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from survey_server.problems import language as problems
from survey_server.questionnaire.faults import Findings
from survey_server.questionnaire.model import Position
from survey_server.questionnaire.yaml_words import unquoted_expression, yaml_in_words

MAX_FILE_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_NODES = 60_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# What neither XML nor every database nor YAML takes; tabs and line ends may stand in a text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"\\(x..|u.{4}|U.{8}|.)", re.DOTALL)
_NO_SUCH_CHARACTER = "found invalid Unicode character escape code"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is what the author wrote, in NFC; `plain` without quotes, so that it may stand for a number or a truth.
    `raw` is how it stands in the file, quotes and line breaks included."""

    position: Position
    text: str
    plain: bool
    raw: str = ""

    @property
    def value(self) -> str | int | float | bool | None:
        if not self.plain:
            return self.text
        if self.text in ("", "~", "null", "Null", "NULL"):
            return None
        if self.text.lower() in ("true", "false") and self.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return self.text.lower() == "true"
        if _INTEGER.fullmatch(self.text) and len(self.text) <= 18:
            return int(self.text)
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text

    def place_of(self, offset: int) -> Position:
        """Where in the file the character of `text` at this offset stands: YAML folds lines, but keeps every letter."""
        letters = len("".join(self.text[:offset].split()))
        if offset < len(self.text):
            at = _after_letters(self.raw, letters, to_next=True)
        else:
            at = _after_letters(self.raw, letters, to_next=False)
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
    """`keys` keeps the place of each key; the order is the author's."""

    position: Position
    entries: dict[str, Node]
    keys: dict[str, Position]


Node = Scalar | Sequence | Mapping


def _after_letters(raw: str, letters: int, *, to_next: bool) -> int:
    """The index in `raw` behind so many letters of the text that it stands for, or at the letter that follows them."""
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
    """A limit was passed or the YAML broke off: nothing behind this place can be read."""


def read_source(source: bytes, findings: Findings) -> Mapping | None:
    """The tree of a file, or None where it cannot be read; what is wrong is added to `findings`."""
    start = Position(1, 1)
    if len(source) > MAX_FILE_BYTES:
        findings.add(start, problems.FILE_TOO_LARGE, limit=MAX_FILE_BYTES // 1024)
        return None
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start]
        line = before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")
        findings.add(Position(before.count(b"\n") + 1, len(line) + 1), problems.NOT_UTF8)
        return None
    if (control := _CONTROL.search(text)) is not None:
        before_it = text[: control.start()]
        column = control.start() - before_it.rfind("\n")
        findings.add(
            Position(before_it.count("\n") + 1, column), problems.CONTROL_CHARACTER, code=f"{ord(control[0]):04X}"
        )
        return None
    try:
        root = _Builder(findings, text).build(yaml.parse(text, Loader=_Loader))
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # PyYAML's own parser lets "\UFFFFFFFF" go to chr()
        _say_why(error, text, findings)
        return None
    except _StopReadingError:
        return None
    if not isinstance(root, Mapping):
        findings.add(root.position if root is not None else start, problems.NOT_A_MAPPING)
        return None
    return root


def _say_why(error: Exception, text: str, findings: Findings) -> None:
    """Why the YAML cannot be read, at the place of the cause where it is known."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    row, column = (mark.line, mark.column) if mark is not None else (0, 0)
    line = (text.splitlines() or [""])[row : row + 1]
    at = unquoted_expression(line[0], column, str(getattr(error, "context", None))) if line else None
    if at is not None:
        findings.add(Position(row + 1, at + 1), problems.UNQUOTED_EXPRESSION)
        return
    why = str(getattr(error, "problem", None) or getattr(error, "reason", None) or _NO_SUCH_CHARACTER)
    said = yaml_in_words(why, line[0][column : column + 1] if line else "")
    findings.add(Position(row + 1, column + 1), problems.NOT_YAML, why=said)


class _Builder:
    def __init__(self, findings: Findings, source: str) -> None:
        self._findings = findings
        self._source = source
        self._nodes = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        self._events = events
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._findings.add(_place(event), problems.SECOND_DOCUMENT)
                return root
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, 1)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        position = _place(event)
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            self._findings.add(position, problems.TOO_DEEP_OR_LARGE, depth=MAX_DEPTH, nodes=MAX_NODES)
            raise _StopReadingError
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._findings.add(position, problems.ANCHOR)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(position, str(event.anchor), plain=False)
        if event.tag not in (None, "!"):
            self._findings.add(position, problems.TAG, tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, position)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(position, tuple(self._items(depth)))
        return self._mapping(position, depth)

    def _scalar(self, event: Any, position: Position) -> Scalar:
        if (control := _CONTROL.search(event.value)) is not None:  # written as an escape
            self._findings.add(position, problems.CONTROL_CHARACTER, code=f"{ord(control[0]):04X}")
        raw = self._source[event.start_mark.index : event.end_mark.index]
        return Scalar(position, unicodedata.normalize("NFC", event.value), event.style in (None, ""), raw)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _mapping(self, position: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._findings.add(key.position, problems.KEY_NOT_TEXT)
            elif key.text in entries:
                self._findings.add(key.position, problems.DUPLICATE_KEY, key=key.text, line=keys[key.text].line)
            else:
                entries[key.text] = value
                keys[key.text] = key.position
        return Mapping(position, entries, keys)


def _place(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
