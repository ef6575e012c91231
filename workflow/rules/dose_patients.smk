"""Who has a dose, and what of it the rules read."""

from npcradiomics.cohort.dose_settings import refuse_dose_settings
from npcradiomics.cohort.targets import targets_of

# All whose dose or isodose is known, in the texture statistics or not.
dosed = [name for name in analysed if {"dose", "isodose95"} & set(patients[name])]
refuse_dose_settings(settings, {name: patients[name] for name in dosed})
with_dose = [name for name in dosed if "dose" in patients[name]]
# Who has a dose and is out of the cohort, and why: not measured.
dosed_out = [
    row for name, row in out_of_cohort.items() if {"dose", "isodose95"} & set(patients[name])
]
targets = {name: targets_of(patients[name]) for name in dosed}


def target_files(wildcards):
    """Masks of the patient's target volumes; an RTSTRUCT is told by its state (params), as its name may identify."""
    masks = [
        target.cell for target in targets[wildcards.patient] if not sources.is_dicom(target.cell)
    ]
    return [path for path in masks if os.path.exists(path) or "simulated" in path.split("/")]


def target_sources(wildcards):
    """The target volumes as (name, gray, path, structure), and the state of their files."""
    found = []
    for name, gray, cell in targets[wildcards.patient]:
        state = state_of_files(sources.files(cell)) if sources.is_dicom(cell) else ""
        found.append([name, gray, *sources.split(cell), state])
    return found


def dose_file(name):
    """Input function: a file of measure_dose, nothing for a patient without dose and isodose."""
    path = workflow.pathvars.apply(f"<results>/patients/{{patient}}/dose/{name}")
    return lambda wildcards: (
        path.format(patient=wildcards.patient) if wildcards.patient in dosed else []
    )
