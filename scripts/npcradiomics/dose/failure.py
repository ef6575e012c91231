"""What kind of failure a recurrence is: in field, marginal or outside; and the types A to E."""

from collections.abc import Sequence
from typing import NamedTuple

CLASSES = ("in field", "marginal", "outside")
TYPES = {
    "A": "central high dose",
    "B": "peripheral high dose",
    "C": "central elective dose",
    "D": "peripheral elective dose",
    "E": "extraneous dose",
}
COVERED = 0.95  # of the target's prescription, by the failure's D95
AGREEMENT = 0.95  # of the shifts, below which a type is borderline


class Target(NamedTuple):
    """A target volume of the plan, its prescription in gray, and whether a failure's centroid lies in it."""

    name: str
    prescription_gy: float
    holds_centroid: bool


def failure_class(share: float, in_field: float = 0.95, marginal: float = 0.20) -> str:
    """The class by the share of GTVr inside the 95 % isodose: in field, marginal or outside.

    Parameters
    ----------
    share : 0 to 1
    in_field, marginal
        From this share on.

    References
    ----------
    Li et al. 2018, OncoTargets Ther. 11, 2545, and Radiat. Oncol. 9, 60 (2014), both of
    nasopharyngeal carcinoma: in field from 95 %, marginal 20 to 95 %, outside below 20 %.
    """
    if share >= in_field:
        return "in field"
    return "marginal" if share >= marginal else "outside"


def failure_type(targets: Sequence[Target], d95_gy: float) -> tuple[str, str]:
    """The type of a failure, "A" to "E", and the name of the target volume it came from ("" for E).

    It came from the target volume of the highest prescription that holds its centroid. If this is
    the highest prescription of all, it is of high dose (A, B), else elective (C, D); central (A, C)
    if the failure's D95 is at least 95 % of that prescription, peripheral (B, D) if not. Outside
    all target volumes it is of type E.

    Parameters
    ----------
    targets
        One or more.
    d95_gy : Gy
        D95 of the failure.

    References
    ----------
    Mohamed et al. 2016, Radiat. Oncol. 11, 95.
    """
    holding = [target for target in targets if target.holds_centroid]
    if not holding:
        return "E", ""
    origin = max(holding, key=lambda target: target.prescription_gy)
    high = origin.prescription_gy == max(target.prescription_gy for target in targets)
    central = d95_gy >= COVERED * origin.prescription_gy
    return ("AB" if high else "CD")[not central], origin.name
