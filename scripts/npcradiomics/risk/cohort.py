"""A cohort's map: fitted without each patient in turn, scored on him, and the same for cohorts of draws."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.refusal import Refusal
from npcradiomics.risk import scores
from npcradiomics.risk.model import DEPTH, WHOLE_COHORT, RiskModel, columns_of
from npcradiomics.risk.places import Places
from npcradiomics.risk.regression import PENALTIES, fit, make_bases, moments
from npcradiomics.rounding import fixed_text, p_words

FEWEST_PATIENTS = 5
MODEL, DEPTH_ONLY, INTENSITY, CENTRE, RANDOM = "model", "depth", "intensity", "centre", "random"
MAPS = (MODEL, DEPTH_ONLY, INTENSITY, CENTRE, RANDOM)
OBSERVED = 0  # refit of the recurrences themselves; the others are cohorts of draws
LEVEL = 0.95


class CohortRisk(NamedTuple):
    """patients, scores, null, summary: tables; model: RiskModel of the cohort.

    scores: patient, map, measure, value; null: refit (0 observed), map, measure, mean over patients.
    """

    patients: pd.DataFrame
    scores: pd.DataFrame
    null: pd.DataFrame
    summary: pd.DataFrame
    model: RiskModel


def fit_cohort(
    patients: Sequence[Places],
    *,
    n_refits: int = 199,
    boost_percent: Sequence[float] = (10, 20, 30),
    seed: int = 2020,
    alpha: float = 0.05,
) -> CohortRisk:
    """Fit and score the map of every patient from all others, for the recurrences and for their draws.

    In refit b the recurrence of each patient is his draw b, of the same shape and depth: the exact
    p of a score is the share of refits, the observed one among them, that score as much. A
    patient without draws keeps his recurrence in all refits; p is exact given it.

    Parameters
    ----------
    patients : sequence of places.Places
    n_refits : int
        At most; as many as every patient with draws has.
    boost_percent : sequence of float
        Boost volumes in % of the GTV, beside that of the recurrence.
    seed : int
        Of the random features.
    alpha : float
        Level of the verdict.

    Returns
    -------
    CohortRisk

    Raises
    ------
    ValueError
        Fewer than 5 patients, or none with draws.
    """
    everyone = sorted(patients, key=lambda one: one.patient)
    patients = [one for one in everyone if not reason_without_part(one)]
    if len(patients) < FEWEST_PATIENTS:
        reasons = [f"{one.patient}: {reason_without_part(one)}" for one in everyone]
        raise Refusal(
            f"risk map: {len(patients)} patients with places and a recurrence in the GTV, at least"
            f" {FEWEST_PATIENTS} are needed",
            "; ".join(reason for reason in reasons if not reason.endswith(": "))
            or "a map that never saw its patient cannot be fitted on fewer, add patients",
        )
    drawn = [one.draws.shape[0] for one in patients if one.draws.shape[0]]
    if not drawn:
        raise Refusal(
            "risk map: no patient has draws of the spatial null, an exact p needs them",
            "see null/draws.npz (reason) of the patients",
        )
    n_refits = min(n_refits, *drawn)
    boosts = scores.measures(boost_percent)
    recurrences = [_recurrences(one, n_refits) for one in patients]
    shares = [one.shares(own.T) for one, own in zip(patients, recurrences, strict=True)]
    features = [*patients[0].feature_names, DEPTH]
    found = {}
    for name, columns in ((MODEL, features), (DEPTH_ONLY, [DEPTH]), (INTENSITY, None)):
        found[name], fits = _left_out(patients, columns, recurrences, shares, boosts, seed)
        if name == MODEL:
            model_fits = fits
    found[CENTRE] = np.array(
        [_scored(_centrality(one)[:, None], own, boosts) for one, own in zip(patients, recurrences, strict=True)]
    )  # fmt: skip
    found[RANDOM] = np.array([_random(own, boosts) for own in recurrences])
    measures = [scores.AUC, scores.OWN_VOLUME, *boosts]
    summary = summarise(found, measures)
    better, verdict = verdict_on(summary, alpha)
    names = [one.patient for one in patients]
    model = _frozen(features, names, model_fits, seed, better, verdict)
    table = pd.DataFrame(
        [
            {"patient": patient, "map": name, "measure": measure, "value": found[name][i, OBSERVED, j]}
            for i, patient in enumerate(names) for name in MAPS for j, measure in enumerate(measures)
        ]
    )  # fmt: skip
    null = pd.DataFrame(
        [
            {"refit": b, "map": name, "measure": measure, "mean": found[name][:, b, j].mean()}
            for b in range(n_refits + 1) for name in MAPS for j, measure in enumerate(measures)
        ]
    )  # fmt: skip
    return CohortRisk(_facts(everyone, model), table, null, summary, model)


def _recurrences(one, n_refits):
    """Bool (n voxels, 1 + refits): the recurrence, then draws of it."""
    if not one.draws.shape[0]:
        return np.repeat(one.observed[:, None], n_refits + 1, axis=1)
    draws = one.draws[:n_refits].toarray().astype(bool).T
    return np.column_stack([one.observed, draws])


def _left_out(patients, columns, recurrences, shares, boosts, seed):
    """Scores (patients, 1 + refits, measures) of maps that never saw their patient; the fits, that of all patients first."""
    tables = [
        one.intensity[:, None] if columns is None else columns_of(one, columns) for one in patients
    ]
    bases = make_bases(tables[0].shape[1], seed)
    known = [bases.transform(table) for table in tables]
    learned = moments(known, shares)
    everyone = np.arange(len(patients))
    fits, found = [fit(learned, everyone)], []
    for i, one in enumerate(patients):
        fits.append(fit(learned, everyone[everyone != i]))
        risk = one.at_voxels(fits[-1].predict(known[i]))
        found.append(_scored(risk, recurrences[i], boosts))
    return np.array(found), fits


def _scored(risk, recurrences, boosts):
    """(1 + refits, measures) of one patient; risk (n voxels, 1 + refits), or one map for all."""
    maps = [scores.ranked(column) for column in risk.T]
    return np.array(
        [
            [*scores.score(maps[b if len(maps) > 1 else 0], recurrent, boosts).values()]
            for b, recurrent in enumerate(recurrences.T)
        ]
    )


def _centrality(one):
    """Minus the distance in mm of each voxel of the GTV to the GTV's centre."""
    places = np.column_stack(np.unravel_index(one.cells, one.shape)) * one.spacing_zyx_mm
    return -np.linalg.norm(places - places.mean(axis=0), axis=1)


def _random(recurrences, boosts):
    return np.array([[*scores.expected_of_random(own, boosts).values()] for own in recurrences.T])


def _frozen(features, names, fits, seed, better, verdict):
    first = [[part[:, OBSERVED] for part in one.coefficients] for one in fits]
    bases = make_bases(len(features), seed).names
    return RiskModel(
        columns=np.array(features),
        patients=np.array([WHOLE_COHORT, *names]),
        seed=seed,
        linear=np.array([one[0] for one in first]),
        random=np.array([one[1:] for one in first]),
        basis=np.array([bases[one.basis[OBSERVED]] for one in fits]),
        penalty=np.array([PENALTIES[one.penalty[OBSERVED]] for one in fits]),
        better=better,
        verdict=verdict,
    )


def reason_without_part(one: Places) -> str:
    """Why a patient is neither fitted nor scored; "" for one who is."""
    if one.reason:
        return one.reason
    if not one.observed.size:
        return one.draws_reason
    n = int(one.observed.sum())
    if n in (0, one.observed.size):
        return f"{n} of the GTV's {one.observed.size} voxels are recurrent"
    return ""


def _facts(patients, model):
    chosen = dict(zip(model.patients, zip(model.basis, model.penalty, strict=True), strict=True))
    rows = []
    for one in patients:
        basis, penalty = chosen.get(one.patient, (np.nan, np.nan))
        row = {
            "patient": one.patient,
            "n_voxels": one.cells.size,
            "n_recurrent": int(one.observed.sum()),
        }
        row |= {"n_places": one.places.shape[0], "n_draws": one.draws.shape[0]}
        row |= {"basis": basis, "penalty": penalty, "reason": reason_without_part(one)}
        rows.append(row | {"notes": one.notes})
    return pd.DataFrame(rows)


def summarise(found: dict[str, np.ndarray], measures: Sequence[str]) -> pd.DataFrame:
    """Mean of every map and measure, against depth alone, with the exact p of the refits.

    Parameters
    ----------
    found : {map: (patients, 1 + refits, measures) array}
        The first refit is the observed one.
    measures : sequence of str

    Returns
    -------
    pandas.DataFrame
        map, measure, n, mean, low, high; p_exact (one-sided, of the mean); minus_depth with its low,
        high and p of the paired t-test (two-sided), and p_exact_minus_depth.
    """
    rows = []
    for name, values in found.items():
        for j, measure in enumerate(measures):
            own, depth = values[:, :, j], found[DEPTH_ONLY][:, :, j]
            row = {"map": name, "measure": measure, "n": len(own)}
            row |= dict(zip(("mean", "low", "high", "p"), _mean(own[:, OBSERVED]), strict=True))
            del row["p"]
            row["p_exact"] = np.nan if name == RANDOM else _exact_p(own.mean(axis=0))
            difference = own - depth
            names = ("minus_depth", "minus_depth_low", "minus_depth_high", "minus_depth_p")
            compared = name != DEPTH_ONLY
            answer = _mean(difference[:, OBSERVED]) if compared else [np.nan] * len(names)
            row |= dict(zip(names, answer, strict=True))
            exact = _exact_p(difference.mean(axis=0)) if compared else np.nan
            rows.append(row | {"p_exact_minus_depth": exact})
    return pd.DataFrame(rows)


def _mean(values):
    """Mean, t interval, p of the t-test against 0."""
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0]), float(values[0]), np.nan
    test = stats.ttest_1samp(values, 0.0)
    interval = test.confidence_interval(LEVEL)
    return float(values.mean()), float(interval.low), float(interval.high), float(test.pvalue)


def _exact_p(means):
    """Share of the refits that reach the observed one, it among them; equal up to rounding is equal."""
    return float(
        np.mean(np.round(means, scores.DIGITS) >= np.round(means[OBSERVED], scores.DIGITS))
    )


def verdict_on(summary: pd.DataFrame, alpha: float) -> tuple[bool, str]:
    """Whether the map is better than depth alone, and the sentence that says so.

    Better: a boost as large as the recurrence covers more of it than the boost by depth alone on
    average, with p <= alpha both in the paired t-test and exactly against the refits.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of `summarise`.
    alpha : float
    """
    chosen = summary["measure"] == scores.OWN_VOLUME
    rows = summary[chosen].set_index("map")
    one = rows.loc[MODEL]
    better = bool(
        one["minus_depth"] > 0
        and one["minus_depth_p"] <= alpha
        and one["p_exact_minus_depth"] <= alpha
    )
    mean, depth = (fixed_text(100 * rows.loc[name, "mean"], 1) for name in (MODEL, DEPTH_ONLY))
    low, high = (fixed_text(100 * one[f"minus_depth_{end}"], 1) for end in ("low", "high"))
    sentence = (
        f"The map is {'' if better else 'not '}better than depth alone: a boost as large as the recurrence, from its top,"
        f" covers {mean} % of the recurrence, by depth alone {depth} %"
        f" (difference {fixed_text(100 * one['minus_depth'], 1)} points, 95 % CI {low} to {high};"
        f" paired t p {p_words(one['minus_depth_p'])}, exact p {p_words(one['p_exact_minus_depth'])}; n = {int(one['n'])})."
    )
    return better, sentence
