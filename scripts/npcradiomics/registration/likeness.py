"""Is the place that a registration found better than the places beside it?"""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, inside, voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import apply
from npcradiomics.registration.mutual_information import normalised_mutual_information
from npcradiomics.registration.pyramid import moving_level, quietened, region_level


def likeness_beside(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    beside: list[sitk.Transform],
    *,
    margin_mm: float,
    in_plane_mm: float,
    bins: int,
    clip_percentile: float,
    maximum_samples: int,
    noisy: float,
    noisy_smoothing_mm: float,
) -> tuple[float, np.ndarray]:
    """Normalised mutual information round the tumour, at a transform and at others beside it.

    All values are of the same voxels: those that the moving image covers under every one of the
    transforms.

    Parameters
    ----------
    fixed, moving : scalar images
    transform : linear, of fixed points to moving points
    gtv : mask on the grid of ``fixed``
    beside : disturbances, each done to the fixed point before ``transform``
    margin_mm : what lies within this distance of ``gtv`` counts
    in_plane_mm : voxels are averaged to about this
    bins : per image
    clip_percentile, maximum_samples, noisy, noisy_smoothing_mm : as for the registration

    Returns
    -------
    The value at ``transform``, and (n,) those at the others.

    Raises
    ------
    ValueError
        With the count, if fewer than ``bins`` squared voxels lie in the moving image under all
        transforms.
    """
    level, mask = region_level(fixed, gtv, margin_mm, in_plane_mm, clip_percentile, maximum_samples)
    transforms = [transform, *(sitk.CompositeTransform([transform, one]) for one in beside)]
    points = voxel_points(mask)
    covered = np.all([inside(apply(one, points), moving) for one in transforms], axis=0)
    if covered.sum() < bins**2:
        raise ValueError(
            f"{covered.sum()} voxels round the tumour lie in the other image, {bins**2} needed"
        )
    reached = np.concatenate([apply(one, box_corners(mask)) for one in transforms])
    other = moving_level(moving, reached, 2.0 * in_plane_mm, in_plane_mm, clip_percentile)
    level, other = (quietened(image, noisy, noisy_smoothing_mm) for image in (level, other))
    used = sitk.GetArrayViewFromImage(mask).astype(bool)
    used[used] = covered
    values = sitk.GetArrayViewFromImage(level)[used]
    found = []
    for one in transforms:
        # A copy: a view would outlive the image, whose memory goes back with it.
        resampled = sitk.GetArrayFromImage(sitk.Resample(other, level, one))
        found.append(normalised_mutual_information(values, resampled[used], bins))
    return found[0], np.array(found[1:])


def disturbances(
    gtv: sitk.Image,
    count: int,
    shift_mm: tuple[float, float],
    turn_deg: tuple[float, float],
    seed: int,
) -> list[sitk.Transform]:
    """Shifts and turns about the tumour's centre, in random directions.

    Parameters
    ----------
    gtv : mask
    count : how many
    shift_mm, turn_deg : least and most of each, uniform between
    seed : of directions and amounts
    """
    rng = np.random.default_rng(seed)
    centre = centroid(gtv).tolist()
    made = []
    for _ in range(count):
        direction, axis = (vector / np.linalg.norm(vector) for vector in rng.normal(size=(2, 3)))
        one = sitk.VersorRigid3DTransform()
        one.SetCenter(centre)
        one.SetRotation(axis.tolist(), float(np.radians(rng.uniform(*turn_deg))))
        one.SetTranslation((rng.uniform(*shift_mm) * direction).tolist())
        made.append(one)
    return made
