"""Quantiles against those of R 4.2 (qt, qbeta), at ordinary and at extreme parameters."""

from __future__ import annotations

import math

import pytest

from analysis.distributions import beta_quantile, t_quantile

T = [
    (0.975, 0.5, 164.55767348049446),
    (0.975, 1, 12.706204736174694),
    (0.95, 2, 2.9199855803537238),
    (0.995, 3, 5.8409093097333544),
    (0.975, 14, 2.1447866879178039),
    (0.975, 197, 1.972079033778501),
    (0.9, 1000, 1.2823987214609247),
    (0.975, 1e5, 1.9599877075346088),
]
BETA = [
    (0.025, 0.3, 1, 4.568777715957602e-06),
    (0.025, 1, 5.5, 0.004592659154388644),
    (0.975, 2.7, 44, 0.1396433931059522),
    (0.5, 14, 14, 0.5),
    (0.975, 180.3, 1, 0.99985958940378017),
    (0.025, 180.3, 0.2, 0.99163551900591285),
    (0.025, 9e4, 1e3, 0.98832353211008128),
    (0.975, 14, 2e5, 0.00011114219057395913),
    (0.025, 1.8, 3e5, 6.1048148116251277e-07),
    (0.975, 3e6, 5.5, 0.99999936404263712),
]


@pytest.mark.parametrize(("p", "df", "expected"), T)
def test_quantiles_of_t_are_those_of_r(p: float, df: float, expected: float) -> None:
    assert t_quantile(p, df) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(("p", "a", "b", "expected"), BETA)
def test_quantiles_of_the_beta_distribution_are_those_of_r(p: float, a: float, b: float, expected: float) -> None:
    assert beta_quantile(p, a, b) == pytest.approx(expected, rel=1e-11)


def test_a_shape_of_zero_puts_all_at_one_end() -> None:
    assert (beta_quantile(0.025, 0, 3), beta_quantile(0.975, 3, 0)) == (0.0, 1.0)


def test_without_degrees_of_freedom_there_is_no_quantile() -> None:
    assert math.isnan(t_quantile(0.975, 0))
    assert t_quantile(0.975, math.inf) == pytest.approx(1.959963984540054)


@pytest.mark.parametrize("asked", [(0.0, 1, 1), (1.0, 1, 1), (0.5, -1, 1), (0.5, 0, 0)])
def test_a_distribution_that_does_not_exist_is_refused(asked: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        beta_quantile(*asked)
