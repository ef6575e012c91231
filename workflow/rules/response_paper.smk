"""The paper's tables and figures: each from a tidy table that is published beside it."""


rule liu_tables:
    """Tables 1 and 2: clinical characteristics of both responses in each set."""
    input:
        patients=settings["patients"],
    output:
        table1_tsv="<results>/tables/table1.tsv",
        table1_md="<results>/tables/table1.md",
        table1_tex="<results>/tables/table1.tex",
        table1_docx=shown("<results>/tables/table1.docx", "tables", "liu.rst", table="1"),
        table2_tsv="<results>/tables/table2.tsv",
        table2_md="<results>/tables/table2.md",
        table2_tex="<results>/tables/table2.tex",
        table2_docx=shown("<results>/tables/table2.docx", "tables", "liu.rst", table="2"),
    log:
        "<results>/logs/liu_tables.log",
    benchmark:
        "<results>/benchmarks/liu_tables.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_tables"),
        rows=[row | {"set": where} for row, where in zip(patients.values(), sets, strict=True)],
        numbers=clinical_numbers,
        categories=settings["clinical_categories"],
        labels=settings["clinical_labels"],
        notice=notice,
    script:
        "../../scripts/liu_tables.py"


rule liu_fig2:
    """Figure 2: cross-validation, coefficient paths, bars of rad-scores in both sets."""
    input:
        curve="<results>/cohort/lasso_cross_validation.tsv",
        paths="<results>/cohort/lasso_paths.tsv",
        radscore="<results>/cohort/radscore.tsv",
        model="<results>/cohort/model.json",
    output:
        pdf="<results>/figures/fig2.pdf",
        png=shown("<results>/figures/fig2.png", "figures", "liu.rst", figure="2"),
        svg="<results>/figures/fig2.svg",
        data="<results>/figures/fig2.tsv",
    log:
        "<results>/logs/liu_fig2.log",
    benchmark:
        "<results>/benchmarks/liu_fig2.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_fig2"),
        measure=settings["model"]["measure"],
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_fig2.py"


rule liu_fig3:
    """Figure 3: ROC curve of the training set."""
    input:
        roc="<results>/cohort/roc.tsv",
        performance="<results>/cohort/performance.tsv",
        model="<results>/cohort/model.json",
    output:
        pdf="<results>/figures/fig3.pdf",
        png=shown("<results>/figures/fig3.png", "figures", "liu.rst", figure="3"),
        svg="<results>/figures/fig3.svg",
        data="<results>/figures/fig3.tsv",
    log:
        "<results>/logs/liu_fig3.log",
    benchmark:
        "<results>/benchmarks/liu_fig3.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_fig3"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_fig3.py"


rule liu_fig4:
    """Figure 4: ROC curve of the validation set, threshold from the training set."""
    input:
        roc="<results>/cohort/roc.tsv",
        performance="<results>/cohort/performance.tsv",
        model="<results>/cohort/model.json",
    output:
        pdf="<results>/figures/fig4.pdf",
        png=shown("<results>/figures/fig4.png", "figures", "liu.rst", figure="4"),
        svg="<results>/figures/fig4.svg",
        data="<results>/figures/fig4.tsv",
    log:
        "<results>/logs/liu_fig4.log",
    benchmark:
        "<results>/benchmarks/liu_fig4.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_fig4"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_fig4.py"


rule liu_fig5:
    """Figure 5: calibration curves of both sets with a bootstrap band."""
    input:
        calibration="<results>/cohort/calibration.tsv",
        radscore="<results>/cohort/radscore.tsv",
        performance="<results>/cohort/performance.tsv",
        model="<results>/cohort/model.json",
    output:
        pdf="<results>/figures/fig5.pdf",
        png=shown("<results>/figures/fig5.png", "figures", "liu.rst", figure="5"),
        svg="<results>/figures/fig5.svg",
        data="<results>/figures/fig5.tsv",
    log:
        "<results>/logs/liu_fig5.log",
    benchmark:
        "<results>/benchmarks/liu_fig5.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_fig5"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_fig5.py"


rule liu_validation:
    """What the model is worth: corrected and nested figures, permutations, selection frequencies, decision curves."""
    input:
        performance="<results>/cohort/performance.tsv",
        summary="<results>/cohort/validation.tsv",
        permutation="<results>/cohort/permutation.tsv",
        selection="<results>/cohort/selection.tsv",
        decision="<results>/cohort/decision.tsv",
        report="<results>/cohort/validation.json",
        model="<results>/cohort/model.json",
    output:
        pdf="<results>/figures/validation.pdf",
        png=shown("<results>/figures/validation.png", "figures", "liu.rst", figure="validation"),
        svg="<results>/figures/validation.svg",
        data="<results>/figures/validation.tsv",
        table="<results>/tables/performance.tsv",
        markdown="<results>/tables/performance.md",
        latex="<results>/tables/performance.tex",
        word=shown("<results>/tables/performance.docx", "tables", "liu.rst", table="performance"),
    log:
        "<results>/logs/liu_validation.log",
    benchmark:
        "<results>/benchmarks/liu_validation.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_validation"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_validation.py"
