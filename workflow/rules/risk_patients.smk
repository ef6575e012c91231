"""Whose risk map is made and shown, with which settings, and what is exported of whom."""

covering = {
    key: settings["risk_map"][key] for key in ["size_cm3", "minimum_voxels", "coverage", "seed"]
}
# What the places of a new patient must share with those that a model was fitted on.
risk_settings = {key: settings["risk_map"][key] for key in ["size_cm3", "minimum_voxels"]}
risk_settings |= {
    "extraction": settings["extraction"],
    "normalisation": settings["intensity"]["normalisation"],
}

# Of new patients: the cohort's own model, or one that was made before.
cohort_model = workflow.pathvars.apply("<results>/cohort/risk_model.npz")
risk_model = settings["risk_map"]["model"] or cohort_model

with_places = [name for name in analysed if name not in without["measure_places"]]
mapped = [name for name in with_places if name not in without["write_risk_map"]]
# Whose page has the tab of the risk map.
with_map = set(mapped) - without["report_risk"] if with_risk else set()


def risk_file(name):
    """Input function: a file of a patient's risk map; nothing where it is not made."""
    path = workflow.pathvars.apply(f"<results>/patients/{{patient}}/risk/{name}")
    return lambda wildcards: (
        path.format(patient=wildcards.patient) if wildcards.patient in with_map else []
    )


with_structure = settings["risk_map"]["export"]
results_folder = workflow.pathvars.apply("<results>")


def structures_of(wildcards):
    """Input function: regions of one of the cohort; where it is asked for, the risk map, of a new patient too."""
    known = wildcards.patient in patients
    own = f"{results_folder}/patients/{wildcards.patient}"
    found = {"gtvr": f"{own}/regions/gtvr_on_planning.nii.gz"} if known else {}
    found |= {region: f"{own}/regions/{region}.nii.gz" for region in REGIONS} if known else {}
    if with_structure and (not known or wildcards.patient in mapped):
        folder = f"{own}/risk" if known else f"{results_folder}/new_patients/{wildcards.patient}"
        found |= files_in("gtv")(wildcards) | {"risk": f"{folder}/risk.nii.gz"}
        found |= {"places": f"{folder}/places.npz"} if known else {}
        # The verdict on the maps of the cohort is its own, whatever model the new patients get.
        found |= {"model": cohort_model if known else risk_model}
    return found


def predicted(wildcards):
    """Input function: the map of every new patient; without any there is nothing to make, which is said."""
    if not new_patients:
        raise ValueError(
            "config: heterogeneity: risk_map: new_patients names no table; for example"
            " new_patients: new.tsv, with the columns patient, planning_mri and gtv"
        )
    return expand("<results>/new_patients/{patient}/risk.nii.gz", patient=new_patients)
