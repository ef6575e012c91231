"""The size-matched spatial null of each patient: other regions of the same size in the same tumour, and surrogates."""


rule draw_regions:
    """Regions of the recurrent region's size drawn in the tumour, surrogate textures, and the features of all of them."""
    input:
        planning_mri=file_of("planning_mri"),
        gtv=file_of("gtv"),
        recurrent=rules.derive_regions.output.recurrent,
        core=core(
            "artefact",
            "drawing",
            "draws",
            "extraction",
            "geometry",
            "histogram",
            "image",
            "kernels",
            "kernels_features",
            "kernels_lloyd",
            "kernels_placements",
            "lloydmax",
            "outliers",
            "placement_shape",
            "placements",
            "resampling",
            "standard",
            "subregions",
            "surrogates",
            "texture",
        ),
    output:
        draws="<results>/patients/{patient}/null/draws.npz",
    log:
        "<results>/logs/{patient}/draw_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/draw_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        n_draws=settings["spatial_null"]["n_draws"],
        surrogates=settings["spatial_null"]["surrogates"],
        match=settings["spatial_null"]["match"],
        seed=settings["spatial_null"]["seed"],
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: regions of the same size drawn in the tumour, and surrogates"
    script:
        "../../scripts/draw_regions.py"


rule fig_draws:
    """The recurrent region beside six of its draws on the same slices, for an expert to judge."""
    input:
        planning_mri=file_of("planning_mri"),
        gtv=file_of("gtv"),
        draws=rules.draw_regions.output.draws,
        caption=repository_files("workflow/report", "fig_draws.rst")[0],
        core=core(
            "artefact",
            "captions",
            "cuts",
            "draws",
            "geometry",
            "image",
            "notices",
            "placement_pictures",
            "style",
        ),
    output:
        pdf="<results>/patients/{patient}/null/fig_draws.pdf",
        png=report(
            "<results>/patients/{patient}/null/fig_draws.png",
            caption="../report/caption.rst",
            category="Patients",
            labels={"patient": "{patient}", "figure": "draws"},
        ),
        caption="<results>/patients/{patient}/null/fig_draws.caption.rst",
    log:
        "<results>/logs/{patient}/fig_draws.log",
    benchmark:
        "<results>/benchmarks/{patient}/fig_draws.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
    message:
        "{wildcards.patient}: picture of the region and its draws"
    script:
        "../../scripts/fig_draws.py"
