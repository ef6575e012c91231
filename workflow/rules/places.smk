"""Places of each tumour for the risk map: compact sub-regions that cover it, measured; and maps of features voxel by voxel."""


rule measure_places:
    """Compact places of one size that cover the tumour many times, their features and where they lie; the null's draws beside them."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
        draws="<results>/patients/{patient}/null/draws.npz",
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        places="<results>/patients/{patient}/risk/places.npz",
    log:
        "<results>/logs/{patient}/measure_places.log",
    benchmark:
        "<results>/benchmarks/{patient}/measure_places.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("measure_places"),
        covering=covering,
        extraction=settings["extraction"],
        shifts={key: settings["dose"][key] for key in ["n_shifts", "seed"]},
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
    message:
        "{wildcards.patient}: places of the tumour and their features"
    script:
        "../../scripts/measure_places.py"


rule map_voxels:
    """A feature of the neighbourhood of every voxel of the tumour, as a map on the planning MRI's grid."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
    output:
        map=VOXEL_MAP,
    log:
        "<results>/logs/{patient}/{feature}/map_voxels.log",
    benchmark:
        "<results>/benchmarks/{patient}/{feature}/map_voxels.tsv"
    wildcard_constraints:
        feature="[A-Za-z]+_[A-Za-z]+",
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("map_voxels"),
        radius=settings["risk_map"]["kernel_radius"],
        n_levels=settings["extraction"]["n_levels"],
        quantizer=settings["extraction"]["quantizer"],
    message:
        "{wildcards.patient}: {wildcards.feature}, voxel by voxel"
    script:
        "../../scripts/map_voxels.py"


rule voxel_maps:
    """The voxel maps that the config asks for, of every patient."""
    input:
        asked_voxel_maps,
