"""What of a config and of the rows with a dose cannot be right, before the first job."""

from npcradiomics.cohort.sources import is_dicom


def refuse_dose_settings(settings: dict, patients: dict[str, dict[str, str]]) -> None:
    """Refuse limits of the classes in the wrong order, and doses as volumes without a prescription.

    Parameters
    ----------
    settings : dict
        The study's, complete.
    patients : dict
        {patient: row} of those whose dose is measured. An RTDOSE without prescription is left to
        its job, which can say what the plan offers.

    Raises
    ------
    ValueError
        With a line per fault.
    """
    in_field, marginal = (settings["dose"][name] for name in ("in_field", "marginal"))
    faults = []
    if marginal > in_field:
        faults.append(
            f"config: heterogeneity: dose: marginal {marginal:g} is above in_field {in_field:g}; a"
            " failure is marginal from a smaller share than in field"
        )
    if "prescription_gy" not in settings:
        faults += [
            f"{settings['patients']}: {name}: dose without prescription_gy; give it in the row, or"
            " for all patients as prescription_gy in the config"
            for name, row in patients.items()
            if "dose" in row and not is_dicom(row["dose"]) and "prescription_gy" not in row
        ]
    if faults:
        raise ValueError("\n".join(faults))
