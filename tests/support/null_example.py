"""Made-up draws in the form draws.read gives them, with known effects."""

import warnings
from types import SimpleNamespace

import numpy as np

import statistics_reference as reference
from npcradiomics.features.definitions import FEATURES
from npcradiomics.spatial_null.sequences import side_by_side
from npcradiomics.spatial_null.verdict import COVARIATES
from npcradiomics.statistics.comparison import compare_regions
from npcradiomics.statistics.sequences import stack_sequences


def record(
    patient, features, surrogates=None, covariates=None, names=FEATURES, fraction=0.3, reason=""
):
    """One patient's record; features (B + 1, 2, K), surrogates (S, 2, K)."""
    n_draws = len(features) - 1
    if covariates is None:
        covariates = np.random.default_rng([5, *patient.encode()]).normal(
            10, 1, (n_draws + 1, len(COVARIATES))
        )
        covariates[:, -1] = 500
    return SimpleNamespace(
        patient=patient,
        reason=reason,
        notes="",
        feature_names=list(names),
        features=features,
        surrogate_features=np.empty((0, 2, len(names))) if surrogates is None else surrogates,
        covariate_names=list(COVARIATES),
        covariates=covariates,
        fraction=fraction,
        mean_overlap=0.25,
        effective_placements=40.0,
    )


def cohort(n, n_draws=99, texture=(), geometry=(), place=(), large=0, seed=1):
    """n patients with B draws and B surrogates each, unit noise; and the table of the paper's test.

    texture: features whose observed difference alone is 3 higher; geometry: the draws' and the
    surrogates' too; place: the observed one and the surrogates'. large: so many patients have f =
    0.7.
    """
    rng = np.random.default_rng(seed)
    records, observed = [], []
    for i in range(n):
        features = rng.normal(size=(n_draws + 1, 2, len(FEATURES))) / np.sqrt(2)
        surrogates = rng.normal(size=(n_draws, 2, len(FEATURES))) / np.sqrt(2)
        for k, name in enumerate(FEATURES):
            features[0, 0, k] += 3.0 * (name in (*texture, *place))
            features[:, 0, k] += 3.0 * (name in geometry)
            surrogates[:, 0, k] += 3.0 * (name in (*geometry, *place))
        fraction = 0.7 if i < large else 0.1 + 0.3 * i / max(n, 1)
        records.append(record(f"P{i + 1:02d}", features, surrogates, fraction=fraction))
        observed.append(features[0, 0] - features[0, 1])
    return records, statistics_of(np.array(observed))


def together(**cohorts):
    """Records and statistics of cohorts of the same patients, {sequence: cohort(...)}, in one study."""
    records = [
        side_by_side(dict(zip(cohorts, of_patient, strict=True)))
        for of_patient in zip(*(records for records, _ in cohorts.values()), strict=True)
    ]
    return records, stack_sequences({name: table for name, (_, table) in cohorts.items()})


def statistics_of(differences):
    """The paper's table for differences (n, 47)."""
    if len(differences) == 0:
        differences = np.zeros((3, len(FEATURES)))
    features = reference.stacked(**dict(zip(FEATURES, differences.T, strict=True)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few patients
        return compare_regions(features, n_boot=100)


def nothing_drawn(n):
    """n patients without draws."""
    empty = np.full((1, 2, len(FEATURES)), np.nan)
    rows = [
        record(f"P{i + 1:02d}", empty, reason="the GTV has 12 voxels", fraction=np.nan)
        for i in range(n)
    ]
    return rows, statistics_of(np.random.default_rng(0).normal(size=(n, len(FEATURES))))
