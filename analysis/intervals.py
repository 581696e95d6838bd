"""Confidence intervals of a proportion in a complex sample, none of them Wald's.

`p`: the estimated share; `se`: its standard error; `t`: the quantile of Student's t; `effective_n`: how many persons
of a simple random sample would say as much. All stay within 0–1, and give p itself where its variance is 0.
"""

from __future__ import annotations

import math

from analysis.distributions import beta_quantile


def logit_interval(p: float, se: float, t: float) -> tuple[float, float]:
    """Symmetric on the scale of log(p / (1 − p)); R's svyciprop(method = "logit")."""
    logit = math.log(p / (1 - p))
    reach = t * se / (p * (1 - p))
    return _expit(logit - reach), _expit(logit + reach)


def wilson_interval(p: float, effective_n: float, t: float) -> tuple[float, float]:
    """Wilson (1927), with an effective sample size; R's svyciprop(method = "wilson")."""
    share = t * t / effective_n
    centre = (p + share / 2) / (1 + share)
    reach = math.sqrt(share * (p * (1 - p) + share / 4)) / (1 + share)
    return 0.0 if p == 0 else centre - reach, 1.0 if p == 1 else centre + reach


def korn_graubard_interval(p: float, effective_n: float, level: float) -> tuple[float, float]:
    """Korn and Graubard (1998): Clopper and Pearson's exact interval at an effective sample size, which the caller has
    reduced for the degrees of freedom; R's svyciprop(method = "beta")."""
    if math.isinf(effective_n):
        return p, p
    tail = (1 - level) / 2
    yes, no = effective_n * p, effective_n * (1 - p)
    return beta_quantile(tail, yes, no + 1), beta_quantile(1 - tail, yes + 1, no)


def _expit(x: float) -> float:
    """1 / (1 + e⁻ˣ), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
