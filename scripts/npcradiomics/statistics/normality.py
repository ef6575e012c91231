"""Shapiro-Wilk test of normality, equal to R's shapiro.test (Royston 1995, AS R94).

Own code: scipy.stats.shapiro carries the normal quantiles in fewer digits, so that at n = 5,000 its
W is off by 3e-7 and its p by 2e-6 (relative), and for n = 3 it leaves 2e-16 where R has p = 0.
"""

import functools

import numpy as np
from scipy import special

# shapiro.test refuses other sizes: the approximation of the p-value was fitted on these.
SIZES = (3, 5000)

# Royston's polynomials, lowest power first: the two largest weights, then mean and log SD of
# transformed W.
_C1 = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
_C2 = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
_MEAN_SMALL, _LOG_SD_SMALL = (
    (0.544, -0.39978, 0.025054, -6.714e-4),
    (1.3822, -0.77857, 0.062767, -0.0020322),
)
_MEAN, _LOG_SD = (-1.5861, -0.31082, -0.083751, 0.0038915), (-0.4803, -0.082676, 0.0030302)
_GAMMA = (-2.273, 0.459)


def shapiro_wilk(values):
    """W and p of the Shapiro-Wilk test: dict shapiro_w, shapiro_p, reason.

    Parameters: values, (n,) without missing ones. Where R refuses (n below 3 or above 5,000, all
    values the same) W and p are NaN and reason says why; otherwise reason is "".
    """
    n = len(values)
    if not SIZES[0] <= n <= SIZES[1]:
        return _no_answer(f"Shapiro-Wilk needs {SIZES[0]} to {SIZES[1]} pairs, there are {n}")
    x = np.sort(values)
    spread = x[-1] - x[0]
    if spread == 0:
        return _no_answer(f"all {n} differences are {x[0]:g}")
    x = (x - np.median(x)) / spread
    x -= x.mean()
    a = weights(n)
    size = np.sqrt((a @ a) * (x @ x))
    # 1 - W as a product: exact for W near 1.
    one_minus_w = (size - a @ x) * (size + a @ x) / size**2
    return {
        "shapiro_w": float(1 - one_minus_w),
        "shapiro_p": float(_p(one_minus_w, n)),
        "reason": "",
    }


def shapiro_p_without_each(values, squares):
    """p of shapiro_wilk without each value in turn, (n,), all at once: 1 - W is right to about 1e-9 relative.

    Parameters: values, (n,), n at least 13; squares, (n,) the sum of squares about the mean without
    each, above 0. NaN where R refuses the size.
    """
    n = len(values) - 1
    if not SIZES[0] <= n <= SIZES[1]:
        return np.full(len(values), np.nan)
    order = np.argsort(values, kind="stable")
    x = values[order] - np.median(values)
    a = weights(n)
    # Without the i-th smallest, those above it move down by one place.
    before, after = (
        np.append(0.0, np.cumsum(a * x[:-1])),
        np.append(np.cumsum((a * x[1:])[::-1])[::-1], 0.0),
    )
    product = np.empty(len(values))
    product[order] = before + after
    size = np.sqrt((a @ a) * squares)
    return _p((size - product) * (size + product) / size**2, n)


@functools.cache
def weights(n):
    """Royston's weights of the order statistics, (n,), antisymmetric; n >= 3."""
    if n == 3:
        return np.array([-np.sqrt(0.5), 0.0, np.sqrt(0.5)])
    m = special.ndtri((np.arange(1, n // 2 + 1) - 0.375) / (n + 0.25))
    total = 2 * (m @ m)
    corrected = 2 if n > 5 else 1
    polynomials = np.array([_polynomial(c, 1 / np.sqrt(n)) for c in (_C1, _C2)][:corrected])
    largest = polynomials - m[:corrected] / np.sqrt(total)
    rest = total - 2 * (m[:corrected] @ m[:corrected])
    half = -m / np.sqrt(rest / (1 - 2 * (largest @ largest)))
    half[:corrected] = largest
    return np.concatenate([-half, np.zeros(n % 2), half[::-1]])


def _p(one_minus_w, n):
    if n == 3:
        # Exact distribution; R's constants 6/pi and asin(sqrt(3/4)).
        return float(
            max(1.90985931710274 * (np.arcsin(np.sqrt(1 - one_minus_w)) - 1.04719755119660), 0.0)
        )
    y = np.log(np.maximum(one_minus_w, np.finfo(float).tiny))
    if n > 11:
        mean, log_sd = _polynomial(_MEAN, np.log(n)), _polynomial(_LOG_SD, np.log(n))
        return special.ndtr(-(y - mean) / np.exp(log_sd))
    gamma = _polynomial(_GAMMA, n)
    if y >= gamma:
        return 1e-99
    mean, log_sd = _polynomial(_MEAN_SMALL, n), _polynomial(_LOG_SD_SMALL, n)
    return float(special.ndtr(-(-np.log(gamma - y) - mean) / np.exp(log_sd)))


def _polynomial(coefficients, x):
    return np.polynomial.polynomial.polyval(x, coefficients)


def _no_answer(reason):
    return {"shapiro_w": np.nan, "shapiro_p": np.nan, "reason": reason}
