"""A cohort's map: fitted without each patient in turn, scored on him, and the same for cohorts of draws."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.refusal import Refusal
from npcradiomics.risk import scores
from npcradiomics.risk.evidence import (
    CENTRE,
    DEPTH_ONLY,
    INTENSITY,
    MAPS,
    MODEL,
    OBSERVED,
    RANDOM,
    summarise,
    verdict_on,
)
from npcradiomics.risk.model import DEPTH, WHOLE_COHORT, RiskModel, columns_of
from npcradiomics.risk.places import Places
from npcradiomics.risk.regression import PENALTIES, fit, make_bases, moments

FEWEST_PATIENTS = 5
COLUMNS_AT_ONCE = 25  # refits whose map is in memory: 8 bytes a voxel each


class CohortRisk(NamedTuple):
    """patients, scores, null, summary: tables; model: RiskModel of the cohort.

    scores: patient, map, measure, value; null: refit (0 observed), map, measure, mean over patients. A measure with
    scores.BLURRED behind it is scored on the recurrence within the registration's error, of whom that is known.
    """

    patients: pd.DataFrame
    scores: pd.DataFrame
    null: pd.DataFrame
    summary: pd.DataFrame
    model: RiskModel


class _Known(NamedTuple):
    """What is learned from a patient: columns (places, q) per fitted map, shares (places, 1 + draws)."""

    patient: str
    columns: dict
    shares: np.ndarray


def fit_cohort(
    patients: Iterable[Places],
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
    patients : iterable of places.Places
        Gone through twice, one at a time: once to learn, once to score.
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
    facts, known = [], []
    for one in patients:
        facts.append(_facts(one))
        if not facts[-1]["reason"]:
            features = [*one.feature_names, DEPTH]
            known.append(_known(one, features, n_refits))
    _refuse_too_few(facts)
    n_refits = min(n_refits, *(row["n_draws"] for row in facts if _has_draws(row)))
    known = [one._replace(shares=_as_many(one.shares, n_refits + 1)) for one in known]
    fits, predicted = {}, {}
    for name in known[0].columns:
        fits[name], predicted[name] = _left_out(known, name, seed)
    boosts = scores.measures(boost_percent)
    found, within, names_within = [], [], []
    fitted = (one for one in patients if not reason_without_part(one))
    for i, one in enumerate(fitted):
        recurrences = _as_many(_recurrences(one, n_refits), n_refits + 1)
        blurred = one.blurred if 0 < one.blurred.sum() < one.blurred.size else None
        ranks = _ranks_of(one, {name: values[i] for name, values in predicted.items()})
        sharp, soft = _scored(ranks, recurrences, blurred, boosts)
        found.append(sharp)
        if soft:
            within.append(soft)
            names_within.append(one.patient)
    names = [one.patient for one in known]
    measures = [scores.AUC, scores.OWN_VOLUME, *boosts]
    drawn = _by_map(found)
    parts = [(drawn, names, measures)]
    if within:
        blurred = [f"{name}{scores.BLURRED}" for name in measures]
        parts.append((_by_map(within), names_within, blurred))
    summary = pd.concat([summarise(own, named) for own, _, named in parts], ignore_index=True)
    table_of_scores = pd.concat([_tidy_scores(*part) for part in parts], ignore_index=True)
    model = _frozen(features, names, fits[MODEL], seed, verdict_on(summary, alpha))
    chosen = pd.DataFrame(
        {"patient": names, "basis": model.basis[1:], "penalty": model.penalty[1:]}
    )
    table = pd.DataFrame(facts).merge(chosen, on="patient", how="left")
    return CohortRisk(table, table_of_scores, _tidy_null(drawn, measures), summary, model)


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


def _facts(one):
    return {
        "patient": one.patient,
        "n_voxels": one.cells.size,
        "n_recurrent": int(one.observed.sum()),
        "n_places": one.places.shape[0],
        "n_draws": one.draws.shape[0],
        "reason": reason_without_part(one),
        "notes": one.notes,
    }


def _has_draws(row):
    return not row["reason"] and row["n_draws"] > 0


def _refuse_too_few(facts):
    n = sum(not row["reason"] for row in facts)
    if n < FEWEST_PATIENTS:
        reasons = [f"{row['patient']}: {row['reason']}" for row in facts if row["reason"]]
        raise Refusal(
            f"risk map: {n} patients with places and a recurrence in the GTV, at least"
            f" {FEWEST_PATIENTS} are needed",
            "; ".join(reasons)
            or "a map that never saw its patient cannot be fitted on fewer, add patients",
        )
    if not any(map(_has_draws, facts)):
        raise Refusal(
            "risk map: no patient has draws of the spatial null, an exact p needs them",
            "see null/draws.npz (reason) of the patients",
        )


def _known(one, features, n_refits):
    columns = {MODEL: columns_of(one, features), DEPTH_ONLY: columns_of(one, [DEPTH])}
    columns[INTENSITY] = one.intensity[:, None]
    shares = one.shares(_recurrences(one, n_refits).T).reshape(len(one.intensity), -1)
    return _Known(one.patient, columns, shares)


def _recurrences(one, n_refits):
    """Bool (n voxels, 1 + draws): the recurrence, then the first of its draws."""
    draws = one.draws[:n_refits].toarray().astype(bool).T
    return np.column_stack([one.observed, draws])


def _as_many(columns, n):
    """The first n columns; one alone, of a patient without draws, n times."""
    return np.repeat(columns, n, axis=1) if columns.shape[1] == 1 else columns[:, :n]


def _left_out(known, name, seed):
    """Of one map: the fits, that of all patients first, and per patient what the others' predicts (places, 1 + refits)."""
    sampled = make_bases(known[0].columns[name].shape[1], seed)
    bases = [sampled.transform(one.columns[name]) for one in known]
    learned = moments(bases, [one.shares for one in known])
    everyone = np.arange(len(known))
    fits = [fit(learned, everyone), *(fit(learned, everyone[everyone != i]) for i in everyone)]
    return fits, [one.predict(own) for one, own in zip(fits[1:], bases, strict=True)]


def _ranks_of(one, predicted):
    """Name of each map and its ranks in the voxels, refit after refit: all at once would be gigabytes in a large tumour."""
    for name, values in predicted.items():
        some = np.array_split(values, -(-values.shape[1] // COLUMNS_AT_ONCE), axis=1)
        yield name, (scores.ranked(risk) for part in some for risk in one.at_voxels(part).T)
    yield CENTRE, repeat(scores.ranked(_centrality(one)))


def _scored(ranks, recurrences, blurred, boosts):
    """{map: (1 + refits, measures)} of one patient, and the same of the blurred recurrence, (1, measures), if there is one."""
    by_chance = [scores.expected_of_random(own, boosts) for own in recurrences.T]
    sharp, soft = {RANDOM: [[*one.values()] for one in by_chance]}, {}
    if blurred is not None:
        soft[RANDOM] = [[*scores.expected_of_random(blurred, boosts).values()]]
    for name, own in ranks:
        sharp[name] = []
        for refit, (risk, recurrent) in enumerate(zip(own, recurrences.T, strict=False)):
            sharp[name].append([*scores.score(risk, recurrent, boosts).values()])
            if refit == OBSERVED and blurred is not None:
                soft[name] = [[*scores.score(risk, blurred, boosts).values()]]
    return sharp, soft


def _by_map(patients):
    """{map: (patients, targets, measures)} of what `_scored` gives for each."""
    return {name: np.array([one[name] for one in patients]) for name in MAPS}


def _centrality(one):
    """Minus the distance in mm of each voxel of the GTV to the GTV's centre."""
    places = np.column_stack(np.unravel_index(one.cells, one.shape)) * one.spacing_zyx_mm
    return -np.linalg.norm(places - places.mean(axis=0), axis=1)


def _tidy_scores(found: Mapping, names, measures):
    return pd.DataFrame(
        {"patient": patient, "map": name, "measure": measure, "value": found[name][i, OBSERVED, j]}
        for i, patient in enumerate(names) for name in MAPS for j, measure in enumerate(measures)
    )  # fmt: skip


def _tidy_null(found: Mapping, measures):
    return pd.DataFrame(
        {"refit": b, "map": name, "measure": measure, "mean": found[name][:, b, j].mean()}
        for b in range(found[MODEL].shape[1]) for name in MAPS for j, measure in enumerate(measures)
    )  # fmt: skip


def _frozen(features, names, fits, seed, verdict):
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
        better=verdict[0],
        verdict=verdict[1],
    )
