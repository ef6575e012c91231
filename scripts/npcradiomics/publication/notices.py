"""Sentences that must stand on whatever is made from a cohort that calls for them."""

SIMULATED_NOTE = "Simulated patients: no clinical data"


def simulated_note(simulated):
    """The words on whatever shows simulated patients, else ""."""
    return SIMULATED_NOTE if simulated else ""


def cohort_notice(simulated, n_patients, missing):
    """The words on whatever is made from a cohort: simulated or not, and who is missing because a step failed.

    n_patients: in the table; missing: {patient: step that failed}. "" where there is nothing to
    say.
    """
    names = ", ".join(f"{patient} ({step})" for patient, step in list(missing.items())[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    gone = f"Without {len(missing)} of {n_patients} patients: {names}{more}" if missing else ""
    return ". ".join(filter(None, [simulated_note(simulated), gone]))
