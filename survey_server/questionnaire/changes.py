"""What changed between two versions of a questionnaire, in words, with what each change does to comparability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from survey_server.i18n import Message
from survey_server.questionnaire.differences import Comparison, compare_versions
from survey_server.questionnaire.model import Choice, ChoiceList, Question, Questionnaire

SAME, RECODE, APART = "same", "recode", "apart"
EFFECTS = {
    SAME: Message("so sánh được như cũ"),
    RECODE: Message("so sánh được sau khi đổi mã"),
    APART: Message("không cộng chung được với phiên bản cũ"),
}


_NO_LIST = ChoiceList("", "nominal", ())


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a question. `effect`: a key of EFFECTS."""

    question: str
    what: Message
    effect: str

    def text(self, language: str) -> str:
        line = Message(
            "{question}: {what}; {effect}", question=self.question, what=self.what, effect=EFFECTS[self.effect]
        )
        return line.text(language)


def list_changes(older: Questionnaire, newer: Questionnaire) -> list[Change]:
    """In the order of the newer version, then what it has no longer. Questions are matched by name."""
    before, after = ({each.name: each for each in version.walk()} for version in (older, newer))
    compared = compare_versions(older, newer)
    tasks = [
        {question.name: (section.name, task) for section, question, task in version.walk_tasks()}
        for version in (older, newer)
    ]
    found: list[Change] = []
    for name, question in after.items():
        if name not in before:
            found.append(Change(name, Message("thêm câu hỏi"), SAME))
            continue
        effect = _effect(compared.get(name))
        changes = list(_changes(before[name], question, older, newer))
        if tasks[0][name] != tasks[1][name]:
            changes.append(Message("chuyển phần hoặc nhiệm vụ"))
        if effect != SAME and not changes:
            changes.append(Message("đổi đối tượng trả lời hoặc nguồn"))
        found += [Change(name, what, effect) for what in changes]
    return found + [Change(name, Message("bỏ câu hỏi"), SAME) for name in before if name not in after]


def worst_effect(changes: list[Change]) -> str:
    return max((each.effect for each in changes), key=[*EFFECTS].index, default=SAME)


def _effect(compared: Comparison | None) -> str:
    if compared is None:
        return SAME
    if compared.is_apart:
        return APART
    return RECODE if compared.codes or compared.cells else SAME


def _changes(old: Question, new: Question, older: Questionnaire, newer: Questionnaire) -> Iterator[Message]:
    if old.type.name != new.type.name:
        yield Message("đổi kiểu {old} thành {new}", old=old.type.name, new=new.type.name)
    if dict(old.label) != dict(new.label):
        yield Message("đổi lời: “{old}” thành “{new}”", old=old.label.get("vi", ""), new=new.label.get("vi", ""))
    if dict(old.unit) != dict(new.unit):
        yield Message("đổi đơn vị: “{old}” thành “{new}”", old=old.unit.get("vi", ""), new=new.unit.get("vi", ""))
    if old.relevant != new.relevant:
        yield Message("đổi điều kiện hỏi")
    if (old.required, old.constraint) != (new.required, new.constraint):
        yield Message("đổi điều kiện bắt buộc hoặc kiểm tra")
    if old.calculation != new.calculation:
        yield Message("đổi cách tính")
    if old.indicator != new.indicator:
        yield Message("đổi chỉ tiêu")
    for what, before, after in _coded_parts(old, new, older, newer):
        yield from _changed_codes(what, before, after)
    if _scale(old, older) != _scale(new, newer):
        yield Message("đổi thang đo hoặc điểm")


def _coded_parts(
    old: Question, new: Question, older: Questionnaire, newer: Questionnaire
) -> Iterator[tuple[Message, Mapping[str, Choice], Mapping[str, Choice]]]:
    """What has codes: its name, and its parts by code in both versions."""
    before, after = older.choices.get(old.choices or "", _NO_LIST), newer.choices.get(new.choices or "", _NO_LIST)
    yield Message("phương án"), _by_code(before.options), _by_code(after.options)
    reasons = Message("lý do không trả lời")
    yield reasons, _by_code((*before.missing, *old.missing)), _by_code((*after.missing, *new.missing))
    for key, what in (("rows", Message("dòng")), ("periods", Message("cột"))):
        yield what, _by_code(old.own.axes().get(key, ())), _by_code(new.own.axes().get(key, ()))


def _by_code(parts: tuple[Choice, ...]) -> dict[str, Choice]:
    return {each.code: each for each in parts}


def _changed_codes(what: Message, before: Mapping[str, Choice], after: Mapping[str, Choice]) -> Iterator[Message]:
    """Codes that came, went, or have another label."""
    for code, part in after.items():
        label = part.label.get("vi", "")
        if code not in before:
            yield Message("thêm {what} {code} “{label}”", what=what, code=code, label=label)
        elif dict(before[code].label) != dict(part.label):
            old = before[code].label.get("vi", "")
            yield Message("đổi lời {what} {code}: “{old}” thành “{new}”", what=what, code=code, old=old, new=label)
    for code, part in before.items():
        if code not in after:
            yield Message("bỏ {what} {code} “{label}”", what=what, code=code, label=part.label.get("vi", ""))


def _scale(question: Question, version: Questionnaire) -> object:
    listed = version.choices.get(question.choices or "")
    return None if listed is None else (listed.scale, dict(listed.scores))
