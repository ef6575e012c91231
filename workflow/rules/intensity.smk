"""The planning MRI as it is measured: as scanned, or without its bias field and as z-scores, where the config says so."""


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
