"""From contours to the two regions that are compared."""


rule derive_regions:
    """Carry GTVr to the planning MRI; recurrent region, the rest of the tumour, and the in-field fraction."""
    input:
        inputs=rules.check_inputs.output.inputs,
        planning_mri=file_of("planning_mri"),
        gtv=file_of("gtv"),
        gtvr=file_of("gtvr"),
        isodose95=file_of("isodose95"),
        dose=file_of("dose"),
        transform=rules.register_recurrence.output.transform,
        accepted=rules.accept_registration.output.accepted,
        core=core("regions", "contours", "image", "isodose", "geometry", "artefact"),
    output:
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        recurrent="<results>/patients/{patient}/regions/recurrent.nii.gz",
        non_recurrent="<results>/patients/{patient}/regions/non_recurrent.nii.gz",
        report="<results>/patients/{patient}/regions/regions.json",
    log:
        "<results>/logs/{patient}/derive_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/derive_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        regions=settings["regions"],
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
    message:
        "{wildcards.patient}: recurrent and non-recurrent region"
    script:
        "../../scripts/derive_regions.py"
