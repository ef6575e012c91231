"""Where a registration starts from: contours, headers, and what a search of all shifts finds."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import euler
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.shift_search import best_shifts


@dataclass(frozen=True)
class NearRecurrence:
    """Where the tumour's centre has to go for the recurrence to lie in the tumour or beside it.

    Attributes
    ----------
    centre_mm
        (3,) of the contour on the moving image.
    reach_mm
        How far from it.
    """

    centre_mm: np.ndarray
    reach_mm: float

    @classmethod
    def of(cls, region: sitk.Image, moving_voi: sitk.Image, margin_mm: float) -> "NearRecurrence":
        """From both contours: as far as the larger one's box reaches, and a margin in mm."""
        radii = [
            np.linalg.norm(box_corners(mask) - centroid(mask), axis=1).max()
            for mask in (region, moving_voi)
        ]
        return cls(centroid(moving_voi), float(max(radii)) + margin_mm)

    def reached(self, transform: sitk.Euler3DTransform) -> bool:
        """Whether ``transform`` takes its own centre, the tumour's, there."""
        middle = np.array(transform.TransformPoint(transform.GetCenter()))
        return bool(np.linalg.norm(middle - self.centre_mm) <= self.reach_mm)


def find_starts(
    fixed: sitk.Image,
    mask: sitk.Image,
    moving: sitk.Image,
    centre: np.ndarray,
    near: NearRecurrence | None,
    parameters: RegistrationParameters,
) -> dict[str, sitk.Euler3DTransform]:
    """The starts by name. A header 50 mm off spoils one, a field of view cut elsewhere none.

    Parameters
    ----------
    fixed, mask : float32 image of the first stage and its region (uint8)
    moving : float32 image
    centre : (3,) mm, the tumour's
    near : where GTVr says that the tumour is; None where no contour is known
    parameters : the settings search_* and minimum_overlap

    Returns
    -------
    Rigid transforms of fixed points to moving points, about ``centre``.
    """
    p = parameters
    starts = (
        {} if near is None else {"contours": euler(centre, translation_mm=near.centre_mm - centre)}
    )
    starts["header"] = euler(centre)
    found = best_shifts(
        fixed,
        mask,
        moving,
        centre,
        step_mm=p.search_step_mm,
        bins=p.search_bins,
        turn_deg=p.search_turn_deg,
        minimum_overlap=p.minimum_overlap,
        distinct_mm=p.search_distinct_mm,
        most=p.search_starts,
        near=None if near is None else (near.centre_mm, near.reach_mm),
    )
    return starts | {f"search {number}": start for number, start in enumerate(found, 1)}
