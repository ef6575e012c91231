"""The page that answers: does the rad-score say more than volume, and all it stands on, in one file."""


rule liu_report:
    """The report of the study: question, answer by rule, what speaks against it, and all it stands on."""
    input:
        made=[
            *paper_items,
            *(
                path.replace(".png", ending)
                for path in paper_items
                if path.endswith(".png")
                for ending in (".svg", ".tsv")
            ),
            "<results>/figures/fig6.caption.rst",
            "<results>/cohort/comparison.tsv",
            "<results>/cohort/performance.tsv",
            "<results>/cohort/model.json",
            "<results>/cohort/validation.json",
            *rules.methods.output,
            *rules.checklists.output,
        ],
        record="<results>/provenance.json",
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
        "<results>/logs/liu_report.log",
    benchmark:
        "<results>/benchmarks/liu_report.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_report"),
        results=lambda wildcards, output: os.path.dirname(output.report),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_report.py"
