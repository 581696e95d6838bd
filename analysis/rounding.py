"""Numbers as they are printed. Scores come in steps, so that exact halves are common: they go away from zero, as
readers expect and as the questionnaires' own language rounds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_EXACT = 9  # decimals; what computing leaves behind them is no part of the number: 72.49999999999999 is 72.5


def rounded(value: float, places: int = 0) -> Decimal:
    """To so many decimals, halves away from zero; never "-0"."""
    exact = Decimal(repr(round(float(value), _EXACT)))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
