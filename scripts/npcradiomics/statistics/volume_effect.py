"""Size before significance: what of a paired difference the sizes of the two regions alone would give.

GTVr is mostly smaller than GTV minus GTVr, and several texture features depend on the number of
voxels: NGTDM Coarseness and Strength carry 1/N, Busyness carries N, GLSZM variances shrink with the
largest zone.
"""

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.region_names import PAIR
from npcradiomics.statistics.pairs import paired_differences

SIZE, OWN, OPEN = "size", "own", "open"


def volume_ratios(sizes: pd.DataFrame) -> pd.DataFrame:
    """Fraction and log volume ratio of each patient.

    Parameters
    ----------
    sizes : DataFrame
        patient, recurrent_cm3, non_recurrent_cm3 and whatever else describes sizes (gtv_cm3, voxel
        counts, largest zone), kept as it is.

    Returns
    -------
    DataFrame
        With recurrent_fraction = recurrent / (recurrent + non_recurrent) and log_volume_ratio =
        ln(recurrent / non_recurrent); 0 means two regions of equal volume.

    Raises
    ------
    ValueError
        Missing columns, repeated patients, volumes that are not positive.
    """
    needed = ["patient", *(f"{region}_cm3" for region in PAIR)]
    missing = [name for name in needed if name not in sizes.columns]
    if missing:
        raise ValueError(f"table of sizes has no column {', '.join(missing)}")
    repeated = sizes["patient"][sizes["patient"].duplicated()]
    if len(repeated):
        raise ValueError(f"table of sizes has patient {repeated.iloc[0]} twice")
    for name in needed[1:]:
        wrong = sizes[~(sizes[name] > 0)]
        if len(wrong):
            raise ValueError(
                f"patient {wrong['patient'].iloc[0]}: {name} is {wrong[name].iloc[0]}, must be above 0"
            )
    recurrent, rest = (sizes[name] for name in needed[1:])
    return sizes.assign(
        recurrent_fraction=recurrent / (recurrent + rest), log_volume_ratio=np.log(recurrent / rest)
    )


def size_effects(features: pd.DataFrame, sizes: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Whether a feature's difference follows the volume ratio, and what is left at equal volumes.

    The mark, for the mean difference D. size: the correlation is significant (p < alpha), it
    predicts the sign of D (sign of rho times sign of the median log ratio), and the difference at
    equal volumes cannot be told from zero (p >= alpha). own: the difference at equal volumes has
    the sign of D and can be told from zero. open: neither; too few patients, ratios too alike, or
    no relation.

    Limits: the line assumes that the difference is linear in the log ratio; "cannot be told from
    zero" is weak with 14 patients; where `extrapolated` the intercept is a guess outside the data;
    shape is not considered (two halves of equal volume can differ by shape alone). A mark is a
    warning, not a test: that needs regions matched in size.

    Parameters
    ----------
    features : DataFrame
        See pairs.pair_rows.
    sizes : DataFrame
        See volume_ratios, one row for each patient of `features`.
    alpha : float
        Of the marks.

    Returns
    -------
    DataFrame
        feature, n, size_spearman, size_spearman_p (Spearman correlation of the difference with the
        log volume ratio; two-sided, t approximation, as scipy), slope (per unit of ln ratio),
        equal_size_difference with equal_size_low, equal_size_high (95 %) and equal_size_p
        (intercept of the straight line: the difference at equal volumes, same unit as the feature),
        extrapolated (no patient on one side of equal volumes), size_mark, note.

    Raises
    ------
    ValueError
        Patients without sizes, and as volume_ratios.
    """
    differences = paired_differences(features)
    ratios = volume_ratios(sizes).set_index("patient")["log_volume_ratio"]
    absent = [str(patient) for patient in differences.index if patient not in ratios.index]
    if absent:
        raise ValueError(f"no sizes for {len(absent)} patients: {', '.join(absent[:8])}")
    log_ratio = ratios.loc[differences.index].to_numpy(float)
    rows = []
    for name in differences.columns:
        difference = differences[name].to_numpy()
        complete = ~np.isnan(difference)
        rows.append(
            {"feature": name} | _size_effect(difference[complete], log_ratio[complete], alpha)
        )
    return pd.DataFrame(rows)


def _size_effect(difference, log_ratio, alpha):
    n = len(difference)
    numbers = [
        "size_spearman",
        "size_spearman_p",
        "slope",
        "equal_size_difference",
        "equal_size_low",
    ]
    numbers += ["equal_size_high", "equal_size_p"]
    row = (
        {"n": n}
        | dict.fromkeys(numbers, np.nan)
        | {"extrapolated": bool(n) and _one_sided(log_ratio)}
    )
    if n < 4:
        return row | {
            "size_mark": OPEN,
            "note": f"{n} complete pairs, 4 needed for a line and its error",
        }
    if np.ptp(difference) == 0 or np.ptp(log_ratio) == 0:
        what = "differences" if np.ptp(difference) == 0 else "volume ratios"
        return row | {"size_mark": OPEN, "note": f"all {n} {what} are the same"}
    rho, rho_p = stats.spearmanr(difference, log_ratio)
    # linregress tests slopes through residual sums: scale, so that 1e-200 squared does not vanish.
    scale = np.abs(difference).max()
    line = stats.linregress(log_ratio, difference / scale)
    half = stats.t.ppf(0.975, n - 2) * line.intercept_stderr
    if line.intercept_stderr > 0:
        intercept_p = 2 * stats.t.sf(abs(line.intercept) / line.intercept_stderr, n - 2)
    else:
        intercept_p = float(line.intercept == 0)
    predicted = np.sign(rho) * np.sign(np.median(log_ratio))
    direction = np.sign(difference.mean())
    mark = OPEN
    if intercept_p < alpha and np.sign(line.intercept) == direction:
        mark = OWN
    elif rho_p < alpha and predicted == direction and intercept_p >= alpha:
        mark = SIZE
    answers = [rho, rho_p, line.slope * scale, line.intercept * scale]
    answers += [(line.intercept - half) * scale, (line.intercept + half) * scale, intercept_p]
    filled = dict(zip(numbers, map(float, answers), strict=True))
    return row | filled | {"size_mark": mark, "note": ""}


def _one_sided(log_ratio):
    return bool((log_ratio < 0).all() or (log_ratio > 0).all())
