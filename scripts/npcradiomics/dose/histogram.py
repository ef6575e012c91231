"""Dose-volume figures of a structure that is given as the doses of points of equal volume."""

import numpy as np

DOSES = ("d98", "d95", "d50", "d2", "mean", "minimum", "maximum")
SHARES = ("v95", "v90")
CURVE_STEP_PERCENT = 0.5


def dose_figures(doses_gy: np.ndarray) -> np.ndarray:
    """D98, D95, D50, D2, mean, minimum and maximum (7,), in the order of `DOSES`, in the unit given.

    Dx is the dose that x % of the volume get at least; D98 and D2 are ICRU 83's near-minimum and
    near-maximum. NaN for no points.

    Parameters
    ----------
    doses_gy : (n,)

    References
    ----------
    ICRU Report 83 (2010), Prescribing, Recording, and Reporting Photon-Beam IMRT, J. ICRU 10(1).
    """
    if len(doses_gy) == 0:
        return np.full(len(DOSES), np.nan)
    quantiles = np.quantile(doses_gy, [0.02, 0.05, 0.50, 0.98])
    return np.array([*quantiles, doses_gy.mean(), doses_gy.min(), doses_gy.max()])


def share_reaching(doses_gy: np.ndarray, prescription_gy: float, percent: float) -> float:
    """Share of the points with so many per cent of the prescription or more (V95, V90); NaN for none.

    Parameters
    ----------
    doses_gy : (n,)
    prescription_gy : Gy
    percent
    """
    if len(doses_gy) == 0:
        return np.nan
    return float(np.mean(doses_gy >= prescription_gy * percent / 100.0))


def eqd2(doses_gy: np.ndarray | float, fractions: int, alpha_beta_gy: float) -> np.ndarray | float:
    """The dose in fractions of 2 Gy that does the same, by the linear-quadratic model.

    Parameters
    ----------
    doses_gy : (n,)
        Of the whole course; a voxel's dose per fraction is its own dose by the fractions.
    fractions, alpha_beta_gy
        Of the course; of the tissue.

    References
    ----------
    Withers, Thames and Peters 1983, Radiother. Oncol. 1, 187.
    """
    return doses_gy * (doses_gy / fractions + alpha_beta_gy) / (2.0 + alpha_beta_gy)


def cumulative(doses_gy: np.ndarray, prescription_gy: float) -> tuple[np.ndarray, np.ndarray]:
    """The cumulative dose-volume histogram: doses in % of the prescription, and % of the volume that reach each.

    Parameters
    ----------
    doses_gy : (n,)
    prescription_gy : Gy

    Returns
    -------
    doses, volumes : (m,)
        From 0 in steps of 0.5 % to the first step that no point reaches.
    """
    percent = np.sort(doses_gy) * 100.0 / prescription_gy
    highest = percent[-1] if len(percent) else 0.0
    steps = np.arange(0.0, highest + 2 * CURVE_STEP_PERCENT, CURVE_STEP_PERCENT)
    reaching = len(percent) - np.searchsorted(percent, steps, side="left")
    return steps, 100.0 * reaching / max(len(percent), 1)
