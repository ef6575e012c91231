"""Patients of a small cohort of the risk map: ellipsoids whose places and features are random numbers."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from npcradiomics.risk.distance import training_distance
from npcradiomics.risk.places import POSITION_NAMES, Places

FEATURES = tuple(f"feature{k}" for k in range(6))


def risk_patient(rng, name, effect=0.0, n_draws=19, n_places=40):
    """Places whose first feature follows the share of recurrence by `effect` SD; its unit differs between patients, as that of MRI does."""
    z, y, x = np.indices((5, 14, 14))
    gtv = ((z - 2) / 2.6) ** 2 + ((y - 6.5) / 6.6) ** 2 + ((x - 6.5) / 6.6) ** 2 < 1
    cells = np.flatnonzero(gtv)
    points = np.column_stack(np.unravel_index(cells, gtv.shape)) * [3.0, 1.0, 1.0]

    def ball(n, centre=None):
        centre = rng.integers(len(points)) if centre is None else centre
        distance = ((points - points[centre]) ** 2).sum(axis=1)
        return np.isin(np.arange(len(cells)), np.argsort(distance, kind="stable")[:n])

    places = []
    while len(places) < n_places or not np.all(np.any(places, axis=0)):
        left = np.flatnonzero(~np.any(places, axis=0)) if places else []
        places.append(ball(60, left[0] if len(left) else None))
    places = np.array(places, float)
    observed = ball(90)
    draws = np.array([ball(90) for _ in range(n_draws)]).reshape(n_draws, len(cells))
    share = places @ observed / 60
    features = rng.standard_normal((len(places), len(FEATURES)))
    features[:, 0] += effect * (share - share.mean()) / share.std()
    depth = -np.linalg.norm(points - points.mean(axis=0), axis=1)
    depth = 1 + depth / -depth.min()
    position = np.zeros((len(places), len(POSITION_NAMES)))
    position[:, 0] = places @ depth / 60
    return Places(
        patient=name,
        reason="",
        draws_reason="",
        notes="",
        feature_names=np.array(FEATURES),
        features=features * rng.uniform(0.01, 100),
        position_names=np.array(POSITION_NAMES),
        position=position,
        intensity=features[:, 1],
        n_voxels=60,
        places=sparse.csr_array(places > 0),
        observed=observed,
        draws=sparse.csr_array(draws),
        cells=cells,
        shape=np.array(gtv.shape),
        spacing_zyx_mm=np.array([3.0, 1.0, 1.0]),
        seed=0,
    )


def risk_cohort(seed, n=6, **options):
    """n patients of `risk_patient`."""
    rng = np.random.default_rng(seed)
    return [risk_patient(rng, f"P{k:02d}", **options) for k in range(n)]


def with_training(fitted, cohort):
    """A model of `fit_cohort` with what its file needs besides: what is usual in these patients' places."""
    names = np.repeat([one.patient for one in cohort], [len(one.features) for one in cohort])
    usual = training_distance(np.concatenate([one.features for one in cohort]), names)
    return replace(fitted, training=usual)
