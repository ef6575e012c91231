"""From two examinations to one frame: check the files, register, look at the result, let it pass or not."""

PAGE_TEMPLATES = ("pages.css", "registration_words.html")


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
        core=core("examination", "provenance", "transform_file", "rigid", "image", "geometry", "artefact", "contours"),
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
        row=lambda wildcards: files_of(located(wildcards.patient)),
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
            "registration_verdict",
            "carried_contour",
            "motion",
            "transform_file",
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
        discrepancy="<results>/patients/{patient}/registration/discrepancy.nii.gz",
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


rule accept_registration:
    """The gate: fails for a failed registration, so that nothing is computed from it unless a person accepts it."""
    input:
        quality=rules.register_recurrence.output.quality,
        core=core("registration_verdict", "artefact"),
    output:
        accepted="<results>/patients/{patient}/registration/accepted.json",
    log:
        "<results>/logs/{patient}/accept_registration.log",
    benchmark:
        "<results>/benchmarks/{patient}/accept_registration.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        review=lambda wildcards: reviews[wildcards.patient][0],
        note=lambda wildcards: reviews[wildcards.patient][1],
        page=lambda wildcards, input: str(Path(input.quality).parent / "report.html"),
    message:
        "{wildcards.patient}: is the registration accepted?"
    script:
        "../../scripts/accept_registration.py"


rule report_registration:
    """The page to judge a registration by, and its picture. Needs no accepted registration, nor anything made from one."""
    input:
        planning_mri=file_of("planning_mri"),
        recurrence_mri=file_of("recurrence_mri"),
        gtv=file_of("gtv"),
        gtvr=file_of("gtvr"),
        registration=rules.register_recurrence.output.transform,
        recurrence_on_planning=rules.register_recurrence.output.recurrence_on_planning,
        discrepancy=rules.register_recurrence.output.discrepancy,
        quality=rules.register_recurrence.output.quality,
        templates=repository_files(
            "workflow/report",
            "registration_page.html",
            "registration_viewer.js",
            *PAGE_TEMPLATES,
        ),
        core=core(
            "registration_page",
            "registration_pictures",
            "registration_verdict",
            "cuts",
            "embedded",
            "html_page",
            "pictures",
            "style",
            "notices",
            "carried_contour",
            "contours",
            "mutual_information",
            "pyramid",
            "rigid",
            "transform_file",
            "image",
            "geometry",
            "artefact",
        ),
    output:
        report="<results>/patients/{patient}/registration/report.html",
        thumbnail="<results>/patients/{patient}/registration/thumbnail.webp",
        png="<results>/patients/{patient}/registration/qc.png",
    log:
        "<results>/logs/{patient}/report_registration.log",
    benchmark:
        "<results>/benchmarks/{patient}/report_registration.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        review=lambda wildcards: reviews[wildcards.patient][0],
        note=lambda wildcards: reviews[wildcards.patient][1],
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
    message:
        "{wildcards.patient}: page of the registration"
    script:
        "../../scripts/report_registration.py"


rule collect_registrations:
    """All registrations as a table and a page, most doubtful first; also of patients whose registration failed."""
    input:
        quality=expand("<results>/patients/{patient}/registration/quality.json", patient=with_page),
        reports=expand("<results>/patients/{patient}/registration/report.html", patient=with_page),
        thumbnails=expand("<results>/patients/{patient}/registration/thumbnail.webp", patient=with_page),
        templates=repository_files("workflow/report", "registration_overview.html", *PAGE_TEMPLATES),
        core=core(
            "registration_overview",
            "registration_verdict",
            "embedded",
            "html_page",
            "style",
            "artefact",
        ),
    output:
        table="<results>/cohort/registration.tsv",
        overview="<results>/cohort/registration.html",
    log:
        "<results>/logs/collect_registrations.log",
    benchmark:
        "<results>/benchmarks/collect_registrations.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        reviews=[reviews[patient] for patient in with_page],
        simulated=simulated_cohort,
    message:
        "collecting the registrations"
    script:
        "../../scripts/collect_registrations.py"
