"""The regions of the planning MRI on the grid of a further sequence, whose voxels are measured as they are."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.masks import carried_volume, carry_mask
from npcradiomics.images.volumes import voxel_volume_cm3
from npcradiomics.regions.recurrence import Regions, derive_regions


def carry_regions(
    gtv: sitk.Image,
    gtvr: sitk.Image,
    sequence: sitk.Image,
    transform: sitk.Transform,
    *,
    recurrent: str,
    min_voxels: int,
) -> Regions:
    """Carry both contours and split the tumour there, as on the planning MRI.

    Parameters
    ----------
    gtv, gtvr : masks on the planning grid
    sequence : image
    transform : linear, of planning points to points of the sequence, so that its inverse carries
    recurrent, min_voxels : see `recurrence.derive_regions`

    Returns
    -------
    Regions
        Masks bool (z, y, x) of gtv, gtvr and each region on the grid of the sequence, and a report.

    Raises
    ------
    ValueError
        With the size of the voxels: a contour or region has too few of them, or none.
    """
    to_planning = transform.GetInverse()
    try:
        carried = [carry_mask(mask, sequence, to_planning) for mask in (gtv, gtvr)]
        arrays = [sitk.GetArrayFromImage(mask) > 0 for mask in carried]
        found = derive_regions(
            *arrays, voxel_volume_cm3(sequence), recurrent=recurrent, min_voxels=min_voxels
        )
    except ValueError as error:
        size = " x ".join(f"{step:.3g}" for step in np.round(sequence.GetSpacing(), 3))
        raise ValueError(f"on its own grid, voxels of {size} mm: {error}") from error
    report = {name: value for name, value in found.report.items() if "in_field" not in name}
    for name, before, after in zip(("gtv", "gtvr"), (gtv, gtvr), carried, strict=True):
        report[f"{name}_carried"] = carried_volume(before, after)
    return Regions({"gtv": arrays[0], "gtvr": arrays[1]} | found.masks, report)
