"""From features to a model, fitted on the training patients alone, and to every patient's rad-score."""

# What `radscore.fit_model` takes; the rest of `model` says who is given to it.
fitting = {
    key: value
    for key, value in settings["model"].items()
    if key not in ("seed", "stable_features", "imputations")
}
repeated = []
if settings["model"]["stable_features"]:
    fitting["minimum_icc"] = settings["repeatability"]["minimum_icc"]
    repeated = perturbed


rule fit_radscore:
    """Preparation, LASSO with cross-validation, logistic regression, threshold: training patients only."""
    input:
        features="<results>/cohort/features.tsv",
        perturbed=repeated,
    output:
        model="<results>/cohort/model.json",
        curve="<results>/cohort/lasso_cross_validation.tsv",
        paths="<results>/cohort/lasso_paths.tsv",
        preparation="<results>/cohort/preparation.tsv",
        dropped="<results>/cohort/dropped_features.tsv",
    log:
        "<results>/logs/fit_radscore.log",
    benchmark:
        "<results>/benchmarks/fit_radscore.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fit_radscore"),
        model=fitting,
        seed=settings["model"]["seed"],
    script:
        "../../scripts/fit_radscore.py"


rule score_cohort:
    """Rad-scores of both sets by the model file, ROC, rates at the training threshold, calibration."""
    input:
        features="<results>/cohort/features.tsv",
        model="<results>/cohort/model.json",
    output:
        radscore="<results>/cohort/radscore.tsv",
        performance="<results>/cohort/performance.tsv",
        roc="<results>/cohort/roc.tsv",
        calibration="<results>/cohort/calibration.tsv",
    log:
        "<results>/logs/score_cohort.log",
    benchmark:
        "<results>/benchmarks/score_cohort.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("score_cohort"),
        seed=settings["resampling"]["seed"],
    script:
        "../../scripts/score_cohort.py"


rule score_patients:
    """Rad-scores of new patients by the model file alone."""
    input:
        features="<results>/cohort/new_features.tsv",
        model="<results>/cohort/model.json",
    output:
        radscore="<results>/cohort/new_radscore.tsv",
    log:
        "<results>/logs/score_patients.log",
    benchmark:
        "<results>/benchmarks/score_patients.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("score_patients"),
        max_outside_training=settings["max_outside_training"],
    script:
        "../../scripts/score_patients.py"


rule validate_externally:
    """What the model is worth on new patients whose response is known, and after recalibration there."""
    input:
        radscore="<results>/cohort/new_radscore.tsv",
        model="<results>/cohort/model.json",
    output:
        tsv="<results>/tables/external.tsv",
        markdown="<results>/tables/external.md",
        latex="<results>/tables/external.tex",
        word="<results>/tables/external.docx",
    log:
        "<results>/logs/validate_externally.log",
    benchmark:
        "<results>/benchmarks/validate_externally.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("validate_externally"),
        rows=[{"patient": row["patient"], "response": row["response"]} for row in labelled],
        simulated=any(map(is_simulated, labelled)),
    script:
        "../../scripts/validate_externally.py"
