"""From contours to the two regions that are compared."""


rule derive_regions:
    """Carry GTVr to the planning MRI; recurrent region, the rest of the tumour, and the in-field fraction.

    The gate: fails for a failed registration, so that nothing is computed from it unless a person accepts it.
    """
    input:
        unpack(files_in("planning_mri", "gtv", "gtvr", "isodose95", "dose")),
        transform="<results>/patients/{patient}/registration/recurrence_to_planning.tfm",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        **masks_of_regions,
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        report="<results>/patients/{patient}/regions/regions.json",
    log:
        "<results>/logs/{patient}/derive_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/derive_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("derive_regions"),
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        review=lambda wildcards: reviews[wildcards.patient],
        regions=settings["regions"],
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
    message:
        "{wildcards.patient}: recurrent and non-recurrent region"
    script:
        "../../scripts/derive_regions.py"
