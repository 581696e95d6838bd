"""Every text of the pages has an English one."""

from __future__ import annotations

import re
from pathlib import Path

import survey_server.web
from survey_server.web.errors import TEXTS
from survey_server.web.language import catalogue
from survey_server.web.monitor import OWN_LEVEL, OWN_OTHER_LEVEL
from survey_server.web.navigation import MENU
from survey_server.web.people import ROLES
from survey_server.web.responses import STATES

WEB = Path(survey_server.web.__file__).parent
_CALL = re.compile(r'(?:\b_|\bsay)\(\s*"((?:[^"\\]|\\.)*)"((?:\s*"(?:[^"\\]|\\.)*")*)')


def texts() -> set[str]:
    found = {entry.text for entry in MENU} | set(ROLES.values()) | set(STATES.values())
    found |= {*OWN_LEVEL.values(), OWN_OTHER_LEVEL}
    found |= {part for pair in TEXTS.values() for part in pair}
    for path in [*WEB.rglob("*.py"), *WEB.rglob("*.html")]:
        for match in _CALL.finditer(path.read_text(encoding="utf-8")):
            found.add(match[1] + "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[2])))
    return found


def test_every_text_has_an_english_one() -> None:
    assert sorted(texts() - catalogue("en").keys()) == []


def test_parts_in_braces_are_the_same_in_both() -> None:
    for vietnamese, english in catalogue("en").items():
        assert sorted(re.findall(r"{\w+}", vietnamese)) == sorted(re.findall(r"{\w+}", english)), vietnamese
