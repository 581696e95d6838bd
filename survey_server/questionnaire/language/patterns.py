"""Regular expressions: a subset that means the same in Python, JavaScript and Java and always matches quickly.

It has literals, `.`, classes, \\d \\w \\s, groups, alternatives and quantifiers; the content of a repeated group may
not vary in length. Before a pattern is accepted, the ways in which a backtracking matcher may try it on the longest
text are counted. Accepted patterns are rewritten to forms that mean the same everywhere.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from survey_server.i18n import Message

MAX_LENGTH = 200
MAX_MATCHED_LENGTH = 256  # of the text
MAX_ATOMS = 1000  # counting repetitions
MAX_STEPS = 1e8  # about a second in Python
_WIDE = 16  # a quantifier with a wider range counts as unbounded
_CLASS_ESCAPES = ("\\d", "\\w", "\\s")
_SHORT = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f"}
_SYNTAX = set("\\^$.|?*+()[]{}/-")
_QUANTIFIER = re.compile(r"\*|\+|\?|\{(\d{1,3})(?:(,)(\d{0,3}))?\}")


@dataclass(frozen=True, slots=True)
class _Cost:
    """`stars`: unbounded quantifiers; `choices`: ways through the rest; `size`: atoms, counting repetitions."""

    stars: int = 0
    choices: float = 1.0
    size: int = 1

    @property
    def varies(self) -> bool:
        return self.stars > 0 or self.choices > 1

    @property
    def steps(self) -> float:
        return math.comb(MAX_MATCHED_LENGTH + self.stars, self.stars) * self.choices * self.size

    def then(self, other: _Cost) -> _Cost:
        return _Cost(self.stars + other.stars, self.choices * other.choices, self.size + other.size)

    def otherwise(self, other: _Cost) -> _Cost:
        return _Cost(max(self.stars, other.stars), self.choices + other.choices, self.size + other.size)

    def times(self, least: int, most: int | None) -> _Cost:
        if most is None or most - least > _WIDE:
            return _Cost(self.stars + 1, self.choices, self.size * max(least, 1))
        choices = self.choices ** min(most, 50) * (most - least + 1)
        return _Cost(self.stars * most, choices, self.size * max(most, 1))


_OUTSIDE = ""  # the hint says what is allowed
_TOO_LONG = Message("…: dài quá {length} ký tự", length=MAX_LENGTH)
_BACKWARD = Message(": khoảng viết ngược")
_MIN_OVER_MAX = Message(": số lần ít nhất lớn hơn số lần nhiều nhất")


class PatternError(ValueError):
    """The pattern is outside the subset: the `part` of it, as written, and the `reason`."""

    def __init__(self, part: str, reason: Message | str = _OUTSIDE) -> None:
        super().__init__(part)
        self.part = part
        self.reason = reason


def make_portable(pattern: str) -> str:
    """The pattern in the form that means the same everywhere. Raises PatternError."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(pattern[:_WIDE], _TOO_LONG)
    rewritten = _Reader(pattern).read()
    try:
        re.compile(rewritten)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(pattern) from error
    return rewritten


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def read(self) -> str:
        # A match is of the whole value, so ^ and $ around the pattern change nothing.
        if self._pattern.startswith("^"):
            self._at = 1
        if self._pattern.endswith("$") and not self._pattern.endswith("\\$"):
            self._pattern = self._pattern[:-1]
        written, _ = self._alternatives()
        if self._at < len(self._pattern):
            raise PatternError(self._pattern[self._at :])
        return written

    def _alternatives(self) -> tuple[str, _Cost]:
        written: list[str] = []
        earlier, branch = None, _Cost(size=0)
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                written.append("|")
                earlier, branch = branch if earlier is None else earlier.otherwise(branch), _Cost(size=0)
                continue
            start = self._at
            piece, cost = self._piece()
            written.append(piece)
            branch = self._check_cost(branch.then(cost), self._pattern[start : self._at])
        whole = branch if earlier is None else earlier.otherwise(branch)
        return "".join(written), self._check_cost(whole, "|")

    def _check_cost(self, cost: _Cost, part: str) -> _Cost:
        if cost.size > MAX_ATOMS or cost.steps > MAX_STEPS:
            raise PatternError(part)
        return cost

    def _piece(self) -> tuple[str, _Cost]:
        start = self._at
        atom, cost = self._atom()
        match = _QUANTIFIER.match(self._pattern, self._at)
        if match is None:
            return atom, cost
        self._at = match.end()
        least, most = _bounds(match)
        part = self._pattern[start : self._at]
        if most is not None and most < least:
            raise PatternError(part, _MIN_OVER_MAX)
        if cost.varies and most != least and match[0] != "?":
            raise PatternError(part)
        return atom + match[0], self._check_cost(cost.times(least, most), part)

    def _atom(self) -> tuple[str, _Cost]:
        character = self._pattern[self._at]
        self._at += 1
        if character == "(":
            return self._group()
        if character == "[":
            return self._class(), _Cost()
        if character == "\\":
            return self._escape(inside=False), _Cost()
        if character == ".":
            return "[^\\n]", _Cost()
        if character in "*+?{}]^$":
            raise PatternError(character)
        return _literal(character), _Cost()

    def _group(self) -> tuple[str, _Cost]:
        self._depth += 1
        if self._depth > 8:
            raise PatternError("((((((((")
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern.startswith("?", self._at):
            raise PatternError("(?")
        written, cost = self._alternatives()
        if self._at >= len(self._pattern):
            raise PatternError("(")
        self._at += 1
        self._depth -= 1
        return f"(?:{written})", cost

    def _class(self) -> str:
        written = ["["]
        if self._pattern.startswith("^", self._at):
            self._at += 1
            written.append("^")
        ended = len(written)  # a range cannot begin before this
        while True:
            if self._at >= len(self._pattern):
                raise PatternError("[")
            character = self._pattern[self._at]
            self._at += 1
            if character == "]":
                break
            if character == "\\":
                written.append(self._escape(inside=True))
            elif character == "-":
                first = written[-1] in ("[", "^")
                before, behind = self._pattern[self._at - 3 : self._at - 1], self._pattern[self._at : self._at + 2]
                if before in _CLASS_ESCAPES or behind in _CLASS_ESCAPES:
                    raise PatternError("-")
                written.append("\\-" if first or self._pattern.startswith("]", self._at) else "-")
            elif character in "[&~":
                raise PatternError(character)
            else:
                written.append(_literal(character))
            if len(written) >= ended + 3 and written[-2] == "-":
                low, high = written[-3][-1], written[-1][-1]  # without the backslash of an escape
                if low > high:
                    raise PatternError(f"{low}-{high}", _BACKWARD)
                ended = len(written)
        if written[-1] in ("[", "^"):
            raise PatternError("[]")
        return "".join(written) + "]"

    def _escape(self, *, inside: bool) -> str:
        if self._at >= len(self._pattern):
            raise PatternError("\\")
        character = self._pattern[self._at]
        self._at += 1
        if character in _SHORT:
            return _SHORT[character] if inside else f"[{_SHORT[character]}]"
        if character in _SYNTAX:
            return "\\-" if inside and character == "-" else _literal(character)
        raise PatternError("\\" + character)


def _bounds(quantifier: re.Match[str]) -> tuple[int, int | None]:
    """The minimum and maximum of repetitions; None if unbounded."""
    if quantifier[1] is None:
        return (1 if quantifier[0] == "+" else 0), (1 if quantifier[0] == "?" else None)
    least = int(quantifier[1])
    if quantifier[2] is None:
        return least, least
    return least, int(quantifier[3]) if quantifier[3] else None


def _literal(character: str) -> str:
    """A character of the syntax is escaped; a hyphen is not, because only classes need that."""
    return "\\" + character if character in _SYNTAX and character != "-" else character
