"""Checks comparisons by the kinds of their sides: can they be equal, and do they mean what they look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.syntax import Syntax
from survey_server.questionnaire.language.typed import KIND_NAMES, Typed

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
MOMENTS = ("date", "time", "datetime")
# Values of two of these kinds are never equal; a text may be equal to any.
_DISJOINT = frozenset({"number", "codes", *MOMENTS})
Codes = Mapping[str, Mapping[str, str]]


class Met(NamedTuple):
    """A problem of a part of a comparison; `parts` are those of its text."""

    syntax: Syntax
    type: ProblemType
    parts: dict[str, Any]


def check_comparison(sign: str, syntax: Syntax, sides: tuple[Typed, Typed], source: str, codes: Codes) -> list[Met]:
    """What is wrong with a comparison; `codes` are those of each choice list, `source` is the whole expression."""
    chained = next((part for part, side in zip(syntax.parts, sides, strict=True) if _is_chained(part, side)), None)
    if chained is not None:
        return [_chain(sign, syntax, chained, source)]
    if sign in ("=", "!="):
        return list(_check_equality(sign, syntax, sides, codes))
    return [
        Met(part, problem_types.EXPECTS_NUMBER, {"what": sign, "given": KIND_NAMES["boolean"]})
        for part, side in zip(syntax.parts, sides, strict=True)
        if side.kind == "boolean"
    ]


def check_code(syntax: Syntax, value: Typed, literal: Typed, codes: Codes) -> list[Met]:
    """Whether a literal is a code of the list from which a question's value comes."""
    if value.choices is None or value.choices not in codes:
        return []
    known, code = codes[value.choices], values.to_text(literal.literal)
    if any(values.are_equal(each, literal.literal) for each in known):
        return []
    return [Met(syntax, problem_types.NO_SUCH_CHOICE, {"name": value.name, "code": code, "meant": (code, known)})]


def _is_chained(part: Syntax, side: Typed) -> bool:
    """Whether one side is a comparison itself, without parentheses."""
    is_bare = part.head in COMPARISONS and part.span == (part.parts[0].span[0], part.parts[1].span[1])
    return is_bare and side.kind == "boolean"


def _chain(sign: str, syntax: Syntax, chained: Syntax, source: str) -> Met:
    before, middle = chained.parts
    _, after = syntax.parts
    first, common, last = (source[slice(*each.span)] for each in (before, middle, after))
    instead = f"{first} {chained.head} {common} and {common} {sign} {last}"
    return Met(syntax, problem_types.CHAINED_COMPARISON, {"instead": instead})


def _check_equality(sign: str, syntax: Syntax, sides: tuple[Typed, Typed], codes: Codes) -> Iterator[Met]:
    for index, part in enumerate(syntax.parts):
        literal, value = sides[index], sides[1 - index]
        if literal.kind == "boolean" and value.kind not in ("boolean", "any", "list"):
            yield _compared_with_boolean(part, value, codes)
            return
    for index, part in enumerate(syntax.parts):
        literal, value = sides[index], sides[1 - index]
        if literal.literal not in (None, ""):
            yield from _check_literal(sign, part, value, literal, codes)
    one, other = sides
    if one.literal is None and other.literal is None and _are_disjoint(one, other, codes):
        left, right = one.name or KIND_NAMES[one.kind], other.name or KIND_NAMES[other.kind]
        yield Met(syntax.parts[1], problem_types.NEVER_EQUAL, {"left": left, "right": right})


def _compared_with_boolean(part: Syntax, value: Typed, codes: Codes) -> Met:
    """Every value but an empty one counts as true."""
    known = codes.get(value.choices or "", {})
    code = "yes" if "yes" in known else next(iter(known), "…")
    name = "." if value.tree == ["self"] else f"${{{value.name or '…'}}}"
    instead = f"selected({name}, '{code}')" if value.kind == "codes" else f"{name} = '{code}'"
    if value.kind in ("number", *MOMENTS):
        instead = f"{name} > …"
    return Met(part, problem_types.COMPARED_WITH_BOOLEAN, {"left": value.name or "…", "instead": instead})


def _check_literal(sign: str, part: Syntax, value: Typed, literal: Typed, codes: Codes) -> Iterator[Met]:
    """Whether a literal can ever be equal to the value that it is compared with."""
    if value.kind == "codes":
        name = "." if value.tree == ["self"] else f"${{{value.name}}}"
        is_selected = f"selected({name}, '{values.to_text(literal.literal)}')"
        instead = is_selected if sign == "=" else f"not({is_selected})"
        yield Met(part, problem_types.USE_SELECTED, {"name": value.name or "…", "instead": instead})
        return
    yield from check_code(part, value, literal, codes)
    is_not_number = value.kind == "number" and values.to_number(literal.literal) is None
    is_not_moment = value.kind in MOMENTS and values.moment_kind(literal.literal) != value.kind
    if is_not_number or is_not_moment:
        yield Met(part, problem_types.NEVER_EQUAL, {"left": value.name or "…", "right": repr(literal.literal)})


def _are_disjoint(one: Typed, other: Typed, codes: Codes) -> bool:
    """Whether no value of one side is a value of the other; both may be empty, which is not what is meant."""
    mine, theirs = codes.get(one.choices or ""), codes.get(other.choices or "")
    if mine is not None and theirs is not None and one.kind == other.kind == "text":
        return not mine.keys() & theirs.keys()
    return one.kind != other.kind and {one.kind, other.kind} <= _DISJOINT
