"""Regular expressions in a subset that Python, JavaScript and Java read alike and that cannot run away.

Literals, `.`, classes, \\d \\w \\s, groups, alternatives, and quantifiers of which at most three vary; nothing inside a
group that repeats may vary itself. The pattern is rewritten to the few forms that mean the same everywhere.
"""

from __future__ import annotations

import re

LONGEST = 200
MOST_VARYING = 3
_SHORT = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f"}
_SYNTAX = set("\\^$.|?*+()[]{}/-")
_QUANTIFIER = re.compile(r"\*|\+|\?|\{(\d{1,3})(?:(,)(\d{0,3}))?\}")


class PatternFaultError(ValueError):
    """The pattern is outside the subset; the message names the part."""


def portable(pattern: str) -> str:
    """The pattern in its portable form. Raises PatternFaultError."""
    if len(pattern) > LONGEST:
        raise PatternFaultError(f"> {LONGEST}")
    rewritten = _Reader(pattern).read()
    try:
        re.compile(rewritten)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternFaultError(str(error)) from error
    return rewritten


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._varying = 0
        self._depth = 0

    def read(self) -> str:
        # ^ and $ around the whole are what a match of the whole value means anyway.
        if self._pattern.startswith("^"):
            self._at = 1
        if self._pattern.endswith("$") and not self._pattern.endswith("\\$"):
            self._pattern = self._pattern[:-1]
        written, _ = self._alternatives()
        if self._at < len(self._pattern):
            raise PatternFaultError(self._pattern[self._at :])
        return written

    def _alternatives(self) -> tuple[str, bool]:
        """The rewritten text, and whether its length or choice may vary."""
        written: list[str] = []
        varies = False
        while self._at < len(self._pattern) and self._pattern[self._at] != ")":
            if self._pattern[self._at] == "|":
                self._at += 1
                written.append("|")
                varies = True
                continue
            piece, piece_varies = self._piece()
            written.append(piece)
            varies = varies or piece_varies
        return "".join(written), varies

    def _piece(self) -> tuple[str, bool]:
        atom, varies = self._atom()
        match = _QUANTIFIER.match(self._pattern, self._at)
        if match is None:
            return atom, varies
        self._at = match.end()
        exact = match[1] is not None and match[2] is None
        if varies and not (match[0] == "?" or exact):
            raise PatternFaultError(atom + match[0])
        if varies and exact and int(match[1]) > 4:
            raise PatternFaultError(atom + match[0])
        if not exact and match[0] != "?":
            self._varying += 1
            if self._varying > MOST_VARYING:
                raise PatternFaultError(atom + match[0])
        return atom + match[0], varies or not exact

    def _atom(self) -> tuple[str, bool]:
        character = self._pattern[self._at]
        self._at += 1
        if character == "(":
            return self._group()
        if character == "[":
            return self._class(), False
        if character == "\\":
            return self._escape(inside=False), False
        if character == ".":
            return "[^\\n]", False
        if character in "*+?{}]^$":
            raise PatternFaultError(character)
        return _literal(character), False

    def _group(self) -> tuple[str, bool]:
        self._depth += 1
        if self._depth > 8:
            raise PatternFaultError("((((((((")
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern.startswith("?", self._at):
            raise PatternFaultError("(?")
        written, varies = self._alternatives()
        if self._at >= len(self._pattern):
            raise PatternFaultError("(")
        self._at += 1
        self._depth -= 1
        return f"(?:{written})", varies

    def _class(self) -> str:
        written = ["["]
        if self._pattern.startswith("^", self._at):
            self._at += 1
            written.append("^")
        while True:
            if self._at >= len(self._pattern):
                raise PatternFaultError("[")
            character = self._pattern[self._at]
            self._at += 1
            if character == "]":
                break
            if character == "\\":
                written.append(self._escape(inside=True))
            elif character == "-":
                first = written[-1] in ("[", "^")
                written.append("\\-" if first or self._pattern.startswith("]", self._at) else "-")
            elif character in "[&~":
                raise PatternFaultError(character)
            else:
                written.append(_literal(character))
        if written[-1] in ("[", "^"):
            raise PatternFaultError("[]")
        return "".join(written) + "]"

    def _escape(self, *, inside: bool) -> str:
        if self._at >= len(self._pattern):
            raise PatternFaultError("\\")
        character = self._pattern[self._at]
        self._at += 1
        if character in _SHORT:
            return _SHORT[character] if inside else f"[{_SHORT[character]}]"
        if character in _SYNTAX:
            return "\\-" if inside and character == "-" else _literal(character)
        raise PatternFaultError("\\" + character)


def _literal(character: str) -> str:
    """A hyphen is escaped where it stands in a class, and may not be elsewhere."""
    return "\\" + character if character in _SYNTAX and character != "-" else character
