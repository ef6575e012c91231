"""The dose of one patient's recurrence: every figure with its interval, the class and the type of the failure.

The interval is that of the registration's error: GTVr is moved within it, and everything is
measured again. The tumour, the dose and the target volumes stay where they were planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import SimpleITK as sitk

from npcradiomics.dose.failure import AGREEMENT, CLASSES, TYPES, Target, failure_class, failure_type
from npcradiomics.dose.histogram import DOSES, cumulative, dose_figures, eqd2, share_reaching
from npcradiomics.dose.solids import Solid, signed_distance, surface, value_at
from npcradiomics.images.grids import inside
from npcradiomics.images.transforms import apply

STRUCTURES = ("gtvr", "gtvr_inside_gtv", "non_recurrent", "gtv")
PERCENT, VOLUME, EQD2 = "% of prescription", "% of volume", "Gy EQD2"
CURVE_COLUMNS = ("structure", "dose_percent", "volume_percent")
INTERVAL = (5.0, 95.0)  # percentiles of the shifts: the middle 90 %, as the registration's error
MOST_POINTS = 20_000  # of a structure in a shift: an interval needs no more


@dataclass(frozen=True, eq=False)
class Plan:
    """What is known of a patient's treatment, in the planning frame.

    Attributes
    ----------
    dose
        Gy, on its own grid; or None.
    isodose95
        Mask, where there is no dose.
    prescription_gy
        Needed with a dose.
    fractions, alpha_beta_gy
        For EQD2; None where not known.
    targets
        (name, prescription in Gy, mask) of each target volume.
    """

    dose: sitk.Image | None = None
    isodose95: sitk.Image | None = None
    prescription_gy: float | None = None
    fractions: int | None = None
    alpha_beta_gy: float | None = None
    targets: Sequence[tuple[str, float, sitk.Image]] = field(default=())


class RecurrenceDose(NamedTuple):
    """What is known of a recurrence's dose.

    figures: rows of structure, quantity, unit, value, low, high; failure: class, type and what they
    stand on; curves: rows of structure, dose_percent, volume_percent.
    """

    figures: list[dict]
    failure: dict
    curves: list[dict]


def measure_recurrence(
    gtv: sitk.Image,
    gtvr: sitk.Image,
    plan: Plan,
    shifts: Sequence[sitk.Transform] = (),
    *,
    in_field: float = 0.95,
    marginal: float = 0.20,
) -> RecurrenceDose:
    """Measure the dose of a recurrence.

    Parameters
    ----------
    gtv, gtvr : 0/1
        On one grid, the planning MRI's; neither empty.
    plan
        With a dose or an isodose.
    shifts
        Transforms of points of that grid, each of which moves GTVr as the registration may be off
        (`registration.error.draw_perturbations`); none: no intervals.
    in_field, marginal
        Limits of `failure_class`.

    Raises
    ------
    ValueError
        Neither dose nor isodose; a dose without prescription.
    """
    if plan.dose is None and plan.isodose95 is None:
        raise ValueError("neither dose nor isodose95 is known: there is nothing to measure")
    if plan.dose is not None and not (plan.prescription_gy or 0.0) > 0.0:
        raise ValueError(
            f"prescription of {plan.prescription_gy} Gy: a dose needs one above 0 (prescription_gy)"
        )
    site = _Site(gtv, gtvr, plan)
    measured = site.measure()
    moved = [site.measure(shift) for shift in shifts]
    figures = [
        {"structure": structure, "quantity": quantity, "unit": unit, "value": value}
        | _interval(value, [m.figures[structure, quantity, unit] for m in moved])
        for (structure, quantity, unit), value in measured.figures.items()
    ]
    if plan.dose is not None:
        whole = _structure_figures(site.gtv_doses, plan)
        figures += [
            {"structure": "gtv", "quantity": quantity, "unit": unit, "value": value}
            | _interval(value, [])
            for (quantity, unit), value in whole.items()
        ]
    failure = _failure(measured, moved, in_field, marginal)
    failure["share_outside_dose_grid"] = site.share_outside()
    return RecurrenceDose(figures, failure, site.curves(measured))


class _Placement(NamedTuple):
    figures: dict
    share: float
    kind: tuple[str, str]  # type and target volume of origin, "" where not known
    doses: dict


class _Site:
    """GTV, GTVr and the plan as bodies and surfaces, measured for any place of GTVr."""

    def __init__(self, gtv, gtvr, plan):
        self.plan, self.gtv, self.gtvr = plan, Solid(gtv), Solid(gtvr)
        self.targets = [(name, gray, Solid(mask)) for name, gray, mask in plan.targets]
        self.gtv_points, self.gtvr_points = self.gtv.points(), self.gtvr.points()
        self.centroid = self.gtvr_points.mean(axis=0, keepdims=True)
        self.gtv_centroid = self.gtv_points.mean(axis=0)
        self.gtv_surface = self.gtv.surface()
        if plan.dose is None:
            self.isodose = Solid(plan.isodose95)
            self.isodose_surface = self.isodose.surface()
        else:
            self.gtv_doses = value_at(self.gtv_points, plan.dose)
            self.isodose_surface = surface(plan.dose, 0.95 * plan.prescription_gy)

    def share_outside(self):
        """Share of GTV and GTVr beyond the dose grid, where the dose counts as 0; None without a dose."""
        if self.plan.dose is None:
            return None
        points = np.concatenate([self.gtv_points, self.gtvr_points])
        return float(1.0 - inside(points, self.plan.dose).mean())

    def measure(self, shift=None):
        """The _Placement with GTVr where it was found, or moved by a shift."""
        recurrent, tumour, centroid = self.gtvr_points, slice(None), self.centroid
        if shift is not None:
            recurrent = apply(shift, recurrent[_thinned(recurrent)])
            tumour, centroid = _thinned(self.gtv_points), apply(shift, centroid)
        figures, doses = {}, {}
        if self.plan.dose is None:
            share = float(self.isodose.holds(recurrent).mean())
            figures["gtvr", "v95", VOLUME] = 100.0 * share
        else:
            doses = self._doses(recurrent, tumour, shift)
            for structure, values in doses.items():
                found = _structure_figures(values, self.plan)
                figures |= {(structure, *key): value for key, value in found.items()}
            share = figures["gtvr", "v95", VOLUME] / 100.0
        figures |= self._of_centroid(centroid)
        return _Placement(figures, share, self._type(centroid, figures), doses)

    def _doses(self, recurrent, tumour, shift):
        at_recurrent = value_at(recurrent, self.plan.dose)
        points = self.gtv_points[tumour]
        back = points if shift is None else apply(shift.GetInverse(), points)
        return {
            "gtvr": at_recurrent,
            "gtvr_inside_gtv": at_recurrent[self.gtv.holds(recurrent)],
            "non_recurrent": self.gtv_doses[tumour][~self.gtvr.holds(back)],
        }

    def _of_centroid(self, centroid):
        found = {}
        if self.plan.dose is None:
            covered = bool(self.isodose.holds(centroid)[0])
        else:
            dose = float(value_at(centroid, self.plan.dose)[0])
            covered = dose >= 0.95 * self.plan.prescription_gy
            found["dose", "Gy"] = dose
            found["dose", PERCENT] = dose * 100.0 / self.plan.prescription_gy
            if self.plan.fractions and self.plan.alpha_beta_gy:
                found["dose", EQD2] = eqd2(dose, self.plan.fractions, self.plan.alpha_beta_gy)
        for name, surface_mm, within in (
            ("distance_to_isodose95", self.isodose_surface, covered),
            ("distance_to_gtv_surface", self.gtv_surface, bool(self.gtv.holds(centroid)[0])),
        ):
            found[name, "mm"] = signed_distance(centroid[0], within, surface_mm)
        apart = np.linalg.norm(centroid[0] - self.gtv_centroid)
        found["distance_to_gtv_centroid", "mm"] = float(apart)
        return {("centroid", *key): value for key, value in found.items()}

    def _type(self, centroid, figures):
        if self.plan.dose is None or not self.targets:
            return "", ""
        targets = [
            Target(name, gray, bool(target.holds(centroid)[0]))
            for name, gray, target in self.targets
        ]
        return failure_type(targets, figures["gtvr", "d95", "Gy"])

    def curves(self, measured):
        """Cumulative histograms of all structures."""
        rows = []
        if self.plan.dose is None:
            return rows
        for structure, doses in (measured.doses | {"gtv": self.gtv_doses}).items():
            steps, volumes = cumulative(doses, self.plan.prescription_gy)
            rows += [
                {"structure": structure, "dose_percent": dose, "volume_percent": volume}
                for dose, volume in zip(steps.tolist(), volumes.tolist(), strict=True)
            ]
        return rows


def _structure_figures(doses_gy, plan):
    """{(quantity, unit): value} of one structure."""
    values = dict(zip(DOSES, dose_figures(doses_gy).tolist(), strict=True))
    found = {(name, "Gy"): value for name, value in values.items()}
    found |= {
        (name, PERCENT): value * 100.0 / plan.prescription_gy for name, value in values.items()
    }
    for name, percent in (("v95", 95.0), ("v90", 90.0)):
        share = share_reaching(doses_gy, plan.prescription_gy, percent)
        found[name, VOLUME] = 100.0 * share
    if plan.fractions and plan.alpha_beta_gy:
        same = dose_figures(eqd2(doses_gy, plan.fractions, plan.alpha_beta_gy))
        found |= {(name, EQD2): value for name, value in zip(DOSES, same.tolist(), strict=True)}
    return found


def _thinned(points):
    return slice(None, None, max(1, -(-len(points) // MOST_POINTS)))


def _interval(value, moved):
    """The middle 90 % of the shifts, widened to the value itself where that lies beyond."""
    known = [one for one in moved if not np.isnan(one)]
    if not known or np.isnan(value):
        return {"low": np.nan, "high": np.nan}
    low, high = np.percentile(known, INTERVAL)
    return {"low": min(float(low), value), "high": max(float(high), value)}


def _failure(measured, moved, in_field, marginal):
    share = _interval(measured.share, [m.share for m in moved])
    found = {
        key: failure_class(value, in_field, marginal)
        for key, value in (("class", measured.share), *share.items())
        if not np.isnan(value)
    }
    kind, origin = measured.kind
    agreeing = [m.kind[0] == kind for m in moved]
    agreement = float(np.mean(agreeing)) if kind and moved else None
    reached = sorted({*found.values()}, key=CLASSES.index)
    return {
        "class": found["class"],
        "share_in_isodose95": measured.share,
        "share_low": _or_none(share["low"]),
        "share_high": _or_none(share["high"]),
        "borderline": len(reached) > 1 if moved else None,
        "classes_within_interval": ", ".join(reached),
        "type": kind or None,
        "type_words": TYPES.get(kind),
        "origin": origin or None,
        "type_agreement": agreement,
        "type_borderline": None if agreement is None else agreement < AGREEMENT,
        "n_shifts": len(moved),
    }


def _or_none(value):
    return None if np.isnan(value) else value
