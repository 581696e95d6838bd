"""Which passwords are refused because they are guessed first: common words, the own name, the organisation's, digits.

What counts is what is left without them: `matkhau1` and `mttq2012` leave nothing, a sentence of one's own leaves most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from survey_server.domain import Person, search_key
from survey_server.problems import ProblemError, people as problems
from survey_server.services.passwords import MAX_PASSWORD_LENGTH
from survey_server.storage import Connection, localities

MIN_PASSWORD_LENGTH = 8
MIN_OWN_LETTERS = 4  # beside guessable words and digits
MIN_DIGITS = 16  # of a password of digits alone: telephones and identity cards have up to 12
MIN_OWN_WORD = 3  # letters of a part of a name
MIN_SEQUENCE = 3
MIN_DIFFERENT = 4  # characters
_WORDS_FILE = Path(__file__).with_name("common_passwords.txt")
_LEET = str.maketrans({"@": "a", "0": "o", "3": "e", "$": "s", "!": "i", "1": "i", "4": "a", "5": "s", "7": "t"})
_SEPARATOR = "|"  # stands for what was taken out


def check_new_password(password: str, own_words: Iterable[str] = ()) -> None:
    """`own_words`: the account, the person's name, the names of the area.

    Raises ProblemError: password_short, password_long, password_digits, password_common.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise ProblemError(problems.PASSWORD_SHORT, least=MIN_PASSWORD_LENGTH)
    if len(password) > MAX_PASSWORD_LENGTH:
        raise ProblemError(problems.PASSWORD_LONG, most=MAX_PASSWORD_LENGTH)
    plain = _letters_and_digits(password)
    if plain.isdigit() and len(plain) < MIN_DIGITS:
        raise ProblemError(problems.PASSWORD_DIGITS)
    words = sorted({*_common_words(), *_parts(own_words)}, key=len, reverse=True)
    for variant in dict.fromkeys((plain, _letters_and_digits(password.translate(_LEET)))):
        found, left = _take_out(variant, words)
        if found and sum(letter.isalpha() for letter in left) < MIN_OWN_LETTERS:
            raise ProblemError(problems.PASSWORD_COMMON, part=found)
    if len(set(plain)) < MIN_DIFFERENT:
        raise ProblemError(problems.PASSWORD_COMMON, part=plain[:MIN_DIFFERENT])


def is_refused(password: str, own_words: Iterable[str]) -> bool:
    """Whether `check_new_password` refuses it."""
    try:
        check_new_password(password, own_words)
    except ProblemError:
        return True
    return False


def own_words(connection: Connection, person: Person) -> list[str]:
    """Words that others guess first in this person's password."""
    words = [person.account, person.name]
    if person.area is not None:
        found = localities.by_path(connection, person.area.scheme, person.area.path)
        words += area_words(found.name for found in localities.lineage(connection, found)) if found is not None else []
    return words


def area_words(names: Iterable[str]) -> list[str]:
    """Names of localities without the words for their kind, which every name has."""
    return [word for name in names for word in (name, name.partition(" ")[2]) if word]


def _letters_and_digits(text: str) -> str:
    """In lower case without diacritics; letters of other scripts are kept."""
    return search_key(text).replace(" ", "") or text.casefold()


@cache
def _common_words() -> frozenset[str]:
    lines = _WORDS_FILE.read_text(encoding="ascii").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _parts(own_words: Iterable[str]) -> set[str]:
    """Each word, and all of a name together: "Trần Thị Lan" → tranthilan, tran, thi, lan."""
    keys = [search_key(word) for word in own_words]
    parts = {part for key in keys for part in (*key.split(), key.replace(" ", ""))}
    return {part for part in parts if len(part) >= MIN_OWN_WORD}


def _take_out(text: str, words: Iterable[str]) -> tuple[str, str]:
    """The first thing taken out, and what is left without words and sequences."""
    found = ""
    for word in words:
        if word in text:
            found = found or word
            text = text.replace(word, _SEPARATOR)
    for sequence in _sequences(text):
        found = found or sequence
        text = text.replace(sequence, _SEPARATOR, 1)
    return found, text


def _sequences(text: str) -> list[str]:
    """Runs such as 1234, dcba and aaaa."""
    runs = []
    for step in (0, 1, -1):
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or ord(text[end]) - ord(text[end - 1]) != step:
                if end - start >= MIN_SEQUENCE and re.fullmatch(r"[a-z0-9]+", text[start:end]):
                    runs.append(text[start:end])
                start = end
    return runs
