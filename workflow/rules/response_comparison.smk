"""Is the rad-score worth more than what is simpler? Every model on the same patients, folds and resamples."""


rule clinical_values:
    """The clinical columns of every patient as numbers."""
    input:
        patients=settings["patients"],
    output:
        clinical="<results>/cohort/clinical.tsv",
    log:
        "<results>/logs/clinical_values.log",
    benchmark:
        "<results>/benchmarks/clinical_values.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("clinical_values"),
        rows=list(patients.values()),
        numbers=clinical_numbers,
        categories=settings["clinical_categories"],
    script:
        "../../scripts/clinical_values.py"


rule fit_models:
    """Volume, clinical columns, both with the rad-score, first-order features: fitted on the training patients."""
    input:
        features="<results>/cohort/features.tsv",
        clinical="<results>/cohort/clinical.tsv",
        model="<results>/cohort/model.json",
        perturbed=repeated,
    output:
        scores="<results>/cohort/model_scores.tsv",
        models="<results>/cohort/models.json",
    log:
        "<results>/logs/fit_models.log",
    benchmark:
        "<results>/benchmarks/fit_models.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fit_models"),
        model=fitting,
        seed=settings["model"]["seed"],
        imputations=settings["model"]["imputations"],
    script:
        "../../scripts/fit_models.py"


rule compare_models:
    """Areas, DeLong's test, calibration and net benefit of every model."""
    input:
        scores="<results>/cohort/model_scores.tsv",
        nested=resampled("nested"),
        bootstrap=resampled("bootstrap"),
        predictions=resampled("nested", "_predictions"),
    output:
        comparison="<results>/cohort/comparison.tsv",
        decision="<results>/cohort/model_decision.tsv",
        calibration="<results>/cohort/model_calibration.tsv",
    log:
        "<results>/logs/compare_models.log",
    benchmark:
        "<results>/benchmarks/compare_models.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_models"),
    script:
        "../../scripts/compare_models.py"


rule liu_table3:
    """Table 3: the rad-score beside what is simpler."""
    input:
        comparison="<results>/cohort/comparison.tsv",
        clinical="<results>/cohort/clinical.tsv",
        models="<results>/cohort/models.json",
        model="<results>/cohort/model.json",
        caption=repository_files("workflow/report", "table3.rst")[0],
    output:
        tsv="<results>/tables/table3.tsv",
        markdown="<results>/tables/table3.md",
        latex="<results>/tables/table3.tex",
        word=shown("<results>/tables/table3.docx", "tables", table="3"),
        caption="<results>/tables/table3.caption.rst",
    log:
        "<results>/logs/liu_table3.log",
    benchmark:
        "<results>/benchmarks/liu_table3.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_table3"),
        notice=notice,
    script:
        "../../scripts/liu_table3.py"


rule liu_fig6:
    """Figure 6: areas, calibration and decision curves of the rad-score and of what is simpler."""
    input:
        comparison="<results>/cohort/comparison.tsv",
        calibration="<results>/cohort/model_calibration.tsv",
        decision="<results>/cohort/model_decision.tsv",
        caption=repository_files("workflow/report", "liu_fig6.rst")[0],
    output:
        pdf="<results>/figures/fig6.pdf",
        png=shown("<results>/figures/fig6.png", "figures", figure="6"),
        svg="<results>/figures/fig6.svg",
        data="<results>/figures/fig6.tsv",
        caption="<results>/figures/fig6.caption.rst",
    log:
        "<results>/logs/liu_fig6.log",
    benchmark:
        "<results>/benchmarks/liu_fig6.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_fig6"),
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/liu_fig6.py"


rule liu_nomogram:
    """The nomogram of clinical columns and rad-score with a worked example, and a page that calculates."""
    input:
        models="<results>/cohort/models.json",
        clinical="<results>/cohort/clinical.tsv",
        scores="<results>/cohort/model_scores.tsv",
        comparison="<results>/cohort/comparison.tsv",
        template=repository_files("workflow/report", "calculator.html")[0],
        page=repository_files("workflow/report", "page.html", "pages.css"),
    output:
        pdf="<results>/figures/nomogram.pdf",
        png=shown("<results>/figures/nomogram.png", "figures", "liu.rst", figure="nomogram"),
        svg="<results>/figures/nomogram.svg",
        data="<results>/figures/nomogram.tsv",
        page="<results>/calculator.html",
    log:
        "<results>/logs/liu_nomogram.log",
    benchmark:
        "<results>/benchmarks/liu_nomogram.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("liu_nomogram"),
        labels=settings["clinical_labels"],
        words={
            name: sorted({row[name] for row in patients.values() if name in row})
            for name in settings["clinical_categories"]
        },
        simulated=simulated_cohort,
        notice=notice,  # in Snakemake's report
    script:
        "../../scripts/liu_nomogram.py"


rule compare_variants:
    """The model with and without each step beside the paper's: ComBat, stable features alone, multiple imputation."""
    input:
        features="<results>/cohort/features.tsv",
        clinical="<results>/cohort/clinical.tsv",
        perturbed=perturbed,
    output:
        tsv="<results>/tables/variants.tsv",
        markdown="<results>/tables/variants.md",
        latex="<results>/tables/variants.tex",
        word=shown("<results>/tables/variants.docx", "tables", "liu.rst", table="variants"),
        pdf="<results>/figures/variants.pdf",
        png=shown("<results>/figures/variants.png", "figures", "liu.rst", figure="variants"),
        icc="<results>/cohort/icc.tsv",
    log:
        "<results>/logs/compare_variants.log",
    benchmark:
        "<results>/benchmarks/compare_variants.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_variants"),
        model=fitting,
        model_seed=settings["model"]["seed"],
        imputations=settings["model"]["imputations"],
        minimum_icc=settings["repeatability"]["minimum_icc"],
        repetitions=settings["resampling"]["nested"],
        seed=settings["resampling"]["seed"],
        notice=notice,
        simulated=simulated_cohort,
    script:
        "../../scripts/compare_variants.py"


rule compare_centres:
    """The rad-score at each centre, by models that have not seen the centre, and with ComBat beside it."""
    input:
        refuse_without_centre,
        features="<results>/cohort/features.tsv",
    output:
        tsv="<results>/tables/centres.tsv",
        markdown="<results>/tables/centres.md",
        latex="<results>/tables/centres.tex",
        word=shown("<results>/tables/centres.docx", "tables", "liu.rst", table="centres"),
    log:
        "<results>/logs/compare_centres.log",
    benchmark:
        "<results>/benchmarks/compare_centres.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_centres"),
        model=fitting,
        seed=settings["model"]["seed"],
        notice=notice,
    script:
        "../../scripts/compare_centres.py"
