"""Settings of the registration."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RegistrationParameters:
    """Settings of `register`; the defaults are those that were measured (docs/registration.md).

    Attributes
    ----------
    clip_percentile
        Intensities above are cut: a bright tail would take most of the histogram's bins.
    histogram_bins
        Of the joint histogram, per image. 32 left an error 5 % larger (mean of 8 heads).
    rotation_scale_mm
        Length at which a rotation counts as a shift: about the radius of the region used.
    relaxation
        The step is multiplied by it when the gradient turns round; 0.5 gives up sooner.
    head_margin_mm
        First stage: what lies within this distance of the tumour. It takes in the skull and its
        base, and leaves out most of the neck and shoulders, which bend.
    head_in_plane_mm
        First stage: voxels are averaged to about this; slices as thick are left alone.
    head_step_mm, head_minimum_step_mm, head_iterations
        First stage: first and last step, and the limit of iterations.
    minimum_overlap
        A start is dropped if less of the region lies in the other image.
    optima
        How many distinct results of the first stage enter the second, which decides better than
        the first which is right.
    contender
        Their mutual information is at least this share of the best one's: what a start 50 mm off
        ends in has a fifth of it, and would double the time.
    distinct_mm
        Results of the first stage nearer than this (mean over the tumour) are one optimum.
    region_margin_mm
        Second stage: what lies within this distance of the tumour. 25 mm left an error larger by a
        quarter (mean of 8 heads); 60 mm takes in the neck, which bends.
    region_in_plane_mm, region_step_mm
        Second stage, one value per level: averaging and first step.
    region_minimum_step_mm, region_iterations
        Second stage: last step, and the limit of iterations per level.
    moving_margin_mm
        Second stage: the moving image is cropped to where the candidates put the region, and this
        much more: room to move.
    maximum_samples
        Voxels of a level; more are averaged, which bounds time where voxels are small or the
        region is the whole image.
    search_step_mm, search_bins
        Search of all shifts: the grid's step, and the bins of the joint histogram per image.
    search_turn_deg
        Searched are no turn, and one by so much to either side about each axis.
    search_starts, search_distinct_mm
        So many of what is found are starts, at least so far apart.
    recurrence_reach_mm
        Where GTVr is known: a transform that takes the tumour's centre further from GTVr's than
        the larger of both contours reaches, and this much more, is chosen only for want of others.
    noisy, noisy_smoothing_mm
        Second stage: an image with more noise (SD, as a share of the range of its grey values) is
        smoothed by a Gaussian of this SD. Real images had at most 0.06; in noise of 0.14 to 0.21
        the finest level is so rough that restarts end apart.
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
    search_step_mm: float = 10.0
    search_bins: int = 4
    search_turn_deg: float = 14.0
    search_starts: int = 2
    search_distinct_mm: float = 30.0
    recurrence_reach_mm: float = 10.0
    noisy: float = 0.1
    noisy_smoothing_mm: float = 1.0

    def __post_init__(self) -> None:
        if len(self.region_in_plane_mm) != len(self.region_step_mm) or not self.region_in_plane_mm:
            raise ValueError(
                f"region_in_plane_mm has {len(self.region_in_plane_mm)} levels, region_step_mm "
                f"{len(self.region_step_mm)}: one value per level in both, at least one level"
            )
