"""What stands on the page of one patient's registration."""

from collections.abc import Sequence

import numpy as np
import SimpleITK as sitk
from matplotlib import colormaps
from matplotlib.colors import to_hex

from npcradiomics.cohort.sequences import label_of
from npcradiomics.cohort.standing import Standing
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.publication.pages.registration_overview import standing_content
from npcradiomics.publication.pages.registration_pictures import (
    MAP_COLOURS,
    MARGIN_MM,
    ExaminationPair,
    Volumes,
    head_cuts,
    joint_histogram,
    tumour_cuts,
)
from npcradiomics.publication.pages.viewer import viewer_content
from npcradiomics.registration.verdict import limit_words, title, value_words, worst_check

AXES = ("x: nodding", "y: leaning to a side", "z: turning left and right")
DIRECTIONS = ("x: to the patient's left", "y: to the back", "z: to the head")


def page_content(
    pair: ExaminationPair,
    quality: dict,
    stands: Standing,
    simulated: bool,
    compared: dict | None = None,
    departures: str = "",
    dose: dict | None = None,
    dose_image: sitk.Image | None = None,
    intensity: dict | None = None,
    sequences: Sequence[str] = (),
) -> dict:
    """Content of the template registration_page.html for one patient.

    pair        both examinations on the planning grid
    quality     the record of rule register_recurrence
    stands      in the cohort or out of it, and why
    compared    the record of rule deform_recurrence; None without that mode
    departures  settings that are not the defaults, of notices
    dose        of pages.dose; None where it is not known, or nothing is computed
    dose_image  in gray, for the viewer; None where it is not known
    intensity   of pages.intensity; None where intensities are as scanned
    sequences   further ones of the patient, whose pages are tabs
    """
    box = pair.round_tumour(MARGIN_MM)
    tumour = Volumes(box, pair.planning)
    full_scale_mm = full_scale_of(quality)
    return (
        common_content(pair, tumour, quality)
        | standing_content(quality["patient"], stands, quality["verdict"])
        | {
            "root": "../../../",
            "tabs": tabs_of(sequences, ""),
            "sequence": "",
            "moving": "recurrence MRI",
            "moving_short": "recurrence",
            "simulated": simulated,
            "departures": departures,
            "gtvr_shown": bool(tumour.masks["gtvr"].any()),
            "discrepancy": _discrepancy_words(tumour, full_scale_mm),
            "deformable": _deformable_words(compared),
            "dose": dose,
            "intensity": intensity,
            "viewer": viewer_content(box, dose_image),
        }
    )


def common_content(pair: ExaminationPair, tumour: Volumes, quality: dict) -> dict:
    """What the template shows of any image that is registered to the planning MRI: checks, motion and pictures.

    pair        both images on the planning grid
    tumour      cuts of its part round the tumour
    quality     the record of the registration
    """
    cuts = tumour_cuts(tumour, full_scale_of(quality))
    start = {
        plane: f"tumour-{plane}-{tumour.key_slice(plane)}"
        for plane in ("axial", "coronal", "sagittal")
    }
    return {
        "worst": worst_check(quality),
        "source": quality["source"],
        "checks": [
            check
            | {
                "title": title(check),
                "value_words": value_words(check),
                "limit_words": limit_words(check),
            }
            for check in quality["checks"].values()
        ],
        "rotation": list(zip(AXES, quality["rotation_deg"], strict=True)),
        "translation": list(zip(DIRECTIONS, quality["translation_mm"], strict=True)),
        "quality": quality,
        "cuts": cuts,
        "whole": head_cuts(Volumes(pair.thinned(), pair.planning)),
        "start": start,
        "glance": [next(c for c in cuts if c["id"] == start[plane]) for plane in start],
        "histograms": {name: joint_histogram(tumour, name) for name in ("before", "after")},
        "margin_mm": MARGIN_MM,
        "colours": CONTOUR_COLOURS,
    }


def full_scale_of(quality: dict) -> float:
    """Full scale in mm of the map of the discrepancy: the limit of the backward check."""
    backward = quality["checks"].get("backward")
    return backward["limit"] if backward else 2.0


def tabs_of(sequences: Sequence[str], here: str) -> list[dict]:
    """The tabs of the pages of one patient, from the page ``here``: the recurrence MRI ("") and each sequence.

    None where there is no further sequence.
    """
    up = "../../../" if here else "../"
    return [
        {
            "words": label_of(name) if name else "recurrence MRI",
            "page": f"{up}{f'sequences/{name}/' if name else ''}registration/report.html",
            "here": name == here,
        }
        for name in ("", *sequences)
        if sequences
    ]


def _discrepancy_words(volumes: Volumes, full_scale_mm: float) -> dict | None:
    if "discrepancy" not in volumes.arrays:
        return None
    values = volumes.arrays["discrepancy"][volumes.masks["gtv"]]
    return {
        "mean": float(values.mean()),
        "highest": float(values.max()),
        "full_scale_mm": full_scale_mm,
        "scale": [to_hex(colormaps[MAP_COLOURS](s)) for s in np.linspace(0.0, 1.0, 6).tolist()],
    }


def _deformable_words(found: dict | None) -> dict | None:
    """Both ways of carrying GTVr in words; the reason where one is not known; None without the mode."""
    if found is None or "not_known" in found:
        return found
    rows = []
    for name, words in (
        ("gtvr_ml", "GTVr, mL"),
        ("in_gtv_fraction", "share of GTVr inside the GTV"),
        ("in_field_fraction", "share of GTVr inside the 95 % isodose"),
    ):
        values = [found[side][name] for side in ("rigid", "deformed")]
        form = "{:.2f}".format if name == "gtvr_ml" else lambda share: f"{100 * share:.1f} %"
        rows.append((words, *("not known" if v is None else form(v) for v in values)))
    shift = ", ".join(f"{v:+.1f}" for v in found["centroid_shift_mm"])
    changed = found["recurrent_changed_fraction"]
    sentence = (
        f"Dice of the two {found['dice']:.2f}; the centre moves by "
        f"{found['centroid_distance_mm']:.1f} mm (x, y, z: {shift}); "
        f"{'an unknown share' if changed is None else f'{changed:.0%}'} of the voxels in either recurrent region "
        "are in one of them only."
    )
    return {"rows": rows, "sentence": sentence}
