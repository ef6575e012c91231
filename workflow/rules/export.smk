"""DICOM out: the regions and the part of highest risk as structures for the planning system, for research use only."""

with_structure = settings["risk_map"]["export"]
results_folder = workflow.pathvars.apply("<results>")


def structures_of(wildcards):
    """Input function: regions of one of the cohort; where it is asked for, the risk map, of a new patient too."""
    known = wildcards.patient in patients
    own = f"{results_folder}/patients/{wildcards.patient}"
    found = {"gtvr": f"{own}/regions/gtvr_on_planning.nii.gz"} if known else {}
    found |= {region: f"{own}/regions/{region}.nii.gz" for region in REGIONS} if known else {}
    if with_structure:
        new = f"{results_folder}/new_patients/{wildcards.patient}"
        found |= files_in("gtv")(wildcards) | {"model": risk_model}
        found |= {"risk": f"{own}/risk/risk.nii.gz" if known else f"{new}/risk.nii.gz"}
    return found


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
