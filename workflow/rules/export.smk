"""DICOM out: the regions and the part of highest risk as structures for the planning system, for research use only."""


rule export_structures:
    """GTVr on the planning MRI, both regions and, if asked, the part of highest risk as RTSTRUCT, SEG and NIfTI; the planning MRI too where it is no DICOM."""
    input:
        unpack(files_in("planning_mri")),
        unpack(structures_of),
        series=simulated_source("planning_mri"),
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
        level=settings["risk_map"]["export_level"],
        without_evidence=settings["risk_map"]["export_without_evidence"],
    message:
        "{wildcards.patient}: structures for the planning system (research use only)"
    script:
        "../../scripts/export_structures.py"


rule export:
    """Structures of every patient of the cohort for the planning system; of the new patients where the risk map is asked for."""
    input:
        expand(
            "<results>/patients/{patient}/export",
            patient=[*analysed, *list(new_patients) * with_structure],
        ),
