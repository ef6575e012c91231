"""What goes into a paper beside its tables and figures: the methods in words, the literature they cite, checklists.

The chapter says of its patients `counts`, of its results `cohort_outcome` (who is in), `pyradiomics_settings`,
`registration_departures` (from the defaults, in words), and which `checklists_asked` are for it.
"""


rule methods:
    """The methods as a paper can print them, from the settings that ran, with the literature as BibTeX."""
    input:
        record="<results>/provenance.json",
        cohort=cohort_outcome,
        pyradiomics=pyradiomics_settings,
        library=repository_files("workflow/report", "references.bib")[0],
    output:
        markdown="<results>/methods.md",
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
        **{f"{name}_docx": f"<results>/tables/checklist_{name}.docx" for name in checklists_asked},
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
