"""Repeatability: would another scan and another hand have measured the same? Both regions under perturbation, ICC."""


rule perturb_regions:
    """The 47 features of both regions, contours drawn again, head turned and shifted, noise added, as often as the config says."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
    output:
        perturbed="<results>/patients/{patient}/features/perturbed.tsv",
    log:
        "<results>/logs/{patient}/perturb_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/perturb_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("perturb_regions"),
        n_perturbations=settings["repeatability"]["n_perturbations"],
        seed=settings["repeatability"]["seed"],
        regions=settings["regions"],
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: features of both regions under perturbation"
    script:
        "../../scripts/perturb_regions.py"


rule repeatability:
    """ICC(1,1) and ICC(3,1) of each feature of each region, with intervals; features below the config's least are marked."""
    input:
        perturbed=expand("<results>/patients/{patient}/features/perturbed.tsv", patient=analysed),
        regions="<results>/cohort/regions.tsv",
    output:
        icc="<results>/cohort/icc.tsv",
    log:
        "<results>/logs/repeatability.log",
    benchmark:
        "<results>/benchmarks/repeatability.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("repeatability"),
        minimum_icc=settings["repeatability"]["minimum_icc"],
    script:
        "../../scripts/repeatability.py"
