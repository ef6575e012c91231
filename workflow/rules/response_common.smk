"""How the work of the response study is cut into jobs of a few patients or repetitions each."""

from npcradiomics.dicom.dataset import state_of_files

PATIENTS_PER_JOB = 16  # starting Python costs more than one patient

measured = list((patients | new_patients).values())
parts = {
    str(start // PATIENTS_PER_JOB): measured[start : start + PATIENTS_PER_JOB]
    for start in range(0, len(measured), PATIENTS_PER_JOB)
}


def files_of_part(column):
    """Input function: this column of the part's patients; a missing file is left for the job to refuse by name."""
    return lambda wildcards: [
        row[column]
        for row in parts[wildcards.part]
        if is_simulated(row) or (os.path.exists(row[column]) and not has_braces(row))
    ]


def has_braces(row):
    """Whether Snakemake would take parts of a path for wildcards; such files are no inputs, their state is a param."""
    return bool({"{", "}"} & set(row["image"] + row["mask"]))


def state_of_braces(row):
    found = [row[name] for name in ("image", "mask") if os.path.exists(row[name])]
    return {"state": state_of_files(found)} if has_braces(row) else {}


repetitions = {
    kind: range(0, settings["resampling"][kind], settings["resampling"]["per_job"])
    for kind in ("nested", "bootstrap", "permutation")
}


def resampled(kind, ending=""):
    """Files of all jobs of a kind; the name has the first repetition."""
    return [f"<results>/resampling/{kind}_{first}{ending}.tsv" for first in repetitions[kind]]
