"""How far GTVr may be off: the motions by which the intervals of the doses are made."""

import zlib

import SimpleITK as sitk

from npcradiomics.registration.error import RegistrationError, draw_perturbations


def shifts_of(
    patient: str,
    gtvr: sitk.Image,
    gtvr_frame: str,
    error: dict | None,
    n_shifts: int,
    seed: int,
) -> tuple[list[sitk.Transform], str]:
    """Motions of a patient's GTVr as large as its registration's estimated error.

    Parameters
    ----------
    patient
        The same patient has the same motions, whoever else is in the cohort.
    gtvr : 0/1
        On the planning MRI.
    gtvr_frame : 'planning', 'recurrence'
        The examination it was drawn on.
    error
        estimated_error of the record of rule register_recurrence.
    n_shifts, seed
        How many; of the study.

    Returns
    -------
    shifts, note
        Transforms for `measure_recurrence`; or none, and why.
    """
    if gtvr_frame == "planning":
        return [], "no interval: GTVr was drawn on the planning MRI, its error is not known"
    if error is None:
        return [], "no interval: the error of the registration was not estimated"
    own_seed = zlib.crc32(f"{seed} {patient}".encode())
    return draw_perturbations(RegistrationError(**error), gtvr, n_shifts, own_seed), ""
