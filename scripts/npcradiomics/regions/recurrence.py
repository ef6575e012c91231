"""From contours to the two regions that are compared: recurrent, and the rest of the tumour.

Akram 2020: "the recurrent region (GTVr) and the non-recurrent region (GTVnr), which was obtained by
subtracting the overlapping GTVr from the GTV". Masks are boolean arrays (z, y, x) on the planning
grid; volumes are in cm3.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from npcradiomics.region_names import REGIONS

RECURRENT_DEFINITIONS = ("whole", "inside_gtv")


@dataclass(frozen=True)
class Regions:
    """The mask of each of region_names.REGIONS, and what is reported of them, JSON-ready."""

    masks: dict[str, np.ndarray]
    report: dict


def derive_regions(
    gtv: np.ndarray,
    gtvr: np.ndarray,
    voxel_cm3: float,
    isodose95: np.ndarray | None = None,
    *,
    recurrent: str = "whole",
    in_field_minimum: float = 0.95,
    outside_gtv_warning: float = 0.10,
    min_voxels: int = 64,
) -> Regions:
    """Split the tumour.

    Parameters
    ----------
    gtv, gtvr, isodose95 : (z, y, x) bool
        On one grid, GTVr already carried to the planning MRI; no isodose when no dose is known.
    voxel_cm3
    recurrent : 'whole', 'inside_gtv'
        All of GTVr (the paper's words), or its part inside the GTV.
    in_field_minimum
        Share of GTVr inside the 95 % isodose from which a recurrence counts as in field.
    outside_gtv_warning
        Share of GTVr outside the GTV above which `report` warns.
    min_voxels
        Of each region.

    Raises
    ------
    ValueError
        GTVr lies outside the GTV, or a region has fewer than min_voxels voxels.
    """
    if recurrent not in RECURRENT_DEFINITIONS:
        raise ValueError(
            f"recurrent region {recurrent!r} is unknown,"
            f" choose one of {', '.join(RECURRENT_DEFINITIONS)}"
        )
    n_gtv, n_gtvr, n_shared = (int(np.count_nonzero(m)) for m in (gtv, gtvr, gtv & gtvr))
    if n_gtv == 0 or n_gtvr == 0:
        raise ValueError(
            f"GTV has {n_gtv} voxels and GTVr {n_gtvr} on the planning grid; neither may be empty"
        )
    if n_shared == 0:
        apart = np.abs(np.array(ndimage.center_of_mass(gtv)) - ndimage.center_of_mass(gtvr))
        raise ValueError(
            f"GTVr ({n_gtvr} voxels) lies wholly outside the GTV ({n_gtv} voxels): their centres"
            f" are {apart[0]:.0f} slices, {apart[1]:.0f} rows and {apart[2]:.0f} columns apart;"
            " look at the registration and at gtvr_frame"
        )
    masks = {
        "recurrent": gtvr if recurrent == "whole" else gtv & gtvr,
        "non_recurrent": gtv & ~gtvr,
    }
    if missing := [name for name in REGIONS if name not in masks]:
        raise ValueError(f"regions/recurrence.py has no mask of {', '.join(missing)}")
    masks = {name: masks[name] for name in REGIONS}
    voxels = {name: int(np.count_nonzero(mask)) for name, mask in masks.items()}
    for name, n in voxels.items():
        if n < min_voxels:
            raise ValueError(
                f"{name} region has {n} voxels ({n * voxel_cm3:.3f} cm3), at least {min_voxels}"
                " needed for texture (regions: min_voxels in the config)"
            )
    outside = 1.0 - n_shared / n_gtvr
    in_field = None if isodose95 is None else in_field_fraction(gtvr, isodose95)
    words = "not known" if in_field is None else "yes" if in_field >= in_field_minimum else "no"
    warnings = []
    if outside > outside_gtv_warning:
        warnings.append(
            f"{100 * outside:.4g}% of GTVr lies outside the GTV"
            f" (more than {outside_gtv_warning:.0%})"
        )
    report = {
        "recurrent_definition": recurrent,
        "gtv_voxels": n_gtv,
        "gtvr_voxels": n_gtvr,
        **{f"{name}_voxels": n for name, n in voxels.items()},
        "gtv_cm3": n_gtv * voxel_cm3,
        "gtvr_cm3": n_gtvr * voxel_cm3,
        **{f"{name}_cm3": n * voxel_cm3 for name, n in voxels.items()},
        "recurrent_fraction_of_gtv": n_shared / n_gtv,
        "gtvr_outside_gtv_fraction": outside,
        "in_field_fraction": in_field,
        "in_field": words,
        "warnings": warnings,
    }
    return Regions(masks, report)


def in_field_fraction(gtvr: np.ndarray, isodose95: np.ndarray) -> float:
    """Share of the voxels of GTVr inside the 95 % isodose.

    Parameters
    ----------
    gtvr, isodose95 : (z, y, x) bool
        On one grid, GTVr not empty.
    """
    return float(np.count_nonzero(gtvr & isodose95) / np.count_nonzero(gtvr))
