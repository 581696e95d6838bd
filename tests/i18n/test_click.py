"""click speaks Vietnamese through its own gettext domain."""

from __future__ import annotations

import re

from survey_server.i18n import languages
from tests.i18n.compile_click import compiled, languages_of_click, path_of, texts_of_click
from tests.i18n.extract import catalogued

# What click says to programmers, or of features that no verb has.
NOT_SHOWN = re.compile(
    r"Deprecat|deprecated|Name '\{name\}'|must be an iterable|Editing failed|Confirm the action|Do you want to|version"
    r"|Unknown color|Press any key|does not match the format|valid UUID|valid boolean|values are required|Choice\("
    r"|start character|No options defined|Could not determine name|exactly one parameter declaration|Boolean option"
)


def test_every_text_of_click_that_can_be_shown_is_translated() -> None:
    shown = {text for texts in texts_of_click() for text in texts if not NOT_SHOWN.search(text)}
    assert len(shown) > 40
    assert shown - {source.text for source in catalogued("vi") if source.context == "click"} == set()


def test_the_compiled_catalogues_are_those_of_the_sources() -> None:
    assert {each for each in languages() if path_of(each).exists()} == set(languages_of_click())
    for language in languages_of_click():
        assert path_of(language).read_bytes() == compiled(language), "run: python -m tests.i18n.compile_click"
