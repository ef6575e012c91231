"""Rigid registration of the recurrence MRI to the planning MRI, in two stages round the tumour.

Mutual information is maximised for the whole head, coarsely, from several starts, then for the
tumour and what lies round it. What was measured, and against what: benchmarks/registration.py.
"""

from dataclasses import asdict, dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, inside, require_same_grid, voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import (
    apply,
    distances_mm,
    euler,
    nearest_rigid,
    rotation_angle_deg,
)
from npcradiomics.registration.mutual_information import maximise, one_thread
from npcradiomics.registration.pyramid import clip, crop, moving_level, region_level, shrink


@dataclass(frozen=True)
class RegistrationParameters:
    """Settings of `register`; the defaults are those that were measured (benchmarks/registration.py).

    clip_percentile         intensities above are cut: a bright tail would take most of the histogram's bins
    histogram_bins          of the joint histogram, per image. 32 left an error 5 % larger (mean of 8 heads)
    rotation_scale_mm       length at which a rotation counts as a shift: about the radius of the region used
    relaxation              the step is multiplied by it when the gradient turns round; 0.5 gives up sooner
    head_margin_mm          first stage: what lies within this distance of the tumour: takes in the skull and
                            its base, and leaves out most of the neck and shoulders, which bend
    head_in_plane_mm        first stage: voxels are averaged to about this; slices as thick are left alone
    head_step_mm, head_minimum_step_mm, head_iterations
                            first stage: first and last step, and the limit of iterations
    minimum_overlap         a start is dropped if less of the region lies in the other image
    optima                  how many distinct results of the first stage enter the second: the second decides
                            better than the first which is right
    contender               ... and their mutual information is at least this share of the best one's: what a
                            start 50 mm off ends in has a fifth of it, and would double the time
    distinct_mm             results of the first stage nearer than this (mean over the tumour) are one optimum
    region_margin_mm        second stage: what lies within this distance of the tumour. 25 mm left an error
                            larger by a quarter (mean of 8 heads); 60 mm takes in the neck, which bends
    region_in_plane_mm, region_step_mm
                            second stage, one value per level: averaging and first step
    region_minimum_step_mm, region_iterations
                            second stage: last step, and the limit of iterations per level
    moving_margin_mm        second stage: the moving image is cropped to where the candidates put the region,
                            and this much more: room to move
    maximum_samples         voxels of a level; more are averaged, which bounds time where voxels are small or
                            the region is the whole image
    """

    clip_percentile: float = 99.5
    histogram_bins: int = 48
    rotation_scale_mm: float = 45.0
    relaxation: float = 0.6
    head_margin_mm: float = 60.0
    head_in_plane_mm: float = 4.0
    head_step_mm: float = 4.0
    head_minimum_step_mm: float = 0.05
    head_iterations: int = 60
    minimum_overlap: float = 0.25
    optima: int = 2
    contender: float = 0.5
    distinct_mm: float = 3.0
    region_margin_mm: float = 35.0
    region_in_plane_mm: tuple[float, ...] = (2.0, 1.0)
    region_step_mm: tuple[float, ...] = (1.0, 0.5)
    region_minimum_step_mm: float = 0.01
    region_iterations: int = 80
    moving_margin_mm: float = 15.0
    maximum_samples: int = 400_000

    def __post_init__(self) -> None:
        if len(self.region_in_plane_mm) != len(self.region_step_mm) or not self.region_in_plane_mm:
            raise ValueError(
                f"region_in_plane_mm has {len(self.region_in_plane_mm)} levels, region_step_mm "
                f"{len(self.region_step_mm)}: one value per level in both, at least one level"
            )


@dataclass(frozen=True)
class Start:
    """One start and what became of it; parameters are rotations about x, y, z in degrees and shifts in mm.

    final           after the last stage the start went through ("head" or "region", as ``stage`` says)
    metric          mutual information there: nats, times the share of the region in the image; more is better.
                    None for a start that was dropped, ``note`` says why
    agreement_mm    mean distance over the tumour between this start's result and the chosen transform
    note            why it was dropped, or empty
    """

    name: str
    start: tuple[float, ...]
    stage: str
    final: tuple[float, ...]
    metric: float | None
    chosen: bool
    agreement_mm: float
    note: str


@dataclass(frozen=True)
class RegistrationResult:
    """What `register` found.

    transform       maps planning (fixed) points to recurrence (moving) points: resamples the recurrence MRI
                    onto the planning grid; centred on the tumour
    rotation_deg    about x, y, z, (3,); `rotation_angle_deg` is the angle of the one rotation they make
    translation_mm  of the tumour's centre, (3,)
    metric          mutual information of the last level: nats, times the share of the region in the image
    starts          the table of starts
    """

    transform: sitk.Euler3DTransform
    rotation_deg: tuple[float, ...]
    rotation_angle_deg: float
    translation_mm: tuple[float, ...]
    centre_mm: tuple[float, ...]
    metric: float
    starts: tuple[Start, ...]

    def starts_table(self) -> list[dict]:
        """The starts as rows that JSON can hold."""
        return [asdict(start) for start in self.starts]


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
    """Rigid transform that takes points of ``fixed`` (planning MRI) to points of ``moving`` (recurrence MRI).

    fixed, moving   scalar images, three-dimensional, any grid, contrast and header
    voi             mask of the tumour (GTV) on the grid of ``fixed``. Without it all of ``fixed`` is the
                    region in both stages: slower, and the neck, which bends, has its say
    seed            for a common signature: nothing here is random, every voxel of the region is used
    moving_voi      mask of the recurrence (GTVr) on the grid of ``moving``: its centre laid on that of the
                    tumour is the best of the starts
    initial         a start from outside (linear, fixed to moving). It replaces all others, and competes in
                    the second stage also as it is, unspoilt by the first: so a person can rescue a patient

    The result is the same bit for bit on every run, whatever ITK's global number of threads. Raises
    ValueError with the numbers for images, masks or starts that cannot be used.

    Source: Mattes et al. 2003 for the metric (`mutual_information`); stages and starts are the
    project's.
    """
    parameters = parameters or RegistrationParameters()
    _require_usable(fixed, moving, voi, moving_voi)
    region = voi if voi is not None else _whole(fixed)
    centre = centroid(region)
    with one_thread():
        coarse = shrink(crop(region, box_corners(region), 0.0) != 0, parameters.head_in_plane_mm)
        points = voxel_points(coarse > 0.0)
        starts = _starts(fixed, moving, centre, moving_voi, initial)
        heads = _head_stage(fixed, moving, region, starts, parameters)
        if initial is not None:
            heads.insert(
                0,
                _Candidate(
                    "initial, as it is", starts["initial"], starts["initial"], heads[0].metric, ""
                ),
            )
        kept = _distinct(heads, points, parameters)
        finals = _region_stage(fixed, moving, region, kept, parameters)
    best = max(finals, key=lambda candidate: candidate.metric)
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
    start: sitk.Transform,
    parameters: RegistrationParameters | None = None,
) -> sitk.Euler3DTransform:
    """The second stage alone, from ``start`` (linear, fixed to moving), round the tumour ``voi``."""
    parameters = parameters or RegistrationParameters()
    _require_usable(fixed, moving, voi, None)
    rigid = nearest_rigid(start, centroid(voi))
    given = _Candidate("given", rigid, rigid, 0.0, "")
    with one_thread():
        (refined,) = _region_stage(fixed, moving, voi, [given], parameters)
    return refined.transform


@dataclass(frozen=True)
class _Candidate:
    name: str
    start: sitk.Euler3DTransform
    transform: sitk.Euler3DTransform
    metric: float
    note: str


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


def _starts(
    fixed: sitk.Image,
    moving: sitk.Image,
    centre: np.ndarray,
    moving_voi: sitk.Image | None,
    initial: sitk.Transform | None,
) -> dict[str, sitk.Euler3DTransform]:
    """The starts by name.

    A header 50 mm off spoils one of them, a field of view cut elsewhere another.
    """
    if initial is not None:
        return {"initial": nearest_rigid(initial, centre)}
    shifts = {}
    if moving_voi is not None:
        shifts["contours"] = centroid(moving_voi) - centre
    shifts["header"] = np.zeros(3)
    shifts["moments"] = _foreground_centre(moving) - _foreground_centre(fixed)
    shifts["geometry"] = _middle(moving) - _middle(fixed)
    return {name: euler(centre, translation_mm=shift) for name, shift in shifts.items()}


def _middle(image: sitk.Image) -> np.ndarray:
    return np.array(
        image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()])
    )


def _foreground_centre(image: sitk.Image) -> np.ndarray:
    small = shrink(image, 4.0)
    return centroid(sitk.OtsuThreshold(small, 0, 1))


def _head_stage(
    fixed: sitk.Image,
    moving: sitk.Image,
    region: sitk.Image,
    starts: dict[str, sitk.Euler3DTransform],
    parameters: RegistrationParameters,
) -> list[_Candidate]:
    """Each start after the first stage, best first;

    those off the other image are last, with metric -inf.
    """
    p = parameters
    fixed_level, mask = region_level(
        fixed, region, p.head_margin_mm, p.head_in_plane_mm, p.clip_percentile, p.maximum_samples
    )
    moving_whole = clip(shrink(moving, p.head_in_plane_mm), p.clip_percentile)
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
    return sorted(candidates, key=lambda candidate: -candidate.metric)


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
        corners = box_corners(mask)
        reached = np.concatenate([apply(candidate.transform, corners) for candidate in candidates])
        moving_crop = moving_level(
            moving, reached, p.moving_margin_mm, in_plane_mm, p.clip_percentile
        )
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
