"""The catalogues are complete, without leftovers, and name the same parts as the source texts."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from survey_server.i18n import CATALOGUE_DIR, languages
from survey_server.i18n.catalogues import read_catalogue
from tests.i18n.extract import VIETNAMESE, all_sources, bare_texts, catalogued, formatted_texts, has_words

TRANSLATED = languages()[1:]
LIBRARIES = ("click", "marshmallow", "yaml")


@pytest.mark.slow
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_program_is_translated(language: str) -> None:
    lacking = {each for each in all_sources() - catalogued(language).keys() if has_words(each.text)}
    assert not lacking, "to list them: python -m tests.i18n.extract"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_is_used(language: str) -> None:
    own = {each for each in catalogued(language) if each.context not in LIBRARIES}
    assert own - all_sources() == set()


def test_vietnamese_translates_libraries_only() -> None:
    assert {each.context for each in catalogued("vi")} == set(LIBRARIES)


@pytest.mark.parametrize("language", languages())
def test_a_translation_names_the_parts_of_its_source(language: str) -> None:
    for source, text in catalogued(language).items():
        if source.context != "yaml":  # those have no parts, and braces of their own
            assert _parts(text) <= _parts(source.text), source
            assert source.context in LIBRARIES or _parts(text) == _parts(source.text), source


def _parts(text: str) -> set[str]:
    """`date` of `{date.day}` and `{date:%B}`."""
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(text) if name}


def test_english_has_no_vietnamese_letters() -> None:
    assert [text for source, text in catalogued("en").items() if VIETNAMESE.search(text)] == []


@pytest.mark.slow
def test_no_text_is_put_together_where_no_catalogue_sees_it() -> None:
    assert list(formatted_texts()) == []
    assert list(bare_texts()) == []


@pytest.mark.parametrize("language", languages())
def test_entries_stand_in_the_order_of_their_context_and_source(language: str) -> None:
    """So that two people who add texts seldom touch the same lines."""
    sources = [(each.context, each.text) for each in catalogued(language)]
    assert sources == sorted(sources)


def test_a_catalogue_is_read_as_gettext_means_it(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: xx\\n"\n\n# a note\nmsgctxt "c"\nmsgid "a"\nmsgstr ""\n"one "\n"\\"two\\"\\n"\n\n'
        '#, fuzzy\nmsgid "b"\nmsgstr "not sure"\n\nmsgid "d"\nmsgstr ""\n',
        encoding="utf-8",
    )
    assert read_catalogue(path) == {"c\4a": 'one "two"\n'}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', 'msgid "a"'),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c\nmsgstr "d"\n', 'msgid "c'),
        ('msgid "a"\nmsgstr "b"\nnonsense\n', "nonsense"),
    ],
)
def test_what_is_not_an_entry_is_rejected_with_its_line(tmp_path: Path, content: str, line: str) -> None:
    path = tmp_path / "xx.po"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"xx\.po: this line cannot be read: ") as refused:
        read_catalogue(path)
    assert str(refused.value).endswith(line)


@pytest.mark.parametrize("language", languages())
def test_babel_reads_the_same(language: str) -> None:
    """Tools of translators read the files as we do."""
    path = CATALOGUE_DIR / f"{language}.po"
    with path.open("rb") as file:
        read = {(each.context or "", each.id): each.string for each in read_po(file) if each.id}
    assert read == {(source.context, source.text): text for source, text in catalogued(language).items()}
