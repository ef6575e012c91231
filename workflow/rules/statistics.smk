"""From patients to the cohort: who enters, the paired comparison, correlations, principal components."""

STATISTICS = ("comparison", "effect_sizes", "normality", "paired_tests", "pairs")


rule collect_features:
    """One table of the cohort; patients who do not enter go to excluded.tsv with the reason."""
    input:
        recurrent=expand(
            "<results>/patients/{patient}/features/recurrent.tsv", patient=patients
        ),
        non_recurrent=expand(
            "<results>/patients/{patient}/features/non_recurrent.tsv", patient=patients
        ),
        pyradiomics=expand(
            "<results>/patients/{patient}/features/pyradiomics.tsv", patient=patients
        ),
        intensities=expand(
            "<results>/patients/{patient}/features/intensities.tsv", patient=patients
        ),
        notes=expand(
            "<results>/patients/{patient}/features/notes.json", patient=patients
        ),
        regions=expand(
            "<results>/patients/{patient}/regions/regions.json", patient=patients
        ),
        core=core("cohort", "artefact"),
    output:
        features="<results>/cohort/features.tsv",
        excluded="<results>/cohort/excluded.tsv",
        regions="<results>/cohort/regions.tsv",
        pyradiomics="<results>/cohort/pyradiomics.tsv",
        intensities="<results>/cohort/intensities.tsv",
    log:
        "<results>/logs/collect_features.log",
    benchmark:
        "<results>/benchmarks/collect_features.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        patients=list(patients),
        regions=settings["regions"],
    message:
        "collecting the cohort"
    script:
        "../../scripts/collect_features.py"


rule compare_regions:
    """Shapiro-Wilk, paired t or Wilcoxon, effect sizes, correlation matrix and principal components."""
    input:
        features=rules.collect_features.output.features,
        core=core(
            *STATISTICS,
            "correlation",
            "components",
            "selection",
            "paper",
            "rounding",
            "artefact",
        ),
    output:
        statistics="<results>/cohort/statistics.tsv",
        correlation="<results>/cohort/correlation.tsv",
        explained="<results>/cohort/components_explained.tsv",
        loadings="<results>/cohort/components_loadings.tsv",
        scores="<results>/cohort/components_scores.tsv",
    log:
        "<results>/logs/compare_regions.log",
    benchmark:
        "<results>/benchmarks/compare_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        statistics=settings["statistics"],
    message:
        "comparing the regions"
    script:
        "../../scripts/compare_regions.py"
