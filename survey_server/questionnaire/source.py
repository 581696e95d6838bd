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

from survey_server.problems import language as said
from survey_server.questionnaire.faults import Findings
from survey_server.questionnaire.model import Position

LARGEST_FILE = 1 << 20
DEEPEST = 24
MOST_NODES = 60_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is what the author wrote, in NFC; `plain` without quotes, so that it may stand for a number or a truth."""

    position: Position
    text: str
    plain: bool

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


class _StopReadingError(Exception):
    """A limit was passed or the YAML broke off: nothing behind this place can be read."""


def read_source(source: bytes, findings: Findings) -> Mapping | None:
    """The tree of a file, or None where it cannot be read; what is wrong is added to `findings`."""
    start = Position(1, 1)
    if len(source) > LARGEST_FILE:
        findings.add(start, said.FILE_TOO_LARGE, limit=LARGEST_FILE // 1024)
        return None
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        findings.add(Position(before.count(b"\n") + 1, column), said.NOT_UTF8)
        return None
    try:
        root = _Builder(findings).build(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = Position(mark.line + 1, mark.column + 1) if mark is not None else start
        findings.add(position, said.NOT_YAML, why=str(getattr(error, "problem", None) or error))
        return None
    except _StopReadingError:
        return None
    if not isinstance(root, Mapping):
        findings.add(root.position if root is not None else start, said.NOT_A_MAPPING)
        return None
    return root


class _Builder:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._nodes = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        self._events = events
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._findings.add(_place(event), said.SECOND_DOCUMENT)
                return root
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, 1)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        position = _place(event)
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST_NODES:
            self._findings.add(position, said.TOO_DEEP_OR_LARGE, depth=DEEPEST, nodes=MOST_NODES)
            raise _StopReadingError
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._findings.add(position, said.ANCHOR)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(position, "", plain=False)
        if isinstance(event, yaml.ScalarEvent):
            if event.tag not in (None, "!"):
                self._findings.add(position, said.TAG, tag=event.tag)
            return Scalar(position, unicodedata.normalize("NFC", event.value), plain=event.style in (None, ""))
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(position, tuple(self._items(depth)))
        return self._mapping(position, depth)

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
                self._findings.add(key.position, said.KEY_NOT_TEXT)
            elif key.text in entries:
                self._findings.add(key.position, said.DUPLICATE_KEY, key=key.text, line=keys[key.text].line)
            else:
                entries[key.text] = value
                keys[key.text] = key.position
        return Mapping(position, entries, keys)


def _place(event: Any) -> Position:
    return Position(event.start_mark.line + 1, event.start_mark.column + 1)
