"""Rounding of printed numbers. Exact halves are common among scores; they are rounded away from zero, as readers expect
and as the questionnaire language does."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_EXACT = 9  # decimals; further ones are errors of floating point: 72.49999999999999 is 72.5


def rounded(value: float, places: int = 0) -> Decimal:
    """To so many decimals, halves away from zero; never "-0"."""
    exact = Decimal(repr(round(float(value), _EXACT)))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
