"""Which choice moves a result most: its variance over universes, by axis."""

from collections.abc import Mapping, Sequence

import numpy as np


def variance_shares(universes: Sequence[Mapping], results: np.ndarray) -> tuple[list, np.ndarray]:
    """Share of the variance of results that each axis has, and what no axis alone explains.

    Each axis is a random factor without interactions, as in R's specr (lme4: y ~ (1 | axis) + ...).
    The variance components are Henderson's third method: sums of squares of an axis beside all
    others, set equal to their expectations, negative ones 0. In a balanced design these are the
    components of the analysis of variance, which REML gives too. In a design where one axis at a
    time departs from a path, an axis has the variance of the results over its own values, and
    nothing is left.

    Parameters
    ----------
    universes : sequence of {axis: value}
        U of them.
    results : (U, columns)
        No NaN.

    Returns
    -------
    axes : list of str
        Those that have two values at least, and "residual".
    shares : (axes, columns)
        Sum 1, or 0 where nothing varies.

    References
    ----------
    Henderson 1953, Biometrics 9:226. Masur & Scharkow 2020, specr (icc_specs).
    """
    results = np.asarray(results, float)
    results = results - results.mean(axis=0)
    axes = [axis for axis in universes[0] if len({one[axis] for one in universes}) > 1]
    factors = {axis: _dummies([one[axis] for one in universes]) for axis in axes}
    everything = _basis(list(factors.values()), len(universes))
    left = results - everything @ (everything.T @ results)
    free = len(universes) - everything.shape[1]
    residual = (left**2).sum(axis=0) / free if free else np.zeros(results.shape[1])
    components = []
    for axis in axes:
        others = _basis([f for name, f in factors.items() if name != axis], len(universes))
        apart = factors[axis] - others @ (others.T @ factors[axis])
        explained = ((everything.T @ results) ** 2).sum(axis=0)
        explained -= ((others.T @ results) ** 2).sum(axis=0)
        freedom = everything.shape[1] - others.shape[1]
        found = (explained - freedom * residual) / max((apart**2).sum(), 1e-12)
        components.append(np.maximum(found, 0.0) if freedom else np.zeros(results.shape[1]))
    components = np.array([*components, residual]).reshape(len(axes) + 1, -1)
    # Rounding alone is no variance.
    components[components < 1e-20 * np.maximum((results**2).max(axis=0), 1e-300)] = 0.0
    total = components.sum(axis=0)
    return [*axes, "residual"], np.divide(
        components, total, out=np.zeros_like(components), where=total > 0
    )


def shares_by_axis(universes: Sequence[Mapping], results: np.ndarray) -> dict[str, float]:
    """`variance_shares` of one column, {axis or "residual": share}; universes with NaN are left out.

    Empty where fewer than two are left.
    """
    known = np.flatnonzero(~np.isnan(results))
    if known.size < 2:
        return {}
    axes, shares = variance_shares([universes[k] for k in known], results[known, None])
    return dict(zip(axes, shares[:, 0].tolist(), strict=True))


def _dummies(values):
    known = list(dict.fromkeys(values))
    return np.array([[value == one for one in known] for value in values], float)


def _basis(factors, n):
    """Orthonormal columns (n, rank) that span the mean and the factors."""
    whole = np.hstack([np.ones((n, 1)), *factors])
    u, size, _ = np.linalg.svd(whole, full_matrices=False)
    return u[:, size > 1e-9 * size[0]]
