"""DICOM out: the regions as structures for the planning system, for research use only."""


rule export_structures:
    """GTVr on the planning MRI and both regions as RTSTRUCT, SEG and NIfTI; the planning MRI too where it is no DICOM."""
    input:
        unpack(files_in("planning_mri")),
        **masks_of_regions,
        series=simulated_source("planning_mri"),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
    output:
        folder=directory("<results>/patients/{patient}/export"),
    log:
        "<results>/logs/{patient}/export_structures.log",
    benchmark:
        "<results>/benchmarks/{patient}/export_structures.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("export_structures"),
        source=source_of("planning_mri"),
    message:
        "{wildcards.patient}: structures for the planning system (research use only)"
    script:
        "../../scripts/export_structures.py"


rule export:
    """Structures of every patient of the cohort for the planning system."""
    input:
        expand("<results>/patients/{patient}/export", patient=analysed),
