"""From two examinations to one frame: check the files, register, look at the result."""


rule check_inputs:
    """Refuse a patient's wrong files before any heavy work; write what they are."""
    input:
        planning_mri=file_of("planning_mri"),
        recurrence_mri=file_of("recurrence_mri"),
        gtv=file_of("gtv"),
        gtvr=file_of("gtvr"),
        isodose95=file_of("isodose95"),
        transform=file_of("transform"),
        initial_transform=file_of("initial_transform"),
        core=core("examination", "image", "geometry", "artefact", "contours"),
    output:
        inputs="<results>/patients/{patient}/inputs.json",
    log:
        "<results>/logs/{patient}/check_inputs.log",
    benchmark:
        "<results>/benchmarks/{patient}/check_inputs.tsv"
    priority: 10
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        row=lambda wildcards: patients[wildcards.patient],
    message:
        "{wildcards.patient}: checking images and contours"
    script:
        "../../scripts/check_inputs.py"


rule register_recurrence:
    """Rigid registration of the recurrence MRI to the planning MRI: first the head, then the region round the tumour."""
    input:
        inputs=rules.check_inputs.output.inputs,
        planning_mri=file_of("planning_mri"),
        recurrence_mri=file_of("recurrence_mri"),
        gtv=file_of("gtv"),
        gtvr=file_of("gtvr"),
        transform=file_of("transform"),
        initial_transform=file_of("initial_transform"),
        core=core(
            "registration",
            "registration_checks",
            "mutual_information",
            "pyramid",
            "rigid",
            "contours",
            "image",
            "geometry",
            "artefact",
        ),
    output:
        transform="<results>/patients/{patient}/registration/recurrence_to_planning.tfm",
        recurrence_on_planning="<results>/patients/{patient}/registration/recurrence_on_planning.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    log:
        "<results>/logs/{patient}/register_recurrence.log",
    benchmark:
        "<results>/benchmarks/{patient}/register_recurrence.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        registration=settings["registration"],
    message:
        "{wildcards.patient}: registering the recurrence MRI to the planning MRI"
    script:
        "../../scripts/register_recurrence.py"


rule qc:
    """Picture of the registration: planning MRI, recurrence MRI before and after, checkerboard."""
    input:
        planning_mri=file_of("planning_mri"),
        recurrence_mri=file_of("recurrence_mri"),
        gtv=file_of("gtv"),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        recurrence_on_planning=rules.register_recurrence.output.recurrence_on_planning,
        quality=rules.register_recurrence.output.quality,
        core=core("pictures", "style", "notices", "image", "geometry", "artefact"),
    output:
        png="<results>/patients/{patient}/registration/qc.png",
    log:
        "<results>/logs/{patient}/qc.log",
    benchmark:
        "<results>/benchmarks/{patient}/qc.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
    message:
        "{wildcards.patient}: picture of the registration"
    script:
        "../../scripts/qc.py"
