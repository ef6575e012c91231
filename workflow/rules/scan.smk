"""A draft of the patients table from a folder tree of DICOM: snakemake scan_dicom --config dicom_root=/path."""


include: "common.smk"


rule scan_dicom:
    """Group a folder tree by patient, study and series; link RTSTRUCT and RTDOSE; say what could not be placed."""
    input:
        templates=repository_files("workflow/report", "scan_summary.html", "page.html", "pages.css"),
    # No output: what a person edits Snakemake must not delete before a new scan, nor after one that failed.
    log:
        "<results>/scan_dicom/scan_dicom.log",
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("scan_dicom"),
        folder=workflow.pathvars.apply("<results>/scan_dicom"),
        dicom_root=lambda wildcards: config.get("dicom_root", ""),  # braces are no wildcards
    message:
        "scanning {params.dicom_root} (draft of the patients table: below {params.folder})"
    script:
        "../../scripts/scan_dicom.py"
