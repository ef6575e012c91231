"""What a check of a registration says, and where each stops passing."""

from dataclasses import dataclass

PASS, LOOK, FAILED, NOT_KNOWN = "pass", "look", "failed", "not known"


@dataclass(frozen=True)
class CheckLimits:
    """Where a check stops passing. On what each limit stands: docs/registration.md.

    Attributes
    ----------
    backward_failed_mm, backward_look_mm
        Registered backwards, the tumour comes back to itself within this, on average. The first is
        the error that is called wrong: a forward result off by more and a right backward one
        disagree by as much.
    similarity_failed
        Of the places beside the one found, the share where the images are less alike round the
        tumour.
    similarity_neighbours, similarity_mm, similarity_deg
        So many places, shifted and turned by least and most so much.
    similarity_in_plane_mm, similarity_bins
        Voxels averaged to about this; bins per image.
    gtvr_inside_failed, gtvr_margin_mm
        Share of the carried recurrence in the tumour and this margin round it: a recurrence within
        the old tumour is what the study is about.
    covered_failed
        Share of the tumour that the recurrence MRI covers: what it does not show can be called
        neither recurrent nor not. The rest to 1 is for voxels half off its edge.
    overlap_look, region_margin_mm
        Share of the tumour and this margin round it that the recurrence MRI covers: with less there
        is little to register by. The margin is also that of the likeness.
    restart_failed_mm, restart_mm, restart_deg
        Started again from so far away, the registration comes back within this, on average over
        the tumour.
    laterality_failed
        Mutual information of head and recurrence MRI, as it is over with left and right exchanged;
        below 1 somebody should look.
    rotation_look_deg
        A head is rarely turned further between two positionings in a mask or coil.
    """

    backward_failed_mm: float = 2.0
    backward_look_mm: float = 1.0
    similarity_failed: float = 0.95
    similarity_neighbours: int = 24
    similarity_mm: tuple[float, float] = (3.0, 8.0)
    similarity_deg: tuple[float, float] = (2.0, 6.0)
    similarity_in_plane_mm: float = 2.0
    similarity_bins: int = 16
    gtvr_inside_failed: float = 0.95
    gtvr_margin_mm: float = 10.0
    covered_failed: float = 0.99
    overlap_look: float = 0.75
    region_margin_mm: float = 25.0
    restart_failed_mm: float = 2.0
    restart_mm: float = 5.0
    restart_deg: float = 5.0
    laterality_failed: float = 0.95
    rotation_look_deg: float = 15.0


@dataclass(frozen=True)
class Check:
    """One check: ``value`` and ``limit`` in ``unit``, the verdict, a sentence for who reads it.

    ``value`` is None exactly where the verdict is "not known"; the sentence then says why.
    """

    name: str
    value: float | None
    unit: str
    limit: float
    verdict: str
    sentence: str
