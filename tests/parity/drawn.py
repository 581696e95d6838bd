"""Random questionnaires and answers: every type, nested groups, repeats, conditions on earlier questions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from survey_server.questionnaire.frameworks import read_framework
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.source_problems import QuestionnaireError

_LABEL = {"vi": "Câu hỏi", "en": "Question"}
_CODES = ("a", "b", "c")
_MISSING = "dont_know"
_REASONS = {"none_arose": _LABEL, "not_tracked": _LABEL}
_LISTS = {"abc": {"options": dict.fromkeys(_CODES, _LABEL), "missing": {_MISSING: _LABEL}}}
_PLAIN = ("text", "integer", "decimal", "select_one", "select_multiple", "date", "time", "datetime", "calculate")
_INNER = (*_PLAIN, "note", "calculate")
_TYPES = (*_INNER, "number_table", "group", "repeat")
FRAMEWORK = read_framework(
    b"id: f\ntitle: {vi: K, en: F}\ntasks: {t: {title: {vi: K, en: F}, indicators: {i: "
    b"{kind: count, aspect: deploy, title: {vi: K, en: F}}}}}"
)


@dataclass(slots=True)
class _Drawing:
    random: Random
    known: list[tuple[str, str, str | None]] = field(default_factory=list)  # name, type, repeat
    count: int = 0

    def questions(self, depth: int, repeat: str | None) -> list[dict[str, Any]]:
        return [self._question(depth, repeat) for _ in range(self.random.randint(1, 4))]

    def _question(self, depth: int, repeat: str | None) -> dict[str, Any]:
        self.count += 1
        name = f"q{self.count}"
        allowed = _INNER if repeat else _TYPES if depth < 3 else (*_INNER, "number_table")
        type_ = self.random.choice(allowed)
        question: dict[str, Any] = {"name": name, "type": type_, "label": _LABEL}
        if self._rarely(0.4):
            question["relevant"] = self.truth(repeat)
        if type_ == "calculate":
            question["calculation"] = self.random.choice((self.number, self.truth, self.words))(repeat)
        elif type_ not in ("note", "group"):
            self._add_rules(question, type_, repeat)
        self._add_parts(question, type_, depth, repeat)
        self.known.append((name, type_, repeat))
        return question

    def _add_rules(self, question: dict[str, Any], type_: str, repeat: str | None) -> None:
        if self._rarely(0.4):
            question["required"] = self.random.choice((True, True, self.truth(repeat)))
        if self._rarely(0.4) and type_ not in ("number_table", "repeat"):
            own = {
                "integer": ". > 2",
                "decimal": ". <= 2.5",
                "text": "string-length(.) < 4",
                "date": ". <= today()",
                "time": ". >= '08:00'",
                "datetime": ". - '2012-06-05T00:00' < 1",
            }
            chosen = own.get(type_, "selected(., 'a')")
            question["constraint"] = self.random.choice(
                (chosen, f"{chosen} or {self.truth(repeat)}", self.truth(repeat))
            )

    def _add_parts(self, question: dict[str, Any], type_: str, depth: int, repeat: str | None) -> None:
        if type_.startswith("select"):
            question["choices"] = "abc"
        elif type_ in ("integer", "decimal") and self._rarely(0.5):
            question["missing"] = _REASONS
        elif type_ == "number_table":
            question["rows"] = {"r1": _LABEL, "r2": _LABEL}
            question["periods"] = {"p1": _LABEL, "p2": _LABEL}
        elif type_ in ("group", "repeat"):
            question["questions"] = self.questions(depth + 1, question["name"] if type_ == "repeat" else repeat)

    def _rarely(self, share: float) -> bool:
        return self.random.random() < share

    def truth(self, repeat: str | None) -> str:
        drawn = self.random.randrange(10)
        if drawn == 0:
            return f"not({self.truth(repeat)})"
        if drawn < 3:
            return f"({self.truth(repeat)} {self.random.choice(('and', 'or'))} {self.truth(repeat)})"
        if drawn < 6:
            sign = self.random.choice(("=", "!=", "<", "<=", ">", ">="))
            return f"{self.number(repeat)} {sign} {self.number(repeat)}"
        return self._asked(repeat)

    def _asked(self, repeat: str | None) -> str:
        found = self._known(repeat, _PLAIN)
        if found is None:
            return self.random.choice(("true()", "false()", "1 = 1", "0", "''"))
        name, type_ = found
        asked: dict[str, tuple[str, ...]] = {
            "text": ("${%s} = ''", "${%s} != 'xin'", "regex(${%s}, '[a-zđ]+')", "contains(${%s}, 'ê')", "${%s} = 'ê'"),
            "select_one": ("${%s} = 'a'", "${%s} != 'b'", "selected(${%s}, 'c')", "${%s} = 'dont_know'", "${%s} = ''"),
            "select_multiple": ("selected(${%s}, 'a')", "count-selected(${%s}) > 1", "${%s} = ''"),
            "time": ("${%s} < '12:00'", "${%s} = ''", "'17:30' - ${%s} > 0.25"),
            "datetime": (
                "date(${%s}) = today()",
                "${%s} = ''",
                "${%s} >= '2012-06-05T08:30'",
                "decimal-time(${%s}) > 0",
            ),
            "date": ("${%s} < today()", "${%s} = ''", "${%s} >= '2012-01-01'", "format-date(${%s}, '%%m') = '06'"),
        }
        return self.random.choice(asked.get(type_, ("${%s}", "${%s} = ''", "not(${%s})", "boolean(${%s})"))) % name

    def number(self, repeat: str | None) -> str:
        drawn = self.random.randrange(7)
        if drawn == 0:
            sign = self.random.choice(("+", "-", "*", "div", "mod"))
            return f"({self.number(repeat)} {sign} {self.number(repeat)})"
        if drawn == 1 and repeat is not None:
            return "position()"
        if drawn == 2 and (table := self._known(repeat, ("number_table",))) is not None:
            return self.random.choice(("${%s.r1.p1}", "sum(${%s.r2})", "count-non-empty(${%s.r1})")) % table[0]
        if drawn == 3 and (inside := self._inside(repeat)) is not None:
            return self.random.choice(("sum(${%s})", "max(0, ${%s})", "count-non-empty(${%s})")) % inside
        if drawn == 4 and (repeated := self._known(repeat, ("repeat",))) is not None:
            return f"count(${{{repeated[0]}}})"
        if (found := self._known(repeat, ("integer", "decimal"))) is not None:
            return self.random.choice(("${%s}", "coalesce(${%s}, 1)", "round(${%s})", "-${%s}")) % found[0]
        return self.random.choice(("0", "1", "2.5", "1 div 3"))

    def words(self, repeat: str | None) -> str:
        found = self._known(repeat, _PLAIN)
        return "'chữ'" if found is None else f"concat('x', ${{{found[0]}}}, '.')"

    def _known(self, repeat: str | None, types: tuple[str, ...]) -> tuple[str, str] | None:
        """An earlier question that has one value here."""
        found = [(name, type_) for name, type_, inside in self.known if type_ in types and inside in (None, repeat)]
        return self.random.choice(found) if found else None

    def _inside(self, repeat: str | None) -> str | None:
        found = [name for name, type_, inside in self.known if type_ == "integer" and inside not in (None, repeat)]
        return self.random.choice(found) if found else None


def draw_questionnaire(random: Random) -> Questionnaire:
    drawing = _Drawing(random)
    sections = []
    for number in range(random.randint(1, 3)):
        section: dict[str, Any] = {"name": f"s{number}", "task": "t", "title": _LABEL}
        if number and random.random() < 0.5:
            section["relevant"] = drawing.truth(None)
        sections.append(section | {"questions": drawing.questions(0, None)})
    whole = {
        "id": "drawn", "version": "1", "title": _LABEL, "respondent": "organisation", "evidence": "visit",
        "locality_level": "commune", "framework": "f", "languages": ["vi", "en"], "choices": _LISTS,
        "sections": sections,
    }  # fmt: skip
    source = json.dumps(whole, ensure_ascii=False).encode()
    try:
        return load_text(source, FRAMEWORK)
    except QuestionnaireError as error:
        if {each.code for each in error.problems} != {"constraint_never"}:
            raise
        return load_text(source, FRAMEWORK, published=True)


_GIVEN: dict[str, tuple[Any, ...]] = {
    "text": ("xin", "", "ê", "e\u0302", "đđ", "Xin chào", "12", " 7 ", "a\nb", "😀"),
    "integer": (0, 1, 2, 3, -4, 7, 2.5, "none_arose", "not_tracked", 9007199254740993, 10**400),
    "decimal": (0, 0.1, 2.5, -2.5, 3, "none_arose", 1e300, -0.0),
    "select_one": ("a", "b", "c", _MISSING, ""),
    "select_multiple": (["a"], ["a", "b"], ["c", "a"], [], _MISSING, ["a", 1], [""]),
    "time": ("08:30", "23:59", "24:00", "8:30", ""),
    "datetime": ("2012-06-05T08:30", "2012-06-04T17:00", "2012-02-30T08:30", "2012-06-05", ""),
    "date": ("2012-06-05", "2012-06-06", "2011-02-29", "", "hôm nay"),
    "calculate": (1, "x"),
    "number_table": (
        {"r1": {"p1": 1, "p2": {"value": 2, "estimated": True}}, "r2": {"p1": "none_arose", "p2": 0}},
        {"r1": {"p1": 4}}, {}, {"r1": 5, "r2": {"p1": {"value": "x"}, "p2": None}}, {"r2": {"p2": [1]}},
    ),
}  # fmt: skip
_ANYTHING: tuple[Any, ...] = (
    None,
    True,
    False,
    "x",
    "",
    0,
    1.5,
    [],
    {},
    [1],
    [None],
    {"value": 1},
    [{}],
    [[]],
    [{"q": 1}],
)


def draw_answers(questionnaire: Questionnaire, random: Random) -> dict[str, Any]:
    """Mostly valid answers, sometimes ones that only a broken or hostile program sends."""
    return _answers([each for section in questionnaire.sections for each in section.questions], random)


def _answers(questions: list[Question] | tuple[Question, ...], random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in questions:
        if question.type.name == "group":
            found |= _answers(question.questions, random)
        elif random.random() < 0.06:
            found[question.name] = random.choice(_ANYTHING)
        elif question.type.name == "repeat":
            found[question.name] = [_answers(question.questions, random) for _ in range(random.randint(0, 3))]
        elif question.type.name != "note" and random.random() < 0.8:
            found[question.name] = random.choice(_GIVEN[question.type.name])
    return found
