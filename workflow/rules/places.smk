"""Places of each tumour for the risk map: compact sub-regions that cover it, measured."""


rule measure_places:
    """Compact places of one size that cover the tumour many times, their features and where they lie; the null's draws beside them."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
        draws="<results>/patients/{patient}/null/draws.npz",
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
        covering={
            key: settings["risk_map"][key]
            for key in ["size_cm3", "minimum_voxels", "coverage", "seed"]
        },
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: places of the tumour and their features"
    script:
        "../../scripts/measure_places.py"
