"""The dose where it came back: figures, class and type of each failure, their intervals, and the cohort's comparison."""


rule measure_dose:
    """Dose of the recurrence and of the rest of the tumour, with intervals; class and type of the failure."""
    input:
        unpack(files_in("planning_mri", "gtv", "dose", "isodose95")),
        targets=target_files,
        facts=frame_facts("gtv"),
        registration=file_of_registration("gtv"),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        figures="<results>/patients/{patient}/dose/dose.tsv",
        curves="<results>/patients/{patient}/dose/dvh.tsv",
        failure="<results>/patients/{patient}/dose/failure.json",
    log:
        "<results>/logs/{patient}/measure_dose.log",
    benchmark:
        "<results>/benchmarks/{patient}/measure_dose.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("measure_dose"),
        dose=settings["dose"],
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
        fractions=lambda wildcards: patients[wildcards.patient].get("fractions"),
        targets=target_sources,
        registration=lambda wildcards: registration_of("gtv", wildcards),
        end_caps=settings["contour_end_caps"],
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
    message:
        "{wildcards.patient}: dose of the recurrence"
    script:
        "../../scripts/measure_dose.py"


rule collect_dose:
    """The cohort's doses, classes and types; the recurrent part's dose against the rest's."""
    input:
        figures=expand("<results>/patients/{patient}/dose/dose.tsv", patient=dosed),
        curves=expand("<results>/patients/{patient}/dose/dvh.tsv", patient=with_dose),
        failures=expand("<results>/patients/{patient}/dose/failure.json", patient=dosed),
        regions="<results>/cohort/regions.tsv",
    output:
        figures="<results>/cohort/dose.tsv",
        failures="<results>/cohort/failures.tsv",
        curves="<results>/cohort/dvh.tsv",
        comparison="<results>/cohort/dose_comparison.tsv",
    log:
        "<results>/logs/collect_dose.log",
    benchmark:
        "<results>/benchmarks/collect_dose.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("collect_dose"),
        recurrent=settings["regions"]["recurrent"],
        statistics=settings["statistics"],
    script:
        "../../scripts/collect_dose.py"


rule table4:
    """Table 4: dose, class and type of each patient's failure, and the cohort's."""
    input:
        figures="<results>/cohort/dose.tsv",
        failures="<results>/cohort/failures.tsv",
        comparison="<results>/cohort/dose_comparison.tsv",
        caption=repository_files("workflow/report", "table4.rst")[0],
    output:
        tsv="<results>/tables/table4.tsv",
        markdown="<results>/tables/table4.md",
        latex="<results>/tables/table4.tex",
        word=shown("<results>/tables/table4.docx", "tables", table="4"),
        caption="<results>/tables/table4.caption.rst",
    log:
        "<results>/logs/table4.log",
    benchmark:
        "<results>/benchmarks/table4.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table4"),
        dose=settings["dose"],
        n_unknown=len(analysed) - len(dosed),
        out=dosed_out,
        notice=notice_of("registration", "regions", "dose", "statistics"),
    script:
        "../../scripts/table4.py"


rule fig9:
    """Figure 9: dose-volume histograms of the recurrences, and dose and place of their centroids."""
    input:
        curves="<results>/cohort/dvh.tsv",
        figures="<results>/cohort/dose.tsv",
        failures="<results>/cohort/failures.tsv",
        caption=repository_files("workflow/report", "fig9.rst")[0],
    output:
        pdf="<results>/figures/fig9.pdf",
        png=shown("<results>/figures/fig9.png", "figures", figure="9"),
        svg="<results>/figures/fig9.svg",
        caption="<results>/figures/fig9.caption.rst",
        data="<results>/figures/fig9.tsv",
    log:
        "<results>/logs/fig9.log",
    benchmark:
        "<results>/benchmarks/fig9.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig9"),
        out=dosed_out,
        notice=notice_of("registration", "regions", "dose"),
    script:
        "../../scripts/fig9.py"


rule dose_of_draws:
    """Mean dose of the recurrent region and of each region drawn in its place, a control of the spatial null."""
    input:
        unpack(files_in("gtv", "dose")),
        draws="<results>/patients/{patient}/null/draws.npz",
    output:
        doses="<results>/patients/{patient}/null/dose_of_draws.tsv",
    log:
        "<results>/logs/{patient}/dose_of_draws.log",
    benchmark:
        "<results>/benchmarks/{patient}/dose_of_draws.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("dose_of_draws"),
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
    message:
        "{wildcards.patient}: dose of the drawn regions"
    script:
        "../../scripts/dose_of_draws.py"
