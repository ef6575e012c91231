"""Who has which further sequence, and where its files lie."""

# Who has a further sequence, of those analysed; and who has none, or has it out before anything is computed: why.
measured_in, without_sequence = {}, []
for sequence in settings["sequences"]:
    measured_in[sequence] = []
    for name in analysed:
        reason = ""
        if column_of(sequence) not in patients[name]:
            reason = f"no {column_of(sequence)} in the patients table"
        elif record := failed_sequences.get((name, sequence)):
            reason = f"{record['step']}: {record['reason']}"
        if reason:
            without_sequence.append({"patient": name, "sequence": sequence, "reason": reason})
        else:
            measured_in[sequence].append(name)


def of_sequences(path, out=()):
    """This file of every further sequence, of everyone who has it; sequence by sequence. out: (patient, sequence) left out."""
    return [
        f"<results>/patients/{name}/sequences/{sequence}/{path}"
        for sequence, names in measured_in.items()
        for name in names
        if (name, sequence) not in out
    ]


def sequences_of(patient):
    """The further sequences of a patient."""
    return [sequence for sequence, names in measured_in.items() if patient in names]


def tabs_of(patient):
    """Those whose pages are tabs of his registration's."""
    return [name for name in sequences_of(patient) if (patient, name) not in failed_pages]


def cells_of_sequence(patient, sequence):
    """The cells that say which files a sequence of the patient is."""
    row, column = located(patient), column_of(sequence)
    return {name: row[name] for name in (column, f"{column}_transform") if name in row}


SEQUENCE = "<results>/patients/{patient}/sequences/{sequence}"
masks_on_sequence = {
    name: f"{SEQUENCE}/regions/{name}.nii.gz" for name in ("gtv", "gtvr", *REGIONS)
}


wildcard_constraints:
    sequence="|".join(settings["sequences"]) or "none",


def file_of_sequence(wildcards):
    """Input function: the sequence as it was scanned."""
    return files_of(wildcards.patient)[column_of(wildcards.sequence)]


def normalisation_of(sequence):
    """How the intensities of a sequence are normalised: not at all, unless its settings say so."""
    return settings["sequence_settings"].get(sequence, {}).get("normalisation", "none")


def measured_sequence(wildcards):
    """Input function: the sequence on which features are measured."""
    if normalisation_of(wildcards.sequence) == "none":
        return file_of_sequence(wildcards)
    return f"{SEQUENCE}/intensity/{{sequence}}.nii.gz"


def given_transform(wildcards):
    """Input function: the transform that the table gives for the sequence, or nothing."""
    return files_of(wildcards.patient).get(f"{column_of(wildcards.sequence)}_transform", [])


def frames_of(wildcards):
    """Input function: what the imports wrote of both images, where their headers' positions may be trusted."""
    if not settings["sequence_settings"].get(wildcards.sequence, {}).get("same_frame"):
        return []
    columns = ["planning_mri", column_of(wildcards.sequence)]
    row = patients[wildcards.patient]
    return [
        f"{IMPORTED}/{column}.json".format(**row)
        for column in columns
        if sources.needs_import(row, column)
    ]


def said_of_numbers(wildcards):
    """Input function: what the import wrote of the sequence, or the sidecar of its volume (the end of BIDS' names), if any."""
    column, row = column_of(wildcards.sequence), patients[wildcards.patient]
    if sources.is_dicom(row[column]):
        return f"{IMPORTED}/{column}.json".format(**row)
    beside = row[column].removesuffix(".gz").removesuffix(".nii") + ".json"
    return [] if is_simulated(row) or not os.path.isfile(beside) else beside
