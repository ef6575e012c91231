"""What goes into a paper beside its tables and figures: the methods in words, the literature they cite, checklists.

The chapter says of its patients `counts`, of its results `cohort_outcome` (who is in, in what), `pyradiomics_settings`,
`registration_departures` (from the defaults, in words), which `checklists_asked` are for it, and of its tables and
figures (`in_papers_order`) which have `own_captions` and which one of liu.rst (`rules_of_captions`).
"""


rule methods:
    """The methods as a paper can print them, from the settings that ran, with the literature as BibTeX."""
    input:
        record="<results>/provenance.json",
        cohort=cohort_outcome,
        pyradiomics=pyradiomics_settings,
        library=repository_files("workflow/report", "references.bib")[0],
    output:
        markdown=shown("<results>/methods.md", "paper", "writing.rst", text="methods"),
        table="<results>/methods.tsv",
        references="<results>/references.bib",
    log:
        "<results>/logs/methods.log",
    benchmark:
        "<results>/benchmarks/methods.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("methods"),
        study=study,
        counts=counts,
        departures=registration_departures,
        notice=notice,  # in Snakemake's report
    script:
        "../../scripts/methods.py"


rule checklists:
    """METRICS with its score, CLEAR, IBSI and, for a model, TRIPOD+AI, filled as far as the software knows."""
    input:
        record="<results>/provenance.json",
        methods="<results>/methods.tsv",
        asked=repository_files("workflow/report", "checklists.tsv")[0],
    output:
        **{f"{name}_tsv": f"<results>/tables/checklist_{name}.tsv" for name in checklists_asked},
        **{
            f"{name}_docx": shown(
                f"<results>/tables/checklist_{name}.docx",
                "paper",
                "writing.rst",
                text=f"checklist {name.upper()}",
            )
            for name in checklists_asked
        },
        summary="<results>/tables/checklists.tsv",
    log:
        "<results>/logs/checklists.log",
    benchmark:
        "<results>/benchmarks/checklists.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("checklists"),
        study=study,
        names=checklists_asked,
        counts=counts,
        notice=notice,
    script:
        "../../scripts/checklists.py"


rule report_word:
    """Methods, tables, figures and captions in the paper's order as one Word document."""
    input:
        shown=[
            (
                f"<results>/tables/{name}.docx"
                if name in shown_tables
                else f"<results>/figures/{name}.png"
            )
            for name in in_papers_order
        ],
        captions=expand("<results>/figures/{figure}.caption.rst", figure=own_captions),
        shared_captions=repository_files("workflow/report", "liu.rst")[0],
        methods="<results>/methods.tsv",
        references="<results>/references.bib",
    output:
        word=shown("<results>/report.docx", "paper", "writing.rst", text="all, for Word"),
    log:
        "<results>/logs/report_word.log",
    benchmark:
        "<results>/benchmarks/report_word.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_word"),
        study=study,
        rules=rules_of_captions,
        notice=notice,
    script:
        "../../scripts/report_word.py"
