"""Rigid registration of the recurrence MRI to the planning MRI, in two stages.

Mutual information is maximised for the whole head, coarsely, from several starts, then for the
tumour and what lies round it. What was measured, and against what: docs/registration.md.
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, inside, require_same_grid, voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import apply, distances_mm, nearest_rigid, rotation_angle_deg
from npcradiomics.registration.mutual_information import maximise, one_thread
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.pyramid import (
    clip,
    crop,
    moving_level,
    quietened,
    region_level,
    shrink,
)
from npcradiomics.registration.result import RegistrationResult, Start
from npcradiomics.registration.starts import NearRecurrence, find_starts


def register(
    fixed: sitk.Image,
    moving: sitk.Image,
    voi: sitk.Image | None = None,
    seed: int = 0,
    *,
    moving_voi: sitk.Image | None = None,
    parameters: RegistrationParameters | None = None,
    initial: sitk.Transform | None = None,
) -> RegistrationResult:
    """Rigid transform of points of the planning MRI to points of the recurrence MRI.

    The result is the same bit for bit on every run, whatever ITK's global number of threads.

    Parameters
    ----------
    fixed, moving : scalar images, three-dimensional, any grid, contrast and header
    voi : mask of the tumour (GTV) on the grid of ``fixed``. Without it all of ``fixed`` is the
        region in both stages: slower, and the neck, which bends, has its say
    seed : for a common signature: nothing here is random, every voxel of the region is used
    moving_voi : mask of the recurrence (GTVr) on the grid of ``moving``: it says where the tumour
        can be
    parameters : settings
    initial : a start from outside (linear, fixed to moving). It replaces all others, and competes
        in the second stage also as it is, unspoilt by the first: so a person can rescue a patient

    Raises
    ------
    ValueError
        With the numbers, for images, masks or starts that cannot be used.

    References
    ----------
    Mattes et al. 2003 for the metric (`mutual_information`); stages and starts are the project's.
    """
    parameters = parameters or RegistrationParameters()
    _require_usable(fixed, moving, voi, moving_voi)
    region = voi if voi is not None else _whole(fixed)
    with one_thread():
        coarse = shrink(crop(region, box_corners(region), 0.0) != 0, parameters.head_in_plane_mm)
        points = voxel_points(coarse > 0.0)
        near = (
            None
            if moving_voi is None
            else NearRecurrence.of(region, moving_voi, parameters.recurrence_reach_mm)
        )
        heads = _head_stage(fixed, moving, region, near, initial, parameters)
        if initial is not None:
            given = heads[0].start
            heads.insert(0, _Candidate("initial, as it is", given, given, heads[0].metric, ""))
        kept = _distinct(heads, points, parameters)
        finals = _region_stage(fixed, moving, region, kept, parameters)
    best = min(finals, key=lambda candidate: _order(candidate, near))
    transform = best.transform
    return RegistrationResult(
        transform=transform,
        rotation_deg=tuple(np.degrees(transform.GetParameters()[:3]).tolist()),
        rotation_angle_deg=rotation_angle_deg(transform),
        translation_mm=tuple(transform.GetTranslation()),
        centre_mm=tuple(transform.GetCenter()),
        metric=best.metric,
        starts=_table(heads, finals, best, points),
    )


def refine(
    fixed: sitk.Image,
    moving: sitk.Image,
    voi: sitk.Image,
    *starts: sitk.Transform,
    parameters: RegistrationParameters | None = None,
) -> sitk.Euler3DTransform:
    """The second stage alone, round ``voi``: of what ``starts`` (linear, fixed to moving) end in, the best."""
    parameters = parameters or RegistrationParameters()
    _require_usable(fixed, moving, voi, None)
    rigid = [nearest_rigid(start, centroid(voi)) for start in starts]
    given = [_Candidate("given", start, start, 0.0, "") for start in rigid]
    with one_thread():
        refined = _region_stage(fixed, moving, voi, given, parameters)
    return max(refined, key=lambda candidate: candidate.metric).transform


@dataclass(frozen=True)
class _Candidate:
    name: str
    start: sitk.Euler3DTransform
    transform: sitk.Euler3DTransform
    metric: float
    note: str


def _order(candidate: _Candidate, near: NearRecurrence | None) -> tuple[bool, float]:
    """Sort key: most mutual information first; what parts recurrence and tumour comes last."""
    if near is None:
        return False, -candidate.metric
    return not near.reached(candidate.transform), -candidate.metric


def _require_usable(
    fixed: sitk.Image, moving: sitk.Image, voi: sitk.Image | None, moving_voi: sitk.Image | None
) -> None:
    for image, name in ((fixed, "fixed image"), (moving, "moving image")):
        if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
            raise ValueError(
                f"{name} has {image.GetDimension()} dimensions and {image.GetNumberOfComponentsPerPixel()} "
                "values per voxel, 3 and 1 needed"
            )
        if min(image.GetSize()) < 4:
            raise ValueError(
                f"{name} has {image.GetSize()} voxels, at least 4 along each axis needed"
            )
        values = sitk.GetArrayViewFromImage(image)
        low, high = values.min(), values.max()
        if not (np.isfinite(low) and np.isfinite(high)):
            bad = np.count_nonzero(~np.isfinite(values))
            raise ValueError(f"{name}: {bad} of {values.size} voxels are not finite")
        if low == high:
            raise ValueError(
                f"{name}: all {values.size} voxels have the value {low:g}, nothing to register"
            )
    for mask, image, name in ((voi, fixed, "fixed"), (moving_voi, moving, "moving")):
        if mask is not None:
            require_same_grid(mask, image, f"contour on the {name} image", f"the {name} image")


def _whole(image: sitk.Image) -> sitk.Image:
    whole = sitk.Image(image.GetSize(), sitk.sitkUInt8) + 1
    whole.CopyInformation(image)
    return whole


def _head_stage(
    fixed: sitk.Image,
    moving: sitk.Image,
    region: sitk.Image,
    near: NearRecurrence | None,
    initial: sitk.Transform | None,
    parameters: RegistrationParameters,
) -> list[_Candidate]:
    """Each start after the first stage, best first.

    Those off the other image are last, with metric -inf.
    """
    p = parameters
    fixed_level, mask = region_level(
        fixed, region, p.head_margin_mm, p.head_in_plane_mm, p.clip_percentile, p.maximum_samples
    )
    moving_whole = clip(shrink(moving, p.head_in_plane_mm), p.clip_percentile)
    if initial is not None:
        starts = {"initial": nearest_rigid(initial, centroid(region))}
    else:
        starts = find_starts(fixed_level, mask, moving_whole, centroid(region), near, p)
    samples = voxel_points(mask)
    candidates = []
    for name, start in starts.items():
        overlap = inside(apply(start, samples), moving).mean()
        if overlap < p.minimum_overlap:
            note = (
                f"{overlap:.0%} of the region in the moving image, {p.minimum_overlap:.0%} needed"
            )
            candidates.append(_Candidate(name, start, start, -np.inf, note))
            continue
        transform, metric = maximise(
            fixed_level,
            moving_whole,
            mask,
            start,
            bins=p.histogram_bins,
            step_mm=p.head_step_mm,
            minimum_step_mm=p.head_minimum_step_mm,
            iterations=p.head_iterations,
            relaxation=p.relaxation,
            rotation_scale_mm=p.rotation_scale_mm,
        )
        candidates.append(_Candidate(name, start, transform, metric, ""))
    if all(np.isinf(candidate.metric) for candidate in candidates):
        raise ValueError(
            "no start lays the region round the tumour on the moving image: "
            + "; ".join(f"{candidate.name}: {candidate.note}" for candidate in candidates)
        )
    return sorted(candidates, key=lambda candidate: _order(candidate, near))


def _distinct(
    candidates: list[_Candidate], points: np.ndarray, parameters: RegistrationParameters
) -> list[_Candidate]:
    kept = []
    for candidate in candidates:
        apart = [
            distances_mm(candidate.transform, other.transform, points).mean() for other in kept
        ]
        contends = candidate.metric >= parameters.contender * candidates[0].metric
        if contends and all(distance >= parameters.distinct_mm for distance in apart):
            kept.append(candidate)
    return kept[: parameters.optima]


def _region_stage(
    fixed: sitk.Image,
    moving: sitk.Image,
    region: sitk.Image,
    candidates: list[_Candidate],
    parameters: RegistrationParameters,
) -> list[_Candidate]:
    """The candidates after the second stage.

    All use one crop of the moving image: their metrics compare.
    """
    p = parameters
    for in_plane_mm, step_mm in zip(p.region_in_plane_mm, p.region_step_mm, strict=True):
        fixed_level, mask = region_level(
            fixed, region, p.region_margin_mm, in_plane_mm, p.clip_percentile, p.maximum_samples
        )
        fixed_level = quietened(fixed_level, p.noisy, p.noisy_smoothing_mm)
        corners = box_corners(mask)
        reached = np.concatenate([apply(candidate.transform, corners) for candidate in candidates])
        moving_crop = moving_level(
            moving, reached, p.moving_margin_mm, in_plane_mm, p.clip_percentile
        )
        moving_crop = quietened(moving_crop, p.noisy, p.noisy_smoothing_mm)
        refined = []
        for candidate in candidates:
            transform, metric = maximise(
                fixed_level,
                moving_crop,
                mask,
                candidate.transform,
                bins=p.histogram_bins,
                step_mm=step_mm,
                minimum_step_mm=p.region_minimum_step_mm,
                iterations=p.region_iterations,
                relaxation=p.relaxation,
                rotation_scale_mm=p.rotation_scale_mm,
            )
            refined.append(_Candidate(candidate.name, candidate.start, transform, metric, ""))
        candidates = refined
    return candidates


def _table(
    heads: list[_Candidate], finals: list[_Candidate], best: _Candidate, points: np.ndarray
) -> tuple[Start, ...]:
    by_name = {candidate.name: candidate for candidate in finals}
    rows = []
    for head in heads:
        last = by_name.get(head.name, head)
        rows.append(
            Start(
                name=head.name,
                start=_numbers(head.start),
                stage="region" if head.name in by_name else "head",
                final=_numbers(last.transform),
                metric=None if np.isinf(last.metric) else last.metric,
                chosen=last is best,
                agreement_mm=float(distances_mm(last.transform, best.transform, points).mean()),
                note=head.note,
            )
        )
    return tuple(rows)


def _numbers(transform: sitk.Euler3DTransform) -> tuple[float, ...]:
    parameters = transform.GetParameters()
    return (*np.degrees(parameters[:3]).tolist(), *parameters[3:])
