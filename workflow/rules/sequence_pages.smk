"""The tab of a further sequence on a patient's registration page, and its picture."""

PAGES_OF_SEQUENCES = [
    path
    for name in ("report.html", "qc.png")
    for path in of_sequences(f"registration/{name}", out=failed_pages)
]


rule report_sequence:
    """The page to judge how a sequence lies to the planning MRI, a tab of the registration's, and its picture."""
    input:
        unpack(files_in("planning_mri", "gtv")),
        sequence=file_of_sequence,
        sequence_on_planning=f"{SEQUENCE}/registration/sequence_on_planning.nii.gz",
        quality=f"{SEQUENCE}/registration/quality.json",
        report=f"{SEQUENCE}/regions/regions.json",
        templates=repository_files(
            "workflow/report",
            "registration_page.html",
            "registration_page.css",
            "sequence_bar.html",
            "registration_viewer.js",
            *PAGE_TEMPLATES,
        ),
    output:
        report=f"{SEQUENCE}/registration/report.html",
        png=f"{SEQUENCE}/registration/qc.png",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/report_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/report_sequence.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_sequence"),
        column=lambda wildcards: column_of(wildcards.sequence),
        sequences=lambda wildcards: tabs_of(wildcards.patient),
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
        departures=departures_of_pages,
    message:
        "{wildcards.patient}: page of {wildcards.sequence}"
    script:
        "../../scripts/report_sequence.py"
