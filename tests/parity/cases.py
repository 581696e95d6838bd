"""Expressions with the value that both interpreters must give over ANSWERS."""

from __future__ import annotations

from typing import Any

from survey_server.questionnaire.language.typed import Names
from survey_server.questionnaire.model import Choice, Position, Question, Row
from survey_server.questionnaire.types import TYPES
from survey_server.questionnaire.types.number_table import TableOptions

HERE = Position(1, 1)
LABEL = {"vi": "x"}
CODES = ("clear", "some", "little", "none", "dont_know")


def question(name: str, type_: str, **options: Any) -> Question:
    return Question(name, TYPES[type_], LABEL, HERE, **options)


NAMES = Names(
    questions={
        each.name: each
        for each in (
            question("n", "integer"),
            question("d", "decimal"),
            question("zero", "integer"),
            question("blank", "integer"),
            question("word", "text"),
            question("empty", "text"),
            question("rated", "select_one", choices="change"),
            question("several", "select_multiple", choices="change"),
            question("numbered", "select_one", choices="numbers"),
            question("held", "date"),
            question("no_day", "date"),
            question("began", "time"),
            question("arrived", "datetime"),
            question("total", "calculate"),
            question("documents", "repeat"),
            question("pages", "integer"),
            question("title", "text"),
            question(
                "figures", "number_table",
                own=TableOptions(
                    (Row("meetings", LABEL), Row("visits", LABEL)), (Choice("y2010", LABEL), Choice("y2011", LABEL))
                ),
            ),
        )
    },
    repeats={"pages": "documents", "title": "documents"},
    codes={
        "change": {code: f"Nhãn {code}" for code in CODES},
        "numbers": {"1": "Một", "2": "Hai"},
    },
)  # fmt: skip

ANSWERS: dict[str, Any] = {
    "n": 7,
    "d": 2.5,
    "zero": 0,
    "blank": None,
    "word": "Mặt trận 😀",
    "empty": None,
    "rated": "little",
    "several": ["clear", "none"],
    "numbered": "2",
    "held": "2012-02-29",
    "no_day": None,
    "began": "08:30",
    "arrived": "2012-02-29T06:00",
    "total": 12.5,
    "documents": [{"pages": 3, "title": "Một"}, {"pages": None, "title": "Hai"}, {"pages": 10, "title": None}],
    "figures": {
        "meetings": {"y2010": 4, "y2011": {"value": 6.5, "estimated": True}},
        "visits": {"y2010": "none_arose"},
    },
}
TODAY = "2012-06-05"

CASES: list[tuple[str, Any]] = [
    # literals and arithmetic
    ("1", 1), ("1.50", 1.5), ("'a'", "a"), ('"b"', "b"), ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 div 2", 3.5),
    ("7 mod 3", 1), ("-7 mod 3", -1), ("7 mod -3", 1), ("5.5 mod 2", 1.5), ("-3", -3), ("- -3", 3), ("1 - -1", 2),
    ("1 div 0", None), ("0 div 0", None), ("5 mod 0", None), ("${n} + ${d}", 9.5), ("${n} - 10", -3),
    ("${blank} + 1", None), ("1 * ${blank}", None), ("-${blank}", None), ("0.1 + 0.2", 0.1 + 0.2),
    ("true() + 1", 2), ("'4' * 2", 8), ("10 - 2 - 3", 5), ("8 div 2 div 2", 2), ("2 * 3 mod 4", 2),
    # equality with null
    ("${blank} = ''", True), ("${blank} != ''", False), ("${empty} = ''", True), ("${blank} = 0", False),
    ("${zero} = 0", True), ("${zero} = ''", False), ("${zero} != ''", True), ("${blank} = ${empty}", True),
    ("${rated} = 'little'", True), ("${rated} != 'little'", False), ("${rated} = 'none' or ${rated} = 'little'", True),
    ("${n} = 7", True), ("${n} = '7'", True), ("${n} = '7.0'", True), ("'7' = '7.0'", False), ("true() = 1", True),
    ("true() = 'x'", True), ("false() = ''", True), ("${word} = 'Mặt trận 😀'", True), ("${empty} != 'a'", True),
    ("${several} = 'clear none'", True), ("1 = 1 = true()", True),
    ("'\u212a' = 'K'", True), ("'K' = '\u212a'", True), ("'\u212a' != 'K'", False),  # the Kelvin sign, K in NFC
    # order
    ("${n} > 6", True), ("${n} >= 7", True), ("${n} < 7", False), ("${n} <= 7", True), ("${blank} < 1", False),
    ("${blank} >= 0", False), ("1 < 2 < 3", True), ("'10' > 9", True), ("${held} < today()", True),
    ("${held} > '2012-02-28'", True), ("${no_day} <= today()", False), ("today() = '2012-06-05'", True),
    ("${held} = '2012-02-29'", True), ("date('2012-02-30') < today()", False),
    # logic
    ("true() and false()", False), ("true() or false()", True), ("not(true())", False), ("not(${blank})", True),
    ("not('')", True), ("not('a')", False), ("not(0)", True), ("${blank} or ${n}", True), ("1 and ''", False),
    ("true() or true() and false()", True), ("boolean('false')", True), ("boolean(${zero})", False),
    ("boolean(${several})", True), ("if(${n} > 3, 'many', 'few')", "many"), ("if(${blank}, 1, 2)", 2),
    ("if(true(), ${blank}, 1)", None), ("coalesce(${blank}, ${empty}, ${n})", 7), ("coalesce(${blank}, '')", None),
    ("coalesce(0, 1)", 0),
    # numbers
    ("number('12.5')", 12.5), ("number(' 12 ')", 12), ("number('1e3')", None), ("number('1,5')", None),
    ("number('')", None), ("number(${blank})", None), ("number(true())", 1), ("number('.5')", 0.5),
    ("number('5.')", 5), ("number('-2')", -2), ("number('--2')", None), ("number('+2')", None),
    ("int(2.9)", 2), ("int(-2.9)", -2), ("int(${blank})", None), ("int('3.7')", 3),
    ("round(2.5)", 3), ("round(-2.5)", -3), ("round(2.4)", 2), ("round(2.345, 2)", 2.35), ("round(1234, -2)", 1200),
    ("round(1250, -2)", 1300), ("round(0.5)", 1), ("round(-0.4)", 0), ("round(${blank})", None),
    ("round(1.005, 2)", 1.0), ("round(9007199254740993)", 9007199254740992), ("abs(-4)", 4), ("abs(${blank})", None),
    ("pow(2, 10)", 1024), ("pow(2, -1)", 0.5), ("pow(9, 0.5)", 3), ("pow(-1, 0.5)", None), ("pow(0, -1)", None),
    ("pow(10, 999)", None), ("pow(2, 0.3)", None), ("pow(1.1, 7)", 1.1**1 * (1.1 * 1.1) * ((1.1 * 1.1) * (1.1 * 1.1))),
    ("min(3, 1, 2)", 1), ("max(3, ${blank}, 2)", 3), ("min(${blank})", None), ("max('4', 3)", 4),
    ("sum(1, ${blank}, 2)", 3), ("sum(${blank})", 0),
    # text
    ("string(1.0)", "1"), ("string(0.1)", "0.1"), ("string(-0.000001)", "-0.000001"), ("string(${blank})", ""),
    ("string(1000000 * 1000000 * 1000000 * 1000000)", "1000000000000000000000000"),
    ("string(1 div 3)", "0.3333333333333333"), ("string(0.0000001 * 1.5)", "0.00000015"), ("string(true())", "true"),
    ("string(-0)", "0"), ("string(${several})", "clear none"), ("string-length(${word})", 10),
    ("string-length('e\u0302')", 1), ("string-length(${blank})", 0), ("string-length(123)", 3),
    ("concat('a', 1, ${blank}, true())", "a1true"), ("concat(${rated})", "little"),
    ("substr(${word}, 4)", "trận 😀"), ("substr(${word}, 9)", "😀"), ("substr(${word}, 0, 3)", "Mặt"),
    ("substr(${word}, -1)", "😀"), ("substr('abc', 2, 1)", ""), ("substr('abc', 0, -1)", "ab"),
    ("substr('abc', 9)", ""), ("substr('abc', ${blank})", ""), ("contains(${word}, 'trận')", True),
    ("contains(${word}, '')", True), ("contains(${blank}, 'a')", False), ("starts-with(${word}, 'Mặt')", True),
    ("ends-with(${word}, '😀')", True), ("ends-with('a', 'ba')", False), ("join(', ', 'a', ${blank}, 'b')", "a, b"),
    # regular expressions
    ("regex('62-KL/TW', '[0-9]+-[A-Z]+/TW')", True), ("regex('x62-KL/TW', '[0-9]+-[A-Z]+/TW')", False),
    ("regex('62\n', '[0-9]+')", False), ("regex(${blank}, 'a?')", True), ("regex('', 'a')", False),
    ("regex('ĐB', '^[A-ZĐ]+$')", True), ("regex('😀', '.')", True), ("regex('a-b', 'a[-]b')", True),
    ("regex('aXb', 'a\\wb')", True), ("regex('aếb', 'a\\wb')", False), ("regex('a.b', 'a\\.b')", True),
    ("regex('acb', 'a(b|c)b')", True), ("regex('ab12', '[a-z]{2}\\d{1,3}')", True), ("regex('/', '/')", True),
    ("regex('\u00a0', '\\s')", False), ("regex('}', '\\}')", True), ("regex(12, '\\d\\d')", True),
    (f"regex('{'a' * 256}', 'a*')", True), (f"regex('{'😀' * 256}', '.*')", True),
    (f"regex('{'a' * 257}', 'a*')", False),
    # choices
    ("selected(${several}, 'none')", True), ("selected(${several}, 'some')", False),
    ("selected(${numbered}, 2)", True), ("selected(${numbered}, '2')", True), ("selected(${numbered}, 3)", False),
    ("${numbered} = 2", True), ("${numbered} > 1", True), ("${numbered} + 1", 3), ("selected(${several}, '')", False),
    ("selected(${rated}, 'little')", True), ("selected(${empty}, 'none')", False),
    ("count-selected(${several})", 2), ("count-selected(${empty})", 0), ("selected-at(${several}, 1)", "none"),
    ("selected-at(${several}, 2)", None), ("selected-at(${several}, -1)", None), ("selected-at(${rated}, 0)", "little"),
    ("jr:choice-name(${rated}, '${rated}')", "Nhãn little"), ("jr:choice-name(${numbered}, '${numbered}')", "Hai"),
    ("jr:choice-name(selected-at(${several}, 1), '${several}')", "Nhãn none"), ("jr:choice-name('x', '${rated}')", ""),
    ("jr:choice-name(${blank}, '${rated}')", ""), ("jr:choice-name(2, '${numbered}')", "Hai"),
    # dates
    ("date('2012-02-29')", "2012-02-29"), ("date('2011-02-29')", None), ("date(' 2012-06-05 ')", "2012-06-05"),
    ("date('5/6/2012')", None), ("date(${no_day})", None), ("date('0000-01-01')", None),
    ("format-date(${held}, '%d/%m/%Y')", "29/02/2012"), ("format-date(${held}, '%e.%n.%y %% %q')", "29.2.12 % %q"),
    ("format-date(${no_day}, '%d')", ""), ("decimal-date-time('1970-01-01')", 0),
    ("decimal-date-time(today()) - decimal-date-time(${held})", 97), ("decimal-date-time('0001-01-01')", -719162),
    ("decimal-date-time(${no_day})", None),
    # times, and dates with a time
    ("${began} < '12:00'", True), ("${began} >= '08:30'", True), ("${began} = '08:30'", True),
    ("round(('09:00' - ${began}) * 1440)", 30), ("${held} - '2012-02-01'", 28), ("${arrived} - '2012-02-28T06:00'", 1),
    ("${arrived} > '2012-02-28T23:59'", True), ("${arrived} < '2012-02-29T06:00'", False),
    ("decimal-time(${arrived})", 0.25),
    ("decimal-time(coalesce(${empty}, ${blank}))", None), ("decimal-time(${began}) * 24", 8.5),
    ("decimal-date-time('1970-01-02T18:00')", 1.75), ("date(${arrived})", "2012-02-29"),
    ("date('2012-02-29T6:00')", None),
    ("round(('17:00' - ${began}) * 24, 1)", 8.5), ("'0001-01-01T00:00' - '0001-01-02T12:00'", -1.5),
    # repeats and tables
    ("count(${documents})", 3), ("count(${pages})", 3), ("count-non-empty(${pages})", 2), ("sum(${pages})", 13),
    ("max(${pages})", 10), ("min(${pages}, 2)", 2), ("join('; ', ${title})", "Một; Hai"),
    ("${figures.meetings.y2010}", 4), ("${figures.meetings.y2011} + 1", 7.5), ("${figures.visits.y2010}", None),
    ("${figures.visits.y2011}", None), ("sum(${figures.meetings})", 10.5), ("sum(${figures.visits})", 0),
    ("${figures.visits.y2010} = ''", True), ("count-non-empty(${figures.meetings})", 2), ("${total} * 2", 25),
]  # fmt: skip
