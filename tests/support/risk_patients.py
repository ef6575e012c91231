"""Patients of a small cohort of the risk map: ellipsoids whose places and features are random numbers."""

from types import SimpleNamespace

import numpy as np
from scipy import sparse

FEATURES = tuple(f"feature{k}" for k in range(6))


def risk_patient(rng, name, effect=0.0, n_draws=19, n_places=40):
    """What `risk` needs of a places.Places; the first feature follows the recurrence by `effect` SD.

    Its unit differs from patient to patient, as that of MRI does.
    """
    z, y, x = np.indices((5, 14, 14))
    gtv = ((z - 2) / 2.6) ** 2 + ((y - 6.5) / 6.6) ** 2 + ((x - 6.5) / 6.6) ** 2 < 1
    cells = np.flatnonzero(gtv)
    points = np.column_stack(np.unravel_index(cells, gtv.shape)) * [3.0, 1.0, 1.0]

    def ball(radius):
        return ((points - points[rng.integers(len(points))]) ** 2).sum(axis=1) < radius**2

    places = np.array([np.ones(len(cells), bool), *(ball(3.5) for _ in range(n_places - 1))])
    observed, n_voxels = ball(4.5), places.sum(axis=1)
    share = places @ observed / n_voxels
    features = rng.standard_normal((n_places, len(FEATURES)))
    features[:, 0] += effect * (share - share.mean()) / share.std()
    depth = -np.linalg.norm(points - points.mean(axis=0), axis=1)
    draws = np.array([ball(4.5) for _ in range(n_draws)]).reshape(n_draws, len(cells))
    return SimpleNamespace(
        patient=name,
        shape=np.array(gtv.shape),
        spacing_zyx_mm=np.array([3.0, 1.0, 1.0]),
        gtv=cells,
        places=sparse.csr_matrix(places),
        features=features * rng.uniform(0.01, 100),
        feature_names=np.array(FEATURES),
        position=(places @ depth / n_voxels)[:, None],
        position_names=np.array(["depth_mm"]),
        n_voxels=n_voxels,
        intensity=features[:, 1],
        observed=observed,
        draws=sparse.csr_matrix(draws),
    )


def risk_cohort(seed, n=6, **options):
    """n patients of `risk_patient`."""
    rng = np.random.default_rng(seed)
    return [risk_patient(rng, f"P{k:02d}", **options) for k in range(n)]
