"""A made-up planning MRI with GTV and GTVr, and draws of that GTVr."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.spatial_null.sampling import sample_patient

PLAIN = {
    "n_levels": 8,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}


def image_of(array, direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    """SimpleITK image of a (z, y, x) array with slices of 5 mm and pixels of 0.8 mm."""
    image = sitk.GetImageFromArray(array.astype(np.int16))
    image.SetSpacing((0.8, 0.8, 5.0))
    image.SetDirection(direction)
    return image


def regions(shape):
    """GTV and GTVr as masks (z, y, x): ellipsoids that nearly fill the volume and a part of it."""
    z, y, x = ((k - (n - 1) / 2) / (n / 2) for k, n in zip(np.indices(shape), shape, strict=True))
    gtv = (z / 0.8) ** 2 + (y / 0.73) ** 2 + (x / 0.65) ** 2 < 1
    return gtv, (
        ((z - 0.2) / 0.45) ** 2 + ((y + 0.3) / 0.4) ** 2 + ((x + 0.1) / 0.3) ** 2 < 1
    ) & gtv


def images(shape):
    """Planning MRI, GTV and GTVr as SimpleITK images."""
    z, _, x = np.indices(shape)
    return image_of(10 * z + x), *(image_of(mask) for mask in regions(shape))


def draws(shape):
    """Seven draws in that GTV."""
    volume = np.random.default_rng(0).normal(300, 60, shape)
    settings = {
        "n_draws": 7,
        "surrogates": 0,
        "shape": "compact",
        "match": "none",
        "seed": 1,
        "extraction": PLAIN,
    }
    place = (*regions(shape), (5.0, 0.8, 0.8))
    return sample_patient("P01", volume, *place, tell=lambda line: None, **settings)
