"""Small tumours on disk whose places are measured, and the frozen model of a cohort of them."""

import json
from dataclasses import replace

import numpy as np
import SimpleITK as sitk
from scipy import ndimage, sparse

from npcradiomics.risk.cohort import fit_cohort
from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.distance import compared_features, training_distance

SPACING_ZYX_MM = (3.0, 1.0, 1.0)
COVERING = {"size_cm3": 0.4, "minimum_voxels": 64, "coverage": 4, "seed": 2020}
EXTRACTION = {
    "n_levels": 32,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
MADE_WITH = {
    "size_cm3": COVERING["size_cm3"],
    "minimum_voxels": COVERING["minimum_voxels"],
    "extraction": EXTRACTION,
    "normalisation": "none",
}


def tumour(seed):
    """A textured volume (z, y, x) of whole numbers and a ball in it; a quarter of the ball is smoother."""
    rng = np.random.default_rng(seed)
    shape = (10, 26, 26)
    place = np.indices(shape).reshape(3, -1).T * SPACING_ZYX_MM - [15.0, 13.0, 13.0]
    gtv = (np.linalg.norm(place, axis=1) < 10).reshape(shape)
    rough = rng.normal(size=shape)
    smooth = 2.5 * ndimage.gaussian_filter(rng.normal(size=shape), (0.5, 1.5, 1.5))
    back = ((place[:, 1] > 0) & (place[:, 2] > 0)).reshape(shape) & gtv
    return np.rint(500 + 100 * np.where(back, smooth, rough)), gtv, back


def places_of(patient, seed):
    """Its measured places, with the smooth quarter as the recurrence and its mirror images as draws."""
    volume, gtv, back = tumour(seed)
    measured = measure_places(
        patient, volume, gtv, SPACING_ZYX_MM, extraction=EXTRACTION, tell=print, **COVERING
    )
    mirrored = [back[:, ::-1], back[:, :, ::-1], back[:, ::-1, ::-1]]
    draws = np.array([image.ravel()[measured.cells] for image in mirrored])
    observed = back.ravel()[measured.cells]
    return replace(measured, observed=observed, draws=sparse.csr_array(draws), draws_reason="")


def frozen_model(cohort):
    """The model that rule fit_risk_map would write for these places."""
    names = np.repeat([one.patient for one in cohort], [len(one.features) for one in cohort])
    usual = training_distance(np.concatenate([compared_features(one) for one in cohort]), names)
    fitted = fit_cohort(cohort, n_refits=3, boost_percent=[10], seed=2020).model
    return replace(fitted, made_with=json.dumps(MADE_WITH), training=usual)


def write_volume(values, path, kind=np.int16, spacing_zyx_mm=SPACING_ZYX_MM):
    """An array (z, y, x) as NIfTI."""
    image = sitk.GetImageFromArray(np.asarray(values).astype(kind))
    image.SetSpacing(spacing_zyx_mm[::-1])
    sitk.WriteImage(image, str(path))
