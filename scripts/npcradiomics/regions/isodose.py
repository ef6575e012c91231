"""The 95 % isodose, and the share of the recurrence inside it (Akram 2020: in field from 95 %)."""

import logging

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.masks import carry_mask
from npcradiomics.rounding import percent_text

IDENTITY = sitk.Transform(3, sitk.sitkIdentity)
# The dose grid alone moved the fraction of one real structure by two points.
BORDERLINE = (0.93, 0.97)
log = logging.getLogger(__name__)


def isodose95(dose: sitk.Image, prescription_gy: float, reference: sitk.Image) -> sitk.Image:
    """Mask (uint8) of the voxels with 95 % of the prescription or more.

    Parameters
    ----------
    dose : Gy
        On its own grid, interpolated linearly; outside it the dose counts as 0.
    prescription_gy
        Above 0.
    reference
        The grid of the mask.

    Raises
    ------
    ValueError
        With the highest dose, where no voxel reaches it; the prescription is not above 0.
    """
    if not prescription_gy > 0:
        raise ValueError(f"prescription of {prescription_gy:g} Gy, it must be above 0")
    on_reference = sitk.Resample(dose, reference, IDENTITY, sitk.sitkLinear, 0.0, sitk.sitkFloat64)
    highest = float(sitk.GetArrayViewFromImage(on_reference).max())
    if highest < 0.95 * prescription_gy:
        raise ValueError(
            f"no voxel reaches 95 % of {prescription_gy:g} Gy: the highest dose on this grid is"
            f" {highest:.3f} Gy"
        )
    return sitk.Cast(on_reference >= 0.95 * prescription_gy, sitk.sitkUInt8)


def in_field_on_dose_grid(gtvr: sitk.Image, dose: sitk.Image, prescription_gy: float) -> float:
    """Share of the voxels of GTVr, carried to the dose grid, with 95 % of the prescription or more.

    Parameters
    ----------
    gtvr : 0/1
        On any grid in the frame of the dose.
    dose, prescription_gy : Gy

    Raises
    ------
    ValueError
        Nothing of GTVr arrives on the dose grid.
    """
    inside = sitk.GetArrayFromImage(carry_mask(gtvr, dose, IDENTITY)) > 0
    covered = sitk.GetArrayViewFromImage(dose)[inside] >= 0.95 * prescription_gy
    return float(np.count_nonzero(covered) / covered.size)


def borderline(on_image: float | None, on_dose: float | None) -> str | None:
    """Words where an in-field fraction lies between 93 and 97 %, where the grid may decide.

    on_image, on_dose: share of GTVr inside the isodose counted on the grid of the planning MRI and
    on the dose's, None where it is not known. Both are also logged.
    """
    known = {"planning MRI": on_image, "dose": on_dose}
    told = [
        f"{percent_text(share, 1)} on the grid of the {grid}"
        for grid, share in known.items()
        if share is not None
    ]
    if told:
        log.info("GTVr inside the 95 %% isodose: %s", ", ".join(told))
    near = [f for f in known.values() if f is not None and BORDERLINE[0] <= f <= BORDERLINE[1]]
    if not near:
        return None
    listed = " and ".join(percent_text(share, 1) for share in near)
    return (
        f"in-field is borderline: {listed} of GTVr's voxels inside the 95 % isodose"
        " (93-97 %: the grid alone may decide)"
    )
