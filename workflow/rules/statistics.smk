"""From patients to the cohort: who enters, the paired comparison, size, stability, correlations, principal components."""


rule collect_features:
    """One table of the cohort; patients who do not enter go to excluded.tsv with the reason."""
    input:
        refuse_few,
        **{region: expand(path, patient=analysed) for region, path in features_of_regions.items()},
        pyradiomics=expand(
            "<results>/patients/{patient}/features/pyradiomics.tsv", patient=analysed
        ),
        intensities=expand(
            "<results>/patients/{patient}/features/intensities.tsv", patient=analysed
        ),
        notes=expand("<results>/patients/{patient}/features/notes.json", patient=analysed),
        regions=expand("<results>/patients/{patient}/regions/regions.json", patient=analysed),
        inputs=expand("<results>/patients/{patient}/inputs.json", patient=analysed),
        patients=settings["patients"],
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
        *code_of("collect_features"),
        main_sequence=settings["main_sequence"],
        patients=analysed,
        clinical_columns=settings["clinical_columns"],
        exclude=settings["exclude"],
        left_out=left_out,
        regions=settings["regions"],
    script:
        "../../scripts/collect_features.py"


rule compare_regions:
    """Shapiro-Wilk, paired t or Wilcoxon, effect sizes, what size alone would give, stability, correlations, components."""
    input:
        features="<results>/cohort/features.tsv",
        regions="<results>/cohort/regions.tsv",
    output:
        statistics="<results>/cohort/statistics.tsv",
        sizes="<results>/cohort/size.tsv",
        stability="<results>/cohort/stability.tsv",
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
        *code_of("compare_regions"),
        main_sequence=settings["main_sequence"],
        statistics=settings["statistics"],
    script:
        "../../scripts/compare_regions.py"
