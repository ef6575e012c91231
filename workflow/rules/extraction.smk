"""From regions to features: 47 per region by the paper's definitions, pyradiomics' own beside them."""


rule extract_features:
    """The 47 features of both regions, pyradiomics' features of the same quantized regions, and the histograms."""
    input:
        unpack(files_in("gtv")),
        **masks_of_regions,
        planning_mri=measured_mri,
        pyradiomics=settings["pyradiomics"],
    output:
        **features_of_regions,
        pyradiomics="<results>/patients/{patient}/features/pyradiomics.tsv",
        notes="<results>/patients/{patient}/features/notes.json",
        intensities="<results>/patients/{patient}/features/intensities.tsv",
    log:
        "<results>/logs/{patient}/extract_features.log",
    benchmark:
        "<results>/benchmarks/{patient}/extract_features.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("extract_features"),
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: features of both regions"
    script:
        "../../scripts/extract_features.py"


rule definitions:
    """Which of the 40 texture features pyradiomics defines alike, and how much the others differ in this cohort."""
    input:
        features="<results>/cohort/features.tsv",
        pyradiomics="<results>/cohort/pyradiomics.tsv",
    output:
        tsv="<results>/tables/definitions.tsv",
        markdown="<results>/tables/definitions.md",
    log:
        "<results>/logs/definitions.log",
    benchmark:
        "<results>/benchmarks/definitions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("definitions"),
        main_sequence=settings["main_sequence"],
        notice=notice,
    script:
        "../../scripts/definitions.py"
