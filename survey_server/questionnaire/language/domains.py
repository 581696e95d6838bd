"""What is known of a value before anybody answers: whether it may be empty, and which values it may have else.

A domain holds every value that can occur and perhaps more; so what no member of it does, no answer does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from survey_server.questionnaire.language import ranges
from survey_server.questionnaire.language.ranges import Ranges
from survey_server.questionnaire.language.values import Value, is_empty, moment_kind, to_number

DomainKind = Literal["number", "date", "time", "datetime", "text", "boolean", "codes", "any"]
MOMENT_KINDS = ("date", "time", "datetime")


@dataclass(frozen=True, slots=True)
class Some:
    """A finite set of texts, booleans or numbers, or with `is_rest` all texts but those."""

    members: frozenset[Value] = frozenset()
    is_rest: bool = False

    @property
    def is_void(self) -> bool:
        return not self.members and not self.is_rest

    def meet(self, other: Some) -> Some:
        if self.is_rest and other.is_rest:
            return Some(self.members | other.members, is_rest=True)
        if self.is_rest or other.is_rest:
            finite, rest = (other, self) if self.is_rest else (self, other)
            return Some(finite.members - rest.members)
        return Some(self.members & other.members)

    def join(self, other: Some) -> Some:
        if self.is_rest and other.is_rest:
            return Some(self.members & other.members, is_rest=True)
        if self.is_rest or other.is_rest:
            finite, rest = (other, self) if self.is_rest else (self, other)
            return Some(rest.members - finite.members, is_rest=True)
        return Some(self.members | other.members)


@dataclass(frozen=True, slots=True)
class Ticked:
    """Of a choice of several: the codes that are among them, and those that may be (None: any)."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] | None = None

    @property
    def is_void(self) -> bool:
        return self.may is not None and (not self.must <= self.may or not self.may)

    def meet(self, other: Ticked) -> Ticked:
        may = other.may if self.may is None else self.may if other.may is None else self.may & other.may
        return Ticked(self.must | other.must, may)

    def join(self, other: Ticked) -> Ticked:
        if self.is_void or other.is_void:
            return other if self.is_void else self
        may = None if self.may is None or other.may is None else self.may | other.may
        return Ticked(self.must & other.must, may)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Any value."""

    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """`may_be_empty`: the value may be null, '' or an empty selection. `content`: the values it may have else."""

    kind: DomainKind
    content: Ranges | Some | Ticked | Unknown
    may_be_empty: bool = True

    @property
    def is_void(self) -> bool:
        return not self.may_be_empty and self.content.is_void

    @property
    def is_finite(self) -> bool:
        return isinstance(self.content, Some) and not self.content.is_rest

    def list_values(self) -> list[Value]:
        """The members of a finite domain; None for the empty value."""
        assert isinstance(self.content, Some)
        return [*self.content.members, *([None] if self.may_be_empty else [])]

    def keep(self, holds: Callable[[Value], bool]) -> Domain:
        """The part of a finite domain for which a condition holds."""
        assert isinstance(self.content, Some)
        members = frozenset(each for each in self.content.members if holds(each))
        return Domain(self.kind, Some(members), self.may_be_empty and holds(None))

    def filled(self) -> Domain:
        return replace(self, may_be_empty=False)

    def emptied(self) -> Domain:
        return replace(self, content=_NOTHING[type(self.content)])

    def narrow(self, content: Ranges | Some | Ticked, *, may_be_empty: bool = False) -> Domain:
        """The part whose content lies in `content`, which is of this domain's kind, and is empty only if it may be."""
        return Domain(self.kind, self.content.meet(content), self.may_be_empty and may_be_empty)  # type: ignore[union-attr,arg-type]

    def meet(self, other: Domain) -> Domain:
        """What lies in both domains of one term."""
        if self.kind != other.kind or isinstance(self.content, Unknown):
            return self
        return self.narrow(other.content, may_be_empty=other.may_be_empty)  # type: ignore[arg-type]

    def join(self, other: Domain) -> Domain:
        may_be_empty = self.may_be_empty or other.may_be_empty
        if self.content.is_void or other.content.is_void:
            return replace(other if self.content.is_void else self, may_be_empty=may_be_empty)
        if self.kind != other.kind or isinstance(self.content, Unknown):
            return Domain("any", Unknown(), may_be_empty)
        return Domain(self.kind, self.content.join(other.content), may_be_empty)  # type: ignore[arg-type]


_NOTHING: dict[type, Ranges | Some | Ticked | Unknown] = {
    Ranges: ranges.NOTHING,
    Some: Some(),
    Ticked: Ticked(may=frozenset()),
    Unknown: Unknown(is_void=True),
}
ANYTHING = Domain("any", Unknown())
EMPTY = Domain("any", Unknown(is_void=True))
NUMBERS = Domain("number", ranges.EVERYTHING)
TRUTHS = Domain("boolean", Some(frozenset({True, False})), may_be_empty=False)
_OF_KIND: dict[str, Domain] = {
    "number": NUMBERS,
    "text": Domain("text", Some(is_rest=True)),
    "boolean": TRUTHS,
    "date": Domain("date", ranges.EVERYTHING),
    "time": Domain("time", ranges.EVERYTHING),
    "datetime": Domain("datetime", ranges.EVERYTHING),
    "codes": Domain("codes", Ticked()),
}


def of_kind(kind: str | None) -> Domain:
    """Every value of a kind, the empty one included."""
    return _OF_KIND.get(kind or "", ANYTHING)


def of_constant(value: Value) -> Domain:
    """The domain of a literal or of a calculation with literals alone."""
    if is_empty(value):
        return EMPTY
    if isinstance(value, bool):
        return Domain("boolean", Some(frozenset({value})), may_be_empty=False)
    if isinstance(value, (int, float)):
        content = ranges.between(value, value, is_whole=float(value).is_integer())
        return Domain("number", content, may_be_empty=False)
    if isinstance(value, str):
        kind = moment_kind(value)
        if kind is not None:
            return Domain(kind, ranges.exactly(value), may_be_empty=False)
        return Domain("text", Some(frozenset({value})), may_be_empty=False)
    return ANYTHING


def numbers_of(domain: Domain) -> Domain:
    """The same value as arithmetic sees it: as a number, empty where it is none."""
    if domain.kind == "number":
        return domain
    if not domain.is_finite:
        return EMPTY if domain.content.is_void else NUMBERS
    found = [to_number(each) for each in domain.list_values()]
    numbers = [each for each in found if each is not None]
    content = ranges.NOTHING
    for each in numbers:
        content = content.join(ranges.exactly(each)) if not content.is_void else ranges.exactly(each)
    return Domain("number", content, len(numbers) < len(found))
