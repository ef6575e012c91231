"""How the work of the response study is cut into jobs of a few patients or repetitions each."""

PATIENTS_PER_JOB = 16  # starting Python costs more than one patient
PERTURBED_PER_JOB = 8  # each of them 20 times

measured = list(with_files.values())
parts = {
    str(start // PATIENTS_PER_JOB): measured[start : start + PATIENTS_PER_JOB]
    for start in range(0, len(measured), PATIENTS_PER_JOB)
}


training = [row for row, where in zip(patients.values(), sets, strict=True) if where == "train"]
perturbed_parts = {
    str(start // PERTURBED_PER_JOB): training[start : start + PERTURBED_PER_JOB]
    for start in range(0, len(training), PERTURBED_PER_JOB)
}
perturbed = expand("<results>/features/perturbed{part}.tsv", part=perturbed_parts)


def files_of_part(column, parts=parts):
    """Input function: this column of the part's patients; a missing file is left for the job to refuse by name."""
    return lambda wildcards: [
        path for row in parts[wildcards.part] if (path := files_of(row["patient"])[column])
    ]


repetitions = {
    kind: range(0, settings["resampling"][kind], settings["resampling"]["per_job"])
    for kind in ("nested", "bootstrap", "permutation")
}


def resampled(kind, ending=""):
    """Files of all jobs of a kind; the name has the first repetition."""
    return [f"<results>/resampling/{kind}_{first}{ending}.tsv" for first in repetitions[kind]]


def refuse_without_centre(wildcards):
    """A dry run says what the job would."""
    if workflow.dryrun:
        require_comparable_centres([row.get("centre", "") for row in patients.values()])
    return []
