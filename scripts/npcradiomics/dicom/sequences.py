"""Which series of the planning examination is which sequence, by what its headers say.

Only an offer to a person: a series is called t1, t2, flair, dwi, adc or ct, or nothing. Of several
of one name the one that lies as the planning MRI does is offered, and every offer is said.
"""

import re

from npcradiomics.dicom.inventory import Found, all_listed, listed, selector

# On the description, in this order: an ADC is made from a DWI, a FLAIR is weighted as T2. A word may
# stand between signs or digits (ep2d_diff_ADC, T2W_TSE), not within another word.
NAMES = {
    "adc": re.compile(r"(?<![a-z])adc(?![a-z])|apparent.?diffusion", re.IGNORECASE),
    "dwi": re.compile(r"(?<![a-z])(e?dwi|diff(usion)?|trace[wg]?)(?![a-z])", re.IGNORECASE),
    "flair": re.compile(r"flair|dark.?fluid", re.IGNORECASE),
    "t2": re.compile(r"(?<![a-z0-9])t2(?!\d|[\W_]*(\*|star|flair))", re.IGNORECASE),
    "t1": re.compile(r"(?<![a-z0-9])t1(?!\d)", re.IGNORECASE),
}
ORDER = ("t1", "t2", "flair", "dwi", "adc", "ct")  # of the columns
# Computed from other images, or made for looking at.
MADE = re.compile(r"(?<![a-z])(sub(tract\w*)?|mip|mpr|fused|e-?adc|exp\w*)(?![a-z])", re.IGNORECASE)
ENHANCED = re.compile(
    r"\+ *[cgk]|(?<![a-z])(post|ce|gd|gad\w*|km|contrast)(?![a-z])", re.IGNORECASE
)
B_VALUE = re.compile(r"(?<![a-z])b[ _=]*(\d{1,4})(?!\d)", re.IGNORECASE)


def sequence_of(one: Found) -> str:
    """The sequence that a series may be: t1, t2, flair, dwi, adc or ct; "" where that is not told.

    T1 with a contrast agent is "": it is what the planning MRI usually is.
    """
    if one.localizer or one.n_images < 2 or MADE.search(one.description):
        return ""
    if one.modality == "CT":
        return "ct"
    if one.modality != "MR":
        return ""
    kinds = set(one.image_type.upper().split("\\"))
    if "ADC" in kinds or NAMES["adc"].search(one.description):
        return "adc"
    if kinds & {"DIFFUSION", "TRACEW", "DWI"} or any(b_values(one)):
        return "dwi"
    name = next((name for name, word in NAMES.items() if word.search(one.description)), "")
    enhanced = one.contrast or ENHANCED.search(one.description)
    return "" if name == "t1" and enhanced else name


def b_values(one: Found) -> list[int]:
    """The b-values in s/mm2 of a series, from the headers or else from its description; [] for none."""
    return sorted(one.b_values) or sorted({int(b) for b in B_VALUE.findall(one.description)})


def draft_sequences(
    own: list[Found], planning: Found, last_study: str, found: list[Found]
) -> tuple[dict[str, str], list[str]]:
    """Cells of the draft for the further sequences of a patient, and lines on each.

    Parameters
    ----------
    own : of the patient
    planning : the series of the planning MRI; sequences are of its study, a CT may be of another
        one that is not the recurrence's
    last_study : UID of the recurrence's study
    found : of everybody
    """
    cells, said, left = {}, [], []
    candidates: dict[str, list[Found]] = {name: [] for name in ORDER}
    for one in own:
        name = sequence_of(one)
        here = one.study == planning.study or (name == "ct" and one.study != last_study)
        if one is planning or one.modality not in ("MR", "CT") or not here:
            continue
        if name:
            candidates[name].append(one)
        elif one.n_images > 1 and not one.localizer:
            left.append(one)
    for name, series in candidates.items():
        if not series:
            continue
        column = f"planning_{name}"
        alike = [one for one in series if one.plane and one.plane == planning.plane]
        chosen = series if len(series) == 1 else alike
        if len(chosen) != 1:
            said.append(f"{column}: {len(series)} series may be meant: {all_listed(series)}")
            continue
        (one,) = chosen
        several = b_values(one) if name == "dwi" else []
        if len(several) > 1:
            b = ", ".join(map(str, several))
            said.append(
                f"{column}: {listed(one)} holds b-values {b} in one series: not guessed which"
            )
            continue
        cells |= {column: str(one.path), f"{column}_series": selector(one, found)}
        why = [f"of {len(series)} the one in the {one.plane} plane"] if len(series) > 1 else []
        why += [f"b = {b} s/mm2" for b in several]
        if one.study != planning.study:
            why.append("of another study than planning_mri")
        if len(series) == 1 and one.plane != planning.plane:
            why.append(f"{one.plane or 'plane unknown'} where planning_mri is {planning.plane}")
        words = ", ".join([listed(one), *why])
        said.append(f"{column}: taken by its headers: {words}; check it")
    if left:
        said.append(f"no sequence was guessed for {all_listed(left)}")
    return cells, said
