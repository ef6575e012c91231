"""ComBat: the gain and offset of each centre in every feature, learnt on training patients.

neuroHarmonize needs numpy below 2; combatlearn 2.3 takes its priors over the centres instead of over
the features, and differs from R's sva by 0.57 SD on the case of the tests. This one is sva's.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

MIN_PER_CENTRE = 5
_SETTLED = 1e-4  # relative change at which sva stops
_SMALL = 1e-12  # variance of a feature that does not vary


class Harmonization(NamedTuple):
    """What was learnt: of each feature mean and sd over the centres, of each centre and feature shift and scale.

    mean, sd: (feature,) Series; shift, scale: (centre, feature) DataFrames, of standardised values.
    """

    mean: pd.Series
    sd: pd.Series
    shift: pd.DataFrame
    scale: pd.DataFrame

    def apply(self, features: pd.DataFrame, centres: pd.Series) -> pd.DataFrame:
        """Features (patient, feature) as if measured at one centre.

        Parameters
        ----------
        features : (patient, feature)
            With the features learnt, others are left out.
        centres : (patient,)
            Of each patient; the index of `features`.

        Raises
        ------
        ValueError
            A centre that training does not have, with the number of its patients.
        """
        refuse_strange_centres(centres, self.shift.index)
        standard = (features[self.mean.index] - self.mean) / self.sd
        shift, scale = (table.loc[centres].to_numpy() for table in (self.shift, self.scale))
        return (standard - shift) / scale * self.sd + self.mean

    def to_file(self, names: list[str]) -> dict:
        """What a model file holds of these features, JSON-ready: by feature and centre."""
        features = {
            name: {
                "mean": float(self.mean[name]),
                "sd": float(self.sd[name]),
                "shift": self.shift[name].astype(float).to_dict(),
                "scale": self.scale[name].astype(float).to_dict(),
            }
            for name in names
        }
        return {"method": "ComBat", "centres": list(self.shift.index), "features": features}

    @classmethod
    def from_file(cls, written: dict) -> "Harmonization":
        """The harmonization that `to_file` wrote."""
        features, centres = written["features"], written["centres"]
        tables = (
            pd.DataFrame({name: one[key] for name, one in features.items()}, index=centres)
            for key in ("shift", "scale")
        )
        values = (
            pd.Series({name: one[key] for name, one in features.items()}, dtype=float)
            for key in ("mean", "sd")
        )
        return cls(*values, *tables)


def require_centres(centres: Iterable[str]) -> None:
    """Raise ValueError where patients have no centre, all have one, or a centre has fewer than 5, with the numbers."""
    counts = Counter(centres)
    if "" in counts:
        raise ValueError(
            f"{counts['']} of {counts.total()} training patients have no centre (column `centre`):"
            " ComBat needs it"
        )
    if len(counts) < 2:
        raise ValueError(f"{len(counts)} centre among the training patients: ComBat needs two")
    few = [f"{name!r} has {n}" for name, n in counts.items() if n < MIN_PER_CENTRE]
    if few:
        raise ValueError(
            f"ComBat needs {MIN_PER_CENTRE} training patients of each centre: {', '.join(few)}"
        )


def refuse_strange_centres(centres: Iterable[str], known: Collection[str]) -> None:
    """Raise ValueError where patients are of centres that training does not have, with their numbers."""
    strange = Counter(name for name in centres if name not in known)
    if strange:
        words = ", ".join(f"{name!r} ({n} patients)" for name, n in strange.most_common())
        raise ValueError(
            f"centres that training does not have: {words}; ComBat has no shift for them"
            " (harmonization: none)"
        )


def require_comparable_centres(centres: Iterable[str]) -> None:
    """Raise ValueError where patients have no centre, or all have one, with the numbers."""
    counts = Counter(centres)
    if "" in counts:
        raise ValueError(
            f"{counts['']} of {counts.total()} patients have no centre (column `centre`)"
        )
    if len(counts) < 2:
        raise ValueError(f"all {counts.total()} patients are of one centre, {next(iter(counts))!r}")


def fit_combat(features: pd.DataFrame, centres: pd.Series) -> Harmonization:
    """Learn shift and scale of every centre by parametric empirical Bayes, without covariates.

    Parameters
    ----------
    features : (patient, feature)
        Of training. A feature that is constant within the centres is left as it is.
    centres : (patient,)
        Of each patient.

    Raises
    ------
    ValueError
        Fewer than two centres, or a centre of fewer than 5 training patients, with the numbers.

    References
    ----------
    Johnson 2007, Biostatistics 8:118, as in sva 3.46 (`ComBat(par.prior = TRUE)`), to 1e-5.
    """
    require_centres(centres)
    names = sorted(centres.unique())
    x = features.to_numpy(dtype=np.float64)
    members = [(centres == name).to_numpy() for name in names]
    means = np.array([x[rows].mean(axis=0) for rows in members])
    mean = np.array([rows.mean() for rows in members]) @ means
    residual = x - sum(np.outer(rows, own) for rows, own in zip(members, means, strict=True))
    variance = (residual**2).mean(axis=0)
    varies = variance > _SMALL * np.maximum(1.0, mean**2)
    sd = np.where(varies, np.sqrt(variance), 1.0)
    shift, scale = np.zeros_like(means), np.ones_like(means)
    for k, rows in enumerate(members):
        standard = (x[rows][:, varies] - mean[varies]) / sd[varies]
        shift[k, varies], scale[k, varies] = _shrunken(standard)
    kept = features.columns
    return Harmonization(
        pd.Series(mean, kept),
        pd.Series(sd, kept),
        pd.DataFrame(shift, names, kept),
        pd.DataFrame(scale, names, kept),
    )


def _shrunken(z):
    """Shift and scale of a centre (feature,), drawn towards their means over the features."""
    n, shift_hat, variance_hat = len(z), z.mean(axis=0), z.var(axis=0, ddof=1)
    if z.shape[1] < 2:  # nothing to be drawn towards
        return shift_hat, np.sqrt(variance_hat)
    prior, spread = shift_hat.mean(), shift_hat.var(ddof=1)
    m, s2 = variance_hat.mean(), variance_hat.var(ddof=1)
    a, b = (2 * s2 + m**2) / s2, (m * s2 + m**3) / s2
    shift, variance, change = shift_hat, variance_hat, 1.0
    while change > _SETTLED:
        new = (spread * n * shift_hat + variance * prior) / (spread * n + variance)
        other = (0.5 * ((z - new) ** 2).sum(axis=0) + b) / (n / 2 + a - 1)
        change = max(
            np.abs((new - shift) / shift).max(), np.abs((other - variance) / variance).max()
        )
        shift, variance = new, other
    return shift, np.sqrt(variance)
