"""Reading choice lists, and the codes of tables: options, the reasons why there is no answer, scores."""

from __future__ import annotations

from typing import Literal, cast

from survey_server.i18n import Message
from survey_server.problems import language as problems
from survey_server.questionnaire.model import Choice, ChoiceList
from survey_server.questionnaire.reading import CODE, NAME, Reading
from survey_server.questionnaire.source import Mapping, Scalar

_LISTS = Message("danh sách phương án")


def read_lists(reading: Reading) -> dict[str, ChoiceList]:
    lists: dict[str, ChoiceList] = {}
    node = reading.mapping("choices")
    for name, each in node.entries.items() if node is not None else ():
        if node is not None and not NAME.fullmatch(name):
            reading.findings.add(node.keys[name], problems.BAD_NAME, name=name)
        if isinstance(each, Mapping):
            lists[name] = _list(name, reading.of(each, name))
        else:
            reading.findings.add(
                each.position, problems.WRONG_TYPE, owner=_LISTS, key=name, wanted=Message("một bảng khóa: giá trị")
            )
    return lists


def choices_in(reading: Reading, key: str, *, required: bool = False) -> tuple[Choice, ...]:
    """`{code: text}` in the author's order."""
    node = reading.mapping(key, required=required)
    if node is None:
        return ()
    found = []
    for code, label in node.entries.items():
        if not CODE.fullmatch(code):
            reading.findings.add(node.keys[code], problems.BAD_CODE, name=code)
        found.append(Choice(code, reading.text_of(label, code)))
    if not found:
        reading.findings.add(node.position, problems.NOTHING_INSIDE, owner=reading.owner, key=key)
    return tuple(found)


def _list(name: str, reading: Reading) -> ChoiceList:
    reading.allow(("scale", "options", "scores", "missing"))
    scale = cast(Literal["ordinal", "nominal"], reading.one_of("scale", ("ordinal", "nominal"), "nominal"))
    options = choices_in(reading, "options", required=True)
    missing = choices_in(reading, "missing")
    _check_apart(reading)
    return ChoiceList(name, scale, options, missing, _scores(reading, scale, options))


def _check_apart(reading: Reading) -> None:
    """A code is an answer or a reason for none, not both."""
    options, missing = reading.node.entries.get("options"), reading.node.entries.get("missing")
    if isinstance(options, Mapping) and isinstance(missing, Mapping):
        for code in options.keys.keys() & missing.keys.keys():
            reading.findings.add(missing.keys[code], problems.DUPLICATE_NAME, name=code, line=options.keys[code].line)


def _scores(reading: Reading, scale: str, options: tuple[Choice, ...]) -> dict[str, float]:
    """The scores as written; an ordered list without any is scored evenly, the first option highest."""
    node = reading.mapping("scores")
    if node is None:
        if scale == "nominal" or len(options) < 2:
            return {}
        return {choice.code: 100 * (1 - place / (len(options) - 1)) for place, choice in enumerate(options)}
    codes = [choice.code for choice in options]
    scores: dict[str, float] = {}
    for code, each in node.entries.items():
        value = each.value if isinstance(each, Scalar) else None
        if code not in codes:
            reading.findings.add(
                node.keys[code], problems.NO_SUCH_CHOICE,
                owner=reading.owner, name=reading.owner, code=code, meant=(code, codes),
            )  # fmt: skip
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            reading.findings.add(each.position, problems.BAD_SCORE, name=reading.owner, code=code)
        else:
            scores[code] = float(value)
    unscored = [code for code in codes if code not in node.entries]
    if unscored:
        reading.findings.add(node.position, problems.SCORE_INCOMPLETE, name=reading.owner, codes=", ".join(unscored))
    return scores
