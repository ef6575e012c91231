"""The whole pipeline again and again: nested cross-validation, bootstrap optimism, permutations, in jobs of a few each."""


rule resample:
    """Some repetitions of one kind; finished files are kept when a run is resumed."""
    input:
        features="<results>/cohort/features.tsv",
        clinical="<results>/cohort/clinical.tsv",
        perturbed=repeated,
    output:
        table="<results>/resampling/{kind}_{part}.tsv",
        predictions="<results>/resampling/{kind}_{part}_predictions.tsv",
    log:
        "<results>/logs/{kind}_{part}/resample.log",
    benchmark:
        "<results>/benchmarks/{kind}_{part}/resample.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("resample"),
        model=fitting,
        imputations=settings["model"]["imputations"],
        seed=settings["resampling"]["seed"],
        numbers=lambda wildcards: [
            int(wildcards.part),
            min(
                int(wildcards.part) + settings["resampling"]["per_job"],
                settings["resampling"][wildcards.kind],
            ),
        ],
    message:
        "{wildcards.kind}: repetitions from {wildcards.part}"
    script:
        "../../scripts/resample.py"


rule collect_resampling:
    """Optimism-corrected and nested figures, permutation p, how often each feature was kept, decision curves."""
    input:
        nested=resampled("nested"),
        bootstrap=resampled("bootstrap"),
        permutation=resampled("permutation"),
        predictions=resampled("nested", "_predictions"),
        features="<results>/cohort/features.tsv",
        model="<results>/cohort/model.json",
        performance="<results>/cohort/performance.tsv",
        radscore="<results>/cohort/radscore.tsv",
    output:
        summary="<results>/cohort/validation.tsv",
        permutation="<results>/cohort/permutation.tsv",
        selection="<results>/cohort/selection.tsv",
        decision="<results>/cohort/decision.tsv",
        report="<results>/cohort/validation.json",
    log:
        "<results>/logs/collect_resampling.log",
    benchmark:
        "<results>/benchmarks/collect_resampling.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("collect_resampling"),
    script:
        "../../scripts/collect_resampling.py"
