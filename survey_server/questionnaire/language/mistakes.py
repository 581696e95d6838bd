"""Why an expression cannot be parsed, in the author's terms: habits of other languages and of word processors."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import takewhile
from typing import NamedTuple

from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.language.operators import FUNCTION_NAMES
from survey_server.questionnaire.recognised import CONSTANT_WORDS, OPERATOR_WORDS

MAX_NEAR = 20  # characters shown of what cannot be parsed


class Mistake(NamedTuple):
    """`near`: the text that is wrong; `instead`: what to write, empty where it depends."""

    offset: int
    type: ProblemType
    near: str
    instead: str = ""


_OPERATORS = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "===": "=", "==": "=", ":=": "=", "<>": "!=", "!==": "!=",
    "=<": "<=", "=>": ">=", "!": "not(…)", "%": "… mod …", "/": "… div …", "^": "pow(…, …)", "**": "pow(…, …)",
    "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "·": "*", "÷": "div", "−": "-", "–": "-", "—": "-",
    "＝": "=", "＜": "<", "＞": ">", "！＝": "!=", "＋": "+", "－": "-", "＊": "*", "（": "(", "）": ")", "，": ",",
    "；": ",", ";": ",", "．": ".", "＄": "$",
}  # fmt: skip
_OPERATOR = re.compile("|".join(re.escape(each) for each in sorted(_OPERATORS, key=len, reverse=True)))
_NUMBER = re.compile(r"\d+(?:[,.]\d+)*,\d+(?:[,.]\d+)*|\d+\.\d+\.[\d.]*\d|[０-９]+")
_QUOTES = re.compile("[“”„‟‘’‚‛«»‹›`´′″＇＂]")
_REFERENCE = re.compile(
    r"\$\{\s*(?P<open>[\w.]+)|[$#@]?\{\{?\s*(?P<braces>[\w.]+)\s*\}?\}|\$\(?(?P<bare>[A-Za-z_][\w.]*)\)?"
    r"|[$#@]?\[\s*(?P<square>[A-Za-z_]\w*)\s*\]|[#@](?P<sign>[A-Za-z_]\w*)"
)
_WORD = re.compile(r"[^\W\d]\w*")


def explain(text: str, offset: int, names: Collection[str]) -> Mistake:
    """Why parsing stopped at `offset`; `names` are those of the questions."""
    for find in (_no_left, _unquoted, _number, _reference, _operator, _word):
        found = find(text, offset, names)
        if found is not None:
            return found
    if offset >= len(text):
        opened = _last_open(text)
        if opened is not None:
            return Mistake(opened, problem_types.OPEN_PARENTHESIS, text[opened : opened + MAX_NEAR])
        return Mistake(offset, problem_types.UNFINISHED, text[-MAX_NEAR:])
    return Mistake(offset, problem_types.SYNTAX, text[offset : offset + MAX_NEAR])


def find_decimal_comma(text: str) -> Mistake | None:
    """The first number with a comma in a part of an expression; offsets count from its beginning."""
    found = re.search(r"(?<![\w'\"])\d+,\d+(?![\w'\"])", text)
    if found is None:
        return None
    return Mistake(found.start(), problem_types.DECIMAL_COMMA, found[0], found[0].replace(",", "."))


def _at(pattern: re.Pattern[str], text: str, offset: int) -> re.Match[str] | None:
    """The match in which parsing stopped, or right behind it."""
    start = max(text.rfind("\n", 0, offset) + 1, offset - 64)
    for found in pattern.finditer(text, start, min(len(text), offset + 64)):
        if found.start() <= offset < found.end():
            return found
    return None


def _no_left(text: str, offset: int, _names: Collection[str]) -> Mistake | None:
    """A condition that begins with its comparison: `>= 5`, or goes on so: `. > 1 and < 5`."""
    found = re.compile(r"(?:>=|<=|!=|[<>=])\s*(?=[\d.$'\"])").match(text, offset)
    if found is None or not re.search(r"(?:^|\b(?:and|or)|\()\s*$", text[:offset]):
        return None
    end = re.compile(r"\s+(?:and|or)\b|\)|$").search(text, offset)
    near = text[offset : end.start() if end is not None else None].strip()
    return Mistake(offset, problem_types.MISSING_LEFT, near, f". {near}")


def _unquoted(text: str, offset: int, _names: Collection[str]) -> Mistake | None:
    found = _at(_QUOTES, text, offset)
    if found is not None:
        return Mistake(found.start(), problem_types.CURLY_QUOTES, text[found.start() : found.start() + MAX_NEAR])
    if text[offset : offset + 1] in ("'", '"') and text.count(text[offset], offset) == 1:
        return Mistake(offset, problem_types.OPEN_QUOTE, text[offset : offset + MAX_NEAR], text[offset])
    return None


def _number(text: str, offset: int, _names: Collection[str]) -> Mistake | None:
    found = _at(_NUMBER, text, offset)
    if found is None:
        return None
    digits = found[0]
    plain = "".join(str(int(each)) if each.isdigit() else "." if each == "," else each for each in digits)
    instead = plain if plain.count(".") < 2 else plain.replace(".", "")
    return Mistake(found.start(), problem_types.DECIMAL_COMMA, digits, instead)


def _reference(text: str, offset: int, _names: Collection[str]) -> Mistake | None:
    found = _at(_REFERENCE, text, offset)
    if found is None or re.match(r"\$\{[^{}]*\}", text[found.start() :]):
        return None
    name = next(each for each in found.groups() if each)
    return Mistake(found.start(), problem_types.REFERENCE_BRACES, found[0], f"${{{name}}}")


def _operator(text: str, offset: int, _names: Collection[str]) -> Mistake | None:
    found = _at(_OPERATOR, text, offset)
    if found is None:
        return None
    if found[0] == "!" and text.startswith("!=", found.start()):
        return None
    return Mistake(found.start(), problem_types.WRONG_OPERATOR, found[0], _OPERATORS[found[0]])


def _word(text: str, offset: int, names: Collection[str]) -> Mistake | None:
    found = _WORD.match(text, offset)
    if found is None:
        return None
    word = found[0]
    lower = word.lower()
    if word in names:
        return Mistake(offset, problem_types.REFERENCE_BRACES, word, f"${{{word}}}")
    if lower in OPERATOR_WORDS:
        return Mistake(offset, problem_types.WRONG_OPERATOR, word, OPERATOR_WORDS[lower])
    instead = CONSTANT_WORDS.get(lower) or (f"{lower}()" if lower in FUNCTION_NAMES else "")
    if not instead:
        words = [
            word,
            *takewhile(lambda each: each.lower() not in OPERATOR_WORDS, _WORD.findall(_rest_of_words(text, offset))),
        ]
        word = " ".join(words)
    return Mistake(offset, problem_types.BARE_WORD, word, instead or f"'{word}'")


def _rest_of_words(text: str, offset: int) -> str:
    """The words behind the one at an offset, up to the first other character."""
    found = re.compile(r"[^\W\d]\w*((?:[ ]+[^\W\d]\w*)*)").match(text, offset)
    return found[1] if found is not None else ""


def _last_open(text: str) -> int | None:
    """The last parenthesis that is not closed, quoted texts left out."""
    opened: list[int] = []
    for found in re.finditer(r"'[^']*'|\"[^\"]*\"|[()]", text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None
