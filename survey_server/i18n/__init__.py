"""Texts in every language.

The Vietnamese text in the code is the source. Beside this file lies one gettext catalogue a language, `<code>.po`;
adding that file adds the language. `vi.po` translates only what libraries say, whose source is English. A context
(msgctxt) keeps apart equal sources: a problem's code, the name of a library, `tablet`.
"""

from survey_server.i18n.catalogues import (
    CATALOGUE_DIR,
    CONTEXT_END,
    DEFAULT_LANGUAGE,
    catalogue,
    languages,
    translate,
    translations,
)
from survey_server.i18n.message import LibraryMessage, Message

__all__ = [
    "CATALOGUE_DIR",
    "CONTEXT_END",
    "DEFAULT_LANGUAGE",
    "LibraryMessage",
    "Message",
    "catalogue",
    "languages",
    "translate",
    "translations",
]
