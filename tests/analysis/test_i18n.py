"""The charts' texts are the same in every language: complete, with the same parts, and none left over."""

from __future__ import annotations

import ast
from string import Formatter

import pytest

from analysis.charts.texts import TEXTS
from analysis.i18n import CATALOGUE_DIR, catalogue, languages
from survey_server.i18n.catalogues import read_catalogue
from tests.i18n.extract import VIETNAMESE, sources_of

TRANSLATED = languages()[1:]
NAMES = {"Hoàng Sa", "Trường Sa", "Tỉnh", "Thành phố"}  # of islands, and what names of localities begin with


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_every_entry_used(language: str) -> None:
    assert set(catalogue(language)) == set(TEXTS.values())


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_parts_of_its_source(language: str) -> None:
    for source, text in catalogue(language).items():
        assert _parts(text) == _parts(source), source


def _parts(text: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_read_as_the_server_reads_its_own(language: str) -> None:
    assert catalogue(language) == read_catalogue(CATALOGUE_DIR / f"{language}.po")


def test_a_language_without_a_catalogue_has_the_vietnamese_texts() -> None:
    assert catalogue("vi") == catalogue("xx") == {}


@pytest.mark.slow
def test_no_vietnamese_text_stands_outside_the_table() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in CATALOGUE_DIR.rglob("*.py"))
    found = {source.text for tree in trees for source in sources_of(tree) if VIETNAMESE.search(source.text)}
    assert found - set(TEXTS.values()) == NAMES
