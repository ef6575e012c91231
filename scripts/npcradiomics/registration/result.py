"""What a registration found, and from where."""

from dataclasses import asdict, dataclass

import SimpleITK as sitk


@dataclass(frozen=True)
class Start:
    """One start and what became of it; rotations about x, y, z in degrees and shifts in mm.

    Attributes
    ----------
    start, final
        Before, and after the last stage that it went through ("head" or "region", in ``stage``).
    metric
        Mutual information there: nats, times the share of the region in the image; more is better.
        None for a start that was dropped.
    agreement_mm
        Mean distance over the tumour between this start's result and the chosen transform.
    note
        Why it was dropped, or empty.
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

    Attributes
    ----------
    transform
        Maps planning (fixed) points to recurrence (moving) points: resamples the recurrence MRI
        onto the planning grid. Centred on the tumour.
    rotation_deg, rotation_angle_deg
        About x, y, z, (3,), and the angle of the one rotation they make.
    translation_mm, centre_mm
        (3,) of the tumour's centre, and where that is.
    metric
        Mutual information of the last level: nats, times the share of the region in the image.
    starts
        The table of starts.
    restarted
        Whether it was found from a restart of another one (`restarts.register_and_check`).
    """

    transform: sitk.Euler3DTransform
    rotation_deg: tuple[float, ...]
    rotation_angle_deg: float
    translation_mm: tuple[float, ...]
    centre_mm: tuple[float, ...]
    metric: float
    starts: tuple[Start, ...]
    restarted: bool = False

    def starts_table(self) -> list[dict]:
        """The starts as rows that JSON can hold."""
        return [asdict(start) for start in self.starts]
