"""Where will it come back? The cohort's risk map, scored on left-out patients: fit, maps, Table 6, Figure 13. A target of its own."""

risk_notice = notice_of(*SECTIONS, "risk_map", beside=["measure_places"])
maps_notice = notice_of(*SECTIONS, "risk_map", beside=["write_risk_map", "measure_places"])


rule fit_risk_map:
    """Risk maps that never saw their patient, their scores beside what is simpler, the exact p, the frozen model of the cohort."""
    input:
        places=expand("<results>/patients/{patient}/risk/places.npz", patient=with_places),
        regions="<results>/cohort/regions.tsv",
    output:
        patients="<results>/cohort/risk_patients.tsv",
        scores="<results>/cohort/risk_scores.tsv",
        summary="<results>/cohort/risk_summary.tsv",
        null="<results>/cohort/risk_null.tsv",
        model="<results>/cohort/risk_model.npz",
        verdict="<results>/cohort/risk_verdict.json",
    log:
        "<results>/logs/fit_risk_map.log",
    benchmark:
        "<results>/benchmarks/fit_risk_map.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fit_risk_map"),
        patients=with_places,
        fitting={key: settings["risk_map"][key] for key in ["n_refits", "boost_percent", "seed"]},
        alpha=settings["statistics"]["alpha"],
        made_with=risk_settings,
    script:
        "../../scripts/fit_risk_map.py"


rule write_risk_map:
    """A patient's risk map in 0-1 on the planning grid, by the model that was fitted without this patient."""
    input:
        unpack(files_in("planning_mri")),
        places="<results>/patients/{patient}/risk/places.npz",
        model="<results>/cohort/risk_model.npz",
    output:
        risk="<results>/patients/{patient}/risk/risk.nii.gz",
    log:
        "<results>/logs/{patient}/write_risk_map.log",
    benchmark:
        "<results>/benchmarks/{patient}/write_risk_map.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("write_risk_map"),
    message:
        "{wildcards.patient}: risk map on the planning grid"
    script:
        "../../scripts/write_risk_map.py"


rule table6:
    """Table 6: coverage and ROC-AUC of the risk map and of what is simpler, per patient and over the cohort."""
    input:
        patients="<results>/cohort/risk_patients.tsv",
        scores="<results>/cohort/risk_scores.tsv",
        summary="<results>/cohort/risk_summary.tsv",
        null="<results>/cohort/risk_null.tsv",
        verdict="<results>/cohort/risk_verdict.json",
        caption=repository_files("workflow/report", "table6.rst")[0],
    output:
        tsv="<results>/tables/table6.tsv",
        markdown="<results>/tables/table6.md",
        latex="<results>/tables/table6.tex",
        word=shown("<results>/tables/table6.docx", "tables", table="6"),
        caption="<results>/tables/table6.caption.rst",
    log:
        "<results>/logs/table6.log",
    benchmark:
        "<results>/benchmarks/table6.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table6"),
        alpha=settings["statistics"]["alpha"],
        boost_percent=settings["risk_map"]["boost_percent"],
        simulated=simulated_cohort,
        notice=risk_notice,
    script:
        "../../scripts/table6.py"


rule fig13:
    """Figure 13: the risk maps of left-out patients, and how much of the recurrence a boost by them covers."""
    input:
        maps=expand("<results>/patients/{patient}/risk/risk.nii.gz", patient=mapped),
        gtvr=expand("<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz", patient=mapped),
        patients="<results>/cohort/risk_patients.tsv",
        summary="<results>/cohort/risk_summary.tsv",
        null="<results>/cohort/risk_null.tsv",
        verdict="<results>/cohort/risk_verdict.json",
        caption=repository_files("workflow/report", "fig13.rst")[0],
    output:
        pdf="<results>/figures/fig13.pdf",
        png=shown("<results>/figures/fig13.png", "figures", figure="13"),
        caption="<results>/figures/fig13.caption.rst",
        data="<results>/figures/fig13.tsv",
    log:
        "<results>/logs/fig13.log",
    benchmark:
        "<results>/benchmarks/fig13.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig13"),
        patients=mapped,
        notice=maps_notice,
    script:
        "../../scripts/fig13.py"


rule risk_map:
    """The risk map of the cohort, which the default run does not make: maps of all patients, Table 6, Figure 13."""
    input:
        expand("<results>/patients/{patient}/risk/risk.nii.gz", patient=mapped),
        expand("<results>/tables/table6.{format}", format=["tsv", "md", "tex", "docx"]),
        expand("<results>/figures/fig13.{format}", format=["pdf", "png", "tsv"]),
