"""What a person looks at before the response study is run: each tumour on its slices, and the cohort at a glance."""


rule report_tumour:
    """The page of one patient: the contour on every slice, and the checks of the files."""
    input:
        image=lambda wildcards: files_of(wildcards.patient)["image"],
        mask=lambda wildcards: files_of(wildcards.patient)["mask"],
        templates=repository_files("workflow/report", "tumour_page.html", *PAGE_TEMPLATES),
    output:
        report="<results>/patients/{patient}/patient.html",
        thumbnail="<results>/patients/{patient}/thumbnail.webp",
        tumour="<results>/patients/{patient}/tumour.json",
    log:
        "<results>/logs/{patient}/report_tumour.log",
    benchmark:
        "<results>/benchmarks/{patient}/report_tumour.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_tumour"),
        row=lambda wildcards: {
            key: located(wildcards.patient)[key] for key in ("patient", "image", "mask")
        },
        simulated=lambda wildcards: is_simulated(with_files[wildcards.patient]),
    message:
        "{wildcards.patient}: page of the tumour"
    script:
        "../../scripts/report_tumour.py"


rule collect_overview:
    """All tumours as a table and a page, the oddest first."""
    input:
        tumours=expand("<results>/patients/{patient}/tumour.json", patient=with_files),
        reports=expand("<results>/patients/{patient}/patient.html", patient=with_files),
        thumbnails=expand("<results>/patients/{patient}/thumbnail.webp", patient=with_files),
        templates=repository_files("workflow/report", "tumour_overview.html", *PAGE_TEMPLATES),
    output:
        table="<results>/cohort/tumours.tsv",
        overview="<results>/cohort/overview.html",
    log:
        "<results>/logs/collect_overview.log",
    benchmark:
        "<results>/benchmarks/collect_overview.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("collect_overview"),
        rows=[
            {
                "patient": name,
                "group": where,
                "centre": row.get("centre", ""),
            }
            for (name, row), where in zip(
                with_files.items(), [*sets, *["new"] * len(new_patients)], strict=True
            )
        ],
        simulated=simulated_cohort,
    script:
        "../../scripts/collect_overview.py"
