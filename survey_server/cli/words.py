"""The language of the command line: SURVEY_LANGUAGE. What verbs say stands in both, side by side."""

from __future__ import annotations

import os
from collections.abc import Callable

import click


def spoken() -> str:
    return "en" if os.environ.get("SURVEY_LANGUAGE") == "en" else "vi"


def words(vi: str, en: str) -> str:
    return en if spoken() == "en" else vi


FILE, ACCOUNT = words("TỆP", "FILE"), words("TÀI_KHOẢN", "ACCOUNT")  # what stands for an argument in --help


def say(vi: str, en: str, *, err: bool = False) -> None:
    click.echo(words(vi, en), err=err)


def example(line: str) -> str:
    return f"{words('Ví dụ', 'Example')}: {line}"


def verb(name: str, *, vi: str, en: str, shown: str) -> Callable[[Callable[..., None]], click.Command]:
    """Makes a function a verb: what it does in both languages, and an example that --help shows."""
    return click.command(name, help=words(vi, en), epilog=example(shown), options_metavar=options_metavar())


def options_metavar() -> str:
    return words("[TÙY CHỌN]", "[OPTIONS]")
