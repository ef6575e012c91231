"""Compiled coordinate descent for the LASSO on the logistic loss, with Newton steps."""

import functools

import numpy as np

from npcradiomics.compilation import compiled

# Floor of p (1 - p) in the quadratic model, which only sets the length of steps.
SMALLEST_WEIGHT = 1e-5
MAX_SWEEPS = 10000  # of coordinate descent, in one Newton step

# Sums may be reordered, which makes vector instructions of inner products.
reordering = functools.partial(compiled, fastmath={"reassoc", "contract"})


@reordering
def _probabilities(eta, p):
    for i in range(eta.size):
        p[i] = 1.0 / (1.0 + np.exp(-eta[i]))


@reordering
def _gradient(x, y, p, j):
    total = 0.0
    for i in range(y.size):
        total += x[j, i] * (y[i] - p[i])
    return total / y.size


@reordering
def _objective(y, eta, beta, penalty):
    """Mean negative log-likelihood + penalty * sum |beta|."""
    total = 0.0
    for i in range(y.size):
        e = eta[i]
        total += (e if e > 0.0 else 0.0) + np.log1p(np.exp(-abs(e))) - y[i] * e
    return total / y.size + penalty * np.abs(beta).sum()


@reordering
def _step_to_signs(gram, border, weight, gradient, level, values, penalty, change):
    """Move to the minimum of the quadratic model of these signs, or until the first coefficient is 0.

    values (active): coefficients so far; zero ones stay. Fills change (active) and returns (which
    coefficient becomes 0, or -1 where all signs held, or -2 where there is no such minimum; change
    of the intercept). Nothing is applied.
    """
    support = np.flatnonzero(values)
    n = support.size
    lower = np.empty((n, n))
    rhs = np.empty(n)
    for a in range(n):
        i = support[a]
        rhs[a] = gradient[i] - penalty * np.sign(values[i]) - border[i] * level / weight
        for b in range(a + 1):
            j = support[b]
            total = gram[i, j] - border[i] * border[j] / weight
            for k in range(b):
                total -= lower[a, k] * lower[b, k]
            if a > b:
                lower[a, b] = total / lower[b, b]
            elif total <= 1e-10 * gram[i, i]:
                return -2, 0.0
            else:
                lower[a, a] = np.sqrt(total)
    for a in range(n):
        for k in range(a):
            rhs[a] -= lower[a, k] * rhs[k]
        rhs[a] /= lower[a, a]
    for a in range(n - 1, -1, -1):
        rhs[a] /= lower[a, a]
        for k in range(a):
            rhs[k] -= lower[a, k] * rhs[a]
    first, share = -1, 1.0
    for a in range(n):
        i = support[a]
        if (values[i] + rhs[a]) * values[i] <= 0.0 and -values[i] / rhs[a] <= share:
            first, share = i, -values[i] / rhs[a]
    change[:] = 0.0
    shift = level
    for a in range(n):
        i = support[a]
        change[i] = share * rhs[a]
        shift -= border[i] * change[i]
    return first, shift / weight


@reordering
def _quadratic(x, w, r, beta, delta, shift, active, n_active, penalty, tolerance):
    """Minimise the quadratic model over the active coefficients on its Gram matrix.

    A sweep of coordinate descent finds who is not 0, the system of their signs the values. w, r (n):
    weights / n, (y - p) / n; delta: made the changes; shift (n): scratch. Returns the intercept's.
    """
    n = w.size
    gram = np.empty((n_active, n_active))
    border = np.empty(n_active)
    gradient = np.empty(n_active)
    for a in range(n_active):
        row = x[active[a]]
        first = 0.0
        border_sum = 0.0
        for i in range(n):
            shift[i] = row[i] * w[i]
            first += row[i] * r[i]
            border_sum += shift[i]
        gradient[a] = first
        border[a] = border_sum
        for b in range(a + 1):
            other = x[active[b]]
            total = 0.0
            for i in range(n):
                total += shift[i] * other[i]
            gram[a, b] = total
            gram[b, a] = total
    weight = w.sum()
    level = r.sum()
    intercept = 0.0
    values = np.empty(n_active)
    for a in range(n_active):
        values[a] = beta[active[a]]
    jump = np.empty(n_active)
    next_try = 0
    for sweep in range(MAX_SWEEPS):
        crossed = 0 if sweep >= next_try else -1
        while crossed >= 0:
            crossed, move = _step_to_signs(
                gram, border, weight, gradient, level, values, penalty, jump
            )
            if crossed == -2:
                next_try = 2 * sweep + 1  # dependent features: sweeps alone, for a while
                break
            intercept += move
            level -= weight * move
            for a in range(n_active):
                gradient[a] -= border[a] * move
            for b in range(n_active):
                if jump[b] != 0.0:
                    values[b] = 0.0 if b == crossed else values[b] + jump[b]
                    level -= border[b] * jump[b]
                    row = gram[b]
                    for a in range(n_active):
                        gradient[a] -= row[a] * jump[b]
        largest = 0.0
        step = level / weight
        if step != 0.0:
            intercept += step
            level = 0.0
            for a in range(n_active):
                gradient[a] -= border[a] * step
            largest = weight * step * step
        for a in range(n_active):
            curvature = gram[a, a]
            if curvature <= 0.0:
                continue
            old = values[a]
            u = gradient[a] + curvature * old
            size = abs(u) - penalty
            new = 0.0
            if size > 0.0:
                new = size / curvature if u > 0.0 else -size / curvature
            change = new - old
            if change != 0.0:
                values[a] = new
                row = gram[a]
                for b in range(n_active):
                    gradient[b] -= row[b] * change
                level -= border[a] * change
                largest = max(largest, curvature * change * change)
        if largest < tolerance:
            break
    for a in range(n_active):
        delta[a] = values[a] - beta[active[a]]
    return intercept


@reordering
def lasso_steps(
    x: np.ndarray,
    y: np.ndarray,
    penalties: np.ndarray,
    tolerance: float,
    max_steps: int,
    intercepts: np.ndarray,
    coefficients: np.ndarray,
) -> float:
    """Follow the path by proximal Newton with the sequential strong rule.

    Parameters
    ----------
    x : (feature, patient) float64
        Mean 0 and variance 1.
    y : (patient,) float64
    penalties : (k,)
        Falling, on that scale.
    tolerance, max_steps
        Of the optimality conditions; Newton steps at one penalty.
    intercepts, coefficients : (k,), (k, feature), filled

    Returns
    -------
    float
        The largest violation of the optimality conditions left at any penalty.

    References
    ----------
    Friedman 2010, J Stat Softw 33(1); Tibshirani 2012, JRSS B 74:245.
    """
    p, n = x.shape
    beta = np.zeros(p)
    mean = y.mean()
    intercept = np.log(mean / (1.0 - mean))
    eta = np.full(n, intercept)
    prob = np.empty(n)
    _probabilities(eta, prob)
    g = np.empty(p)
    for j in range(p):
        g[j] = _gradient(x, y, prob, j)
    last = penalties[0]
    in_play = np.zeros(p, np.bool_)
    active = np.empty(p, np.int64)
    delta = np.zeros(p)
    w = np.empty(n)
    r = np.empty(n)
    scratch = np.empty(n)
    trial = np.empty(n)
    change_of_eta = np.empty(n)
    worst = 0.0
    for k in range(penalties.size):
        penalty = penalties[k]
        for j in range(p):
            if abs(g[j]) >= 2.0 * penalty - last:
                in_play[j] = True
        last = penalty
        step = 0
        while True:
            violation = 1.0
            while step < max_steps:
                step += 1
                n_active = 0
                violation = 0.0
                level = 0.0
                for i in range(n):
                    level += (y[i] - prob[i]) / n
                violation = abs(level)
                for j in range(p):
                    if in_play[j]:
                        g[j] = _gradient(x, y, prob, j)
                        gap = abs(g[j]) - penalty
                        if beta[j] != 0.0:
                            gap = abs(g[j] - penalty * (1.0 if beta[j] > 0.0 else -1.0))
                        violation = max(violation, gap)
                        if beta[j] != 0.0 or abs(g[j]) > penalty * 0.999:
                            active[n_active] = j
                            n_active += 1
                if violation < tolerance:
                    break
                for i in range(n):
                    w[i] = max(prob[i] * (1.0 - prob[i]), SMALLEST_WEIGHT) / n
                    r[i] = (y[i] - prob[i]) / n
                precision = max(min(1e-7, 0.01 * violation * violation), 1e-22)
                move = _quadratic(
                    x, w, r, beta, delta, scratch, active, n_active, penalty, precision
                )
                for i in range(n):
                    change_of_eta[i] = move
                for a in range(n_active):
                    if delta[a] != 0.0:
                        row = x[active[a]]
                        for i in range(n):
                            change_of_eta[i] += delta[a] * row[i]
                before = _objective(y, eta, beta, penalty)
                length = 1.0
                for a in range(n_active):
                    beta[active[a]] += delta[a]
                for _halving in range(30):
                    for i in range(n):
                        trial[i] = eta[i] + length * change_of_eta[i]
                    if _objective(y, trial, beta, penalty) <= before + 1e-14 * abs(before):
                        break
                    length *= 0.5
                    for a in range(n_active):
                        beta[active[a]] -= length * delta[a]
                intercept += length * move
                eta[:] = trial
                _probabilities(eta, prob)
            added = False
            for j in range(p):
                if not in_play[j]:
                    g[j] = _gradient(x, y, prob, j)
                    if abs(g[j]) > penalty + tolerance:
                        in_play[j] = True
                        added = True
            if not added or step >= max_steps:
                break
        worst = max(worst, violation)
        intercepts[k] = intercept
        coefficients[k] = beta
    return worst
