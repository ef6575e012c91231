"""The size-matched spatial null of each patient: other regions of the same size in the same tumour, and surrogates."""


rule draw_regions:
    """Regions of the recurrent region's size drawn in the tumour, surrogate textures, and the features of all of them."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
        recurrent="<results>/patients/{patient}/regions/recurrent.nii.gz",
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
    output:
        draws="<results>/patients/{patient}/null/draws.npz",
    log:
        "<results>/logs/{patient}/draw_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/draw_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("draw_regions"),
        n_draws=settings["spatial_null"]["n_draws"],
        surrogates=settings["spatial_null"]["surrogates"],
        shape=settings["spatial_null"]["shape"],
        match=settings["spatial_null"]["match"],
        seed=settings["spatial_null"]["seed"],
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: regions of the same size drawn in the tumour, and surrogates"
    script:
        "../../scripts/draw_regions.py"
