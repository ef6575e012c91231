"""From patients to the cohort: who enters, the paired comparison, size, stability, correlations, principal components."""

# What is collected of further sequences, of everyone who has one.
FILES_OF_SEQUENCES = {
    **{f"sequence_{region}": f"features/{region}.tsv" for region in REGIONS},
    "sequence_intensities": "features/intensities.tsv",
    "sequence_reports": "regions/regions.json",
    "sequence_quality": "registration/quality.json",
    "sequence_inputs": "inputs.json",
}


rule collect_features:
    """One table of the cohort; patients who do not enter go to excluded.tsv with the reason."""
    input:
        refuse_few,
        **{region: expand(path, patient=analysed) for region, path in features_of_regions.items()},
        **{name: of_sequences(path) for name, path in FILES_OF_SEQUENCES.items()},
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
        **({"sequences": "<results>/cohort/sequences.tsv"} if settings["sequences"] else {}),
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
        measured_in=measured_in,
        without_sequence=without_sequence,
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
        agreement="<results>/cohort/sequence_agreement.tsv",
    log:
        "<results>/logs/compare_regions.log",
    benchmark:
        "<results>/benchmarks/compare_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_regions"),
        statistics=settings["statistics"],
    script:
        "../../scripts/compare_regions.py"
