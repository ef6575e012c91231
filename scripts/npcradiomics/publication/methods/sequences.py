"""The paragraph on further sequences of the planning examination."""

from npcradiomics.cohort.sequences import is_diffusion, label_of
from npcradiomics.publication.methods.text import Paragraph, listed, paragraph

_NAMES = {
    "n_levels": "grey levels",
    "quantizer": "quantizer",
    "quantizer_fit": "quantizer fitted to",
    "outliers": "outliers",
    "resampling": "resampling",
    "normalisation": "normalisation",
}


def sequences_paragraph(settings: dict, tested: list[str]) -> Paragraph | None:
    """What was measured beside the main sequence, and how; None where nothing was.

    settings: complete settings of the study; tested: sequences that anybody was measured in, the main one too
    """
    names = settings["sequences"]
    if not names:
        return None
    limits = settings["registration"]["sequence_limits"]
    used, n = settings["statistics"], len(tested)
    nobody = [name for name in names if name not in tested]
    trusted = [n for n in names if settings["sequence_settings"].get(n, {}).get("same_frame")]
    bent = list(filter(is_diffusion, names))
    others = {
        name: [
            f"{_NAMES[key]} {value}"
            for key, value in settings["sequence_settings"].get(name, {}).items()
            if key in _NAMES
        ]
        for name in names
    }
    departing = [f"{label_of(name)} ({', '.join(own)})" for name, own in others.items() if own]
    return paragraph(
        "Further sequences",
        f"Beside {label_of(settings['main_sequence'])}, {listed(map(label_of, names))} of the planning"
        " examination were measured in the patients who had them.",
        f"Nobody could be measured in {listed(map(label_of, nobody))}." if nobody else "",
        "Each was registered rigidly to the planning MRI from the position in its headers, by the same"
        " algorithm; GTV, GTVr and the places drawn were carried to its own grid by the inverse of that"
        " transform, and its voxels were measured as they are.",
        f"The position in the headers was kept for {listed(map(label_of, trusted))} where both images had"
        " one frame of reference."
        if trusted
        else "",
        "Such a registration was taken as failed if the registration in the other direction disagreed with"
        f" it by more than {limits['backward_failed_mm']:g} mm, a restart ended more than"
        f" {limits['restart_failed_mm']:g} mm away, likeness with left and right exchanged was larger"
        f" (ratio below {limits['laterality_failed']:g}), or the tumour had moved by more than"
        f" {limits['motion_failed_mm']:g} mm; more than {limits['backward_look_mm']:g} mm,"
        f" {limits['motion_look_mm']:g} mm of motion or {limits['rotation_look_deg']:g} degrees of rotation were"
        " looked at.",
        f"The distortion of echo-planar images, if {listed(map(label_of, bent))} had any, was not corrected."
        if bent
        else "",
        "A failed one left the sequence of that patient out, unless a person accepted it.",
        "Each sequence was tested as the main one; beside that threshold the one of all is given,"
        f" {used['alpha']:g}/({used['n_tests']} x {n}) = {used['alpha'] / used['n_tests'] / n:.3g}.",
        "A drawn region was the same place in all sequences of a patient and recombined in all of them at"
        " once, and p was adjusted over all features of all sequences together."
        if settings["spatial_null"]["enabled"]
        else "",
        f"Prepared otherwise than the main sequence: {listed(departing)}." if departing else "",
    )
