"""What goes into a paper beside its tables and figures: the methods in words, the literature they cite, checklists.

The chapter says of its patients `counts`, of its results `cohort_outcome` (who is in), and `pyradiomics_settings`.
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
