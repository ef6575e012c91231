"""The page that answers: the whole study in one file that opens from disk, its answer first."""

# May take several pages: shown as pictures. With several sequences these do, too.
of_pages = ["fig2", "fig4", "fig6", "fig10", "fig11", "fig13"]
of_pages += ["fig3", "fig5", "fig7"] * bool(settings["sequences"])

report_items = [
    *paper_items,
    *(f"<results>/figures/{name}.caption.rst" for name in shown_figures),
    *(f"<results>/figures/{name}.svg" for name in shown_figures if name not in of_pages),
    *(
        f"<results>/cohort/{table}.tsv"
        for table in ["statistics", "excluded", "regions", "registration"]
        + ["sequences"] * bool(settings["sequences"])
        + ["spatial_null", "null_controls", "null_patients"] * with_null
    ),
    *["<results>/cohort/null_warnings.json"] * with_null,
    *["<results>/cohort/failures.tsv"] * bool(dosed),
    *(
        f"<results>/cohort/{name}.tsv"
        for name in ["multiverse", "multiverse_universes", "multiverse_features"] * with_multiverse
    ),
    *["<results>/cohort/risk_verdict.json"] * with_risk,
    *rules.methods.output,
    *rules.checklists.output,
]


rule report_cohort:
    """The report of the study: question, answer by rule, what speaks against it, and all it stands on."""
    input:
        made=report_items,
        record="<results>/provenance.json",
        standings=expand(
            "<results>/patients/{patient}/registration/standing.json", patient=with_page
        ),
        quality=expand("<results>/patients/{patient}/registration/quality.json", patient=with_page),
        thumbnails=expand(
            "<results>/patients/{patient}/registration/thumbnail.webp", patient=with_page
        ),
        templates=repository_files(
            "workflow/report",
            "study_report.html",
            "study_report.css",
            "study_report.js",
            "universe_curve.js",
            *PAGE_TEMPLATES,
        ),
    output:
        report=shown("<results>/report.html", "paper", "writing.rst", text="the page that answers"),
    log:
        "<results>/logs/report_cohort.log",
    benchmark:
        "<results>/benchmarks/report_cohort.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_cohort"),
        results=lambda wildcards, output: os.path.dirname(output.report),
        pages=[
            f"patients/{name}/{'patient' if name in with_patient_page else 'registration/report'}.html"
            for name in with_page
        ],
        without_page=[
            (name, reviews[name], out_of_cohort.get(name))
            for name in sorted(patients.keys() - set(with_page))
        ],
        n_table=len(patients),
        match=settings["spatial_null"]["match"],
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/report_cohort.py"
