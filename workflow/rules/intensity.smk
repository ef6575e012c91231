"""The planning MRI as it is measured: as scanned, or without its bias field and as z-scores, where the config says so."""

normalised = settings["intensity"]["normalisation"] != "none"
with_reference = settings["intensity"]["normalisation"] == "n4_zscore"
NORMALISED_MRI = "<results>/patients/{patient}/intensity/planning_mri.nii.gz"
BIAS_FIELD = "<results>/patients/{patient}/intensity/bias_field.nii.gz"
INTENSITY_RECORD = "<results>/patients/{patient}/intensity/normalisation.json"


def measured_mri(wildcards):
    """Input function: the planning MRI on which features are measured."""
    return NORMALISED_MRI if normalised else files_of(wildcards.patient)["planning_mri"]


def reference_tissue(patient):
    """{column: file} of the patient's reference tissue where it is used, else nothing."""
    column = "reference_tissue"
    row = located(patient)
    return {column: row[column]} if with_reference and column in row else {}


rule normalise_intensity:
    """The planning MRI without its bias field, and as z-scores to the reference tissue or the head."""
    input:
        unpack(files_in("planning_mri")),
        unpack(lambda wildcards: files_in(*reference_tissue(wildcards.patient))(wildcards)),
    output:
        image=NORMALISED_MRI,
        field=BIAS_FIELD,
        record=INTENSITY_RECORD,
    log:
        "<results>/logs/{patient}/normalise_intensity.log",
    benchmark:
        "<results>/benchmarks/{patient}/normalise_intensity.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("normalise_intensity"),
        method=settings["intensity"]["normalisation"],
        reference=lambda wildcards: reference_tissue(wildcards.patient),
    message:
        "{wildcards.patient}: intensities of the planning MRI"
    script:
        "../../scripts/normalise_intensity.py"
