"""Numbers in Vietnamese words, as `inWords` of static/tablet/numbers.js writes them."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", " nghìn", " triệu", " tỷ", " nghìn tỷ")


def number_in_words(typed: str) -> str:
    """1500 → "một nghìn năm trăm", 1,5 → "một phẩy năm". `typed`: as `format_for_input` writes a number."""
    whole, _, decimals = typed.removeprefix("-").partition(",")
    words = _whole_in_words(int(whole))
    if decimals:
        words += " phẩy " + " ".join(DIGITS[int(digit)] for digit in decimals.rstrip("0"))
    return f"âm {words}" if typed.startswith("-") else words


def _whole_in_words(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    words = (
        _group_in_words(group, is_inside=position < len(groups) - 1) + SCALES[position]
        for position, group in reversed(list(enumerate(groups)))
        if group
    )
    return " ".join(words)


def _group_in_words(group: int, *, is_inside: bool) -> str:
    """A number below 1,000; `is_inside`: with its zeros, "không trăm linh một"."""
    hundred, ten, one = group // 100, group // 10 % 10, group % 10
    words = [f"{DIGITS[hundred]} trăm"] if hundred or is_inside else []
    if ten == 1:
        words.append("mười")
    elif ten:
        words.append(f"{DIGITS[ten]} mươi")
    elif one and words:
        words.append("linh")
    if one:
        words.append(_unit_in_words(ten, one))
    return " ".join(words)


def _unit_in_words(ten: int, one: int) -> str:
    if one == 1 and ten > 1:
        return "mốt"
    return "lăm" if one == 5 and ten else DIGITS[one]
