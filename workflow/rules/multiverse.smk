"""What does the conclusion depend on? Every patient in every universe; the curve of the cohort, Figures 10-11, Table 5."""

from npcradiomics.multiverse.design import design_of, measured_universes

multiverse = design_of(settings)


rule measure_universes:
    """Features of both regions, of their draws and surrogates, in every universe that is not measured yet."""
    input:
        unpack(files_in("planning_mri", "gtv")),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        universes=update("<results>/patients/{patient}/multiverse/universes.npz"),
    log:
        "<results>/logs/{patient}/measure_universes.log",
    benchmark:
        "<results>/benchmarks/{patient}/measure_universes.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("measure_universes"),
        code=code_of("measure_universes"),
        universes=measured_universes(multiverse),
        n_draws=settings["multiverse"]["n_draws"],
        surrogates=settings["multiverse"]["surrogates"],
        match=settings["spatial_null"]["match"],
        seed=settings["spatial_null"]["seed"],
        min_voxels=settings["regions"]["min_voxels"],
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
    message:
        "{wildcards.patient}: both regions in every universe"
    script:
        "../../scripts/measure_universes.py"
