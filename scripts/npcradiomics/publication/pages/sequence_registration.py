"""What stands on the tab of one further sequence: how it lies to the planning MRI."""

from collections.abc import Sequence

import SimpleITK as sitk

from npcradiomics.cohort.sequences import is_diffusion, label_of
from npcradiomics.publication.pages.registration import common_content, tabs_of
from npcradiomics.publication.pages.registration_overview import colour
from npcradiomics.publication.pages.registration_pictures import (
    MARGIN_MM,
    ExaminationPair,
    Volumes,
)


def sequence_pair(
    planning: sitk.Image, sequence: sitk.Image, on_planning: sitk.Image, gtv: sitk.Image
) -> ExaminationPair:
    """The planning MRI and a sequence on its grid, before (as the headers place it) and after; no GTVr."""
    nowhere = gtv * 0
    before = sitk.Resample(sequence, planning, sitk.Transform(), sitk.sitkLinear, 0.0)
    return ExaminationPair(planning, before, on_planning, gtv, nowhere, nowhere, None)


def sequence_content(
    pair: ExaminationPair,
    quality: dict,
    sequences: Sequence[str],
    reason: str,
    column: str,
    simulated: bool,
    departures: str = "",
) -> dict:
    """Content of the template registration_page.html for one sequence of a patient.

    Parameters
    ----------
    pair : of `sequence_pair`
    quality : the record of rule register_sequence
    sequences : all further ones of the patient, whose pages are tabs
    reason : why nothing is measured in it, or empty
    column : of the patients table, beside which a review stands
    simulated : whether the page must say so
    departures : settings that are not the defaults, of notices
    """
    name, verdict = quality["sequence"], quality["verdict"]
    tumour = Volumes(pair.round_tumour(MARGIN_MM), pair.planning)
    return common_content(pair, tumour, quality) | {
        "root": "../../../../../",
        "tabs": tabs_of(sequences, name),
        "sequence": name,
        "moving": label_of(name),
        "moving_short": label_of(name),
        "patient": quality["patient"],
        "verdict": verdict,
        "colour": colour("refused" if reason else "in", verdict),
        "reason": reason,
        "diffusion": is_diffusion(name),
        "note": quality["note"],
        "column": column,
        "simulated": simulated,
        "departures": departures,
        "gtvr_shown": False,
        "deformable": None,
        "discrepancy": None,
        "dose": None,
        "intensity": None,
    }
