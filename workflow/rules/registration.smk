"""From two examinations to one frame: check the files, register, look at the result."""

with_deformable = settings["registration"]["deformable"]
DEFORMABLE = "<results>/patients/{patient}/registration/deformable.json"
GTVR_DEFORMABLE = "<results>/patients/{patient}/registration/gtvr_deformable.nii.gz"


rule register_recurrence:
    """Rigid registration of the recurrence MRI to the planning MRI: first the head, then the region round the tumour.

    Refuses a patient's wrong files before that, and writes what they are.
    """
    input:
        unpack(
            files_in(
                "planning_mri",
                "recurrence_mri",
                "gtv",
                "gtvr",
                "isodose95",
                "transform",
                "initial_transform",
            )
        ),
    output:
        inputs="<results>/patients/{patient}/inputs.json",
        transform="<results>/patients/{patient}/registration/recurrence_to_planning.tfm",
        recurrence_on_planning="<results>/patients/{patient}/registration/recurrence_on_planning.nii.gz",
        discrepancy="<results>/patients/{patient}/registration/discrepancy.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    log:
        "<results>/logs/{patient}/register_recurrence.log",
    benchmark:
        "<results>/benchmarks/{patient}/register_recurrence.tsv"
    priority: 10
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("register_recurrence"),
        row=lambda wildcards: cells_of(located(wildcards.patient)),
        registration={key: settings["registration"][key] for key in ("parameters", "limits")},
    message:
        "{wildcards.patient}: checking the files, registering the recurrence MRI to the planning MRI"
    script:
        "../../scripts/register_recurrence.py"


rule deform_recurrence:
    """GTVr carried by a deformable registration too, set beside the rigid one; asked for by `registration: deformable`.

    Only the page and the table of the registrations read it.
    """
    input:
        unpack(files_in("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")),
        transform="<results>/patients/{patient}/registration/recurrence_to_planning.tfm",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        comparison=DEFORMABLE,
        gtvr_deformable=GTVR_DEFORMABLE,
    log:
        "<results>/logs/{patient}/deform_recurrence.log",
    benchmark:
        "<results>/benchmarks/{patient}/deform_recurrence.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("deform_recurrence"),
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        parameters=settings["registration"]["parameters"],
        recurrent=settings["regions"]["recurrent"],
    message:
        "{wildcards.patient}: GTVr by a deformable registration, beside the rigid one"
    script:
        "../../scripts/deform_recurrence.py"


rule report_registration:
    """The page to judge a registration by, and its picture. Also of a registration that failed."""
    input:
        unpack(files_in("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95", "dose")),
        registration="<results>/patients/{patient}/registration/recurrence_to_planning.tfm",
        recurrence_on_planning="<results>/patients/{patient}/registration/recurrence_on_planning.nii.gz",
        discrepancy="<results>/patients/{patient}/registration/discrepancy.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
        templates=repository_files(
            "workflow/report",
            "registration_page.html",
            "registration_page.css",
            "standing_bar.html",
            "sequence_bar.html",
            "registration_viewer.js",
            "review.html",
            "review.js",
            "viewer.html",
            "viewer.js",
            *PAGE_TEMPLATES,
        ),
        deformable=DEFORMABLE if with_deformable else [],
        gtvr_deformable=GTVR_DEFORMABLE if with_deformable else [],
        intensity=[NORMALISED_MRI, BIAS_FIELD] if normalised else [],
    output:
        report="<results>/patients/{patient}/registration/report.html",
        thumbnail="<results>/patients/{patient}/registration/thumbnail.webp",
        png="<results>/patients/{patient}/registration/qc.png",
        standing="<results>/patients/{patient}/registration/standing.json",
    log:
        "<results>/logs/{patient}/report_registration.log",
    benchmark:
        "<results>/benchmarks/{patient}/report_registration.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_registration"),
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
        review=lambda wildcards: reviews[wildcards.patient],
        out=lambda wildcards: out_of_cohort.get(wildcards.patient),
        in_field_minimum=settings["regions"]["in_field_minimum"],
        dose=settings["dose"],
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
        departures=departures_of_pages,
        sequences=lambda wildcards: tabs_of(wildcards.patient),
    message:
        "{wildcards.patient}: page of the registration"
    script:
        "../../scripts/report_registration.py"


rule collect_registrations:
    """All registrations as a table and a page, most doubtful first; also of patients whose registration failed."""
    input:
        standings=expand(
            "<results>/patients/{patient}/registration/standing.json", patient=with_page
        ),
        quality=expand("<results>/patients/{patient}/registration/quality.json", patient=with_page),
        reports=expand("<results>/patients/{patient}/registration/report.html", patient=with_page),
        thumbnails=expand(
            "<results>/patients/{patient}/registration/thumbnail.webp", patient=with_page
        ),
        deformable=expand(DEFORMABLE, patient=with_page if with_deformable else []),
        templates=repository_files("workflow/report", "registration_overview.html", *PAGE_TEMPLATES),
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
        *code_of("collect_registrations"),
        reviews=[reviews[patient] for patient in with_page],
        without_page=[
            (name, reviews[name], out_of_cohort.get(name))
            for name in sorted(patients.keys() - set(with_page))
        ],
        simulated=simulated_cohort,
        departures=departures_of_pages,
    script:
        "../../scripts/collect_registrations.py"
