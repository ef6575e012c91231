"""The tables of the paper, each as tsv, md, tex and docx."""


rule table1:
    """Table 1: the 47 features by family."""
    input:
        caption=repository_files("workflow/report", "table1.rst")[0],
    output:
        tsv="<results>/tables/table1.tsv",
        markdown="<results>/tables/table1.md",
        latex="<results>/tables/table1.tex",
        word=shown("<results>/tables/table1.docx", "tables", table="1"),
        caption="<results>/tables/table1.caption.rst",
    log:
        "<results>/logs/table1.log",
    benchmark:
        "<results>/benchmarks/table1.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table1"),
        departures=settings_sentence(settings, defaults, ["extraction"]),
    script:
        "../../scripts/table1.py"


rule table2:
    """Table 2: the significant features beside the rows the paper printed."""
    input:
        statistics="<results>/cohort/statistics.tsv",
        sizes="<results>/cohort/size.tsv",
        excluded="<results>/cohort/excluded.tsv",
        caption=repository_files("workflow/report", "table2.rst")[0],
    output:
        tsv="<results>/tables/table2.tsv",
        markdown="<results>/tables/table2.md",
        latex="<results>/tables/table2.tex",
        word=shown("<results>/tables/table2.docx", "tables", table="2"),
        caption="<results>/tables/table2.caption.rst",
    log:
        "<results>/logs/table2.log",
    benchmark:
        "<results>/benchmarks/table2.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table2"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/table2.py"
