"""The texts of the command line, in the language of SURVEY_LANGUAGE; click's own among them."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable

import click

from survey_server.i18n import CATALOGUE_DIR, DEFAULT_LANGUAGE, Message, languages


def current_language() -> str:
    """The language set, or the default one where it is not known: `read_settings` reports that."""
    wanted = os.environ.get("SURVEY_LANGUAGE", "")
    return wanted if wanted in languages() else DEFAULT_LANGUAGE


def _(text: str, **parts: object) -> str:
    return Message(text, **parts).text(current_language())


FILE, ACCOUNT = _("TỆP"), _("TÀI_KHOẢN")  # arguments in --help
METAVAR = _("[TÙY CHỌN]")


def say(text: str, *, err: bool = False, **parts: object) -> None:
    click.echo(_(text, **parts), err=err)


def verb(name: str, text: str, *, example: str) -> Callable[[Callable[..., None]], click.Command]:
    """Makes a function a verb. `text`: what it does; `example`: a command line that --help shows."""
    return click.command(name, help=_(text), epilog=_("Ví dụ: {command}", command=example), options_metavar=METAVAR)


def translate_click() -> None:
    """Lets click say its own texts in our language: it asks the gettext domain `messages`.

    gettext takes the language from LANGUAGE alone, so that variable is set for this process and those it starts, which
    are ours. The compiled catalogue is made from the context `click` of the .po file: see tests/i18n/compile_click.py.
    """
    gettext.bindtextdomain("messages", str(CATALOGUE_DIR / "compiled"))
    os.environ["LANGUAGE"] = current_language()
