"""A page of each patient with everything that is known of him, and the script of its viewer."""

# Comes at set-up (envs/viewer.sh); where it could not be fetched the pages keep their flicker.
VIEWER = os.path.join(sys.prefix, "share", "niivue", "niivue.umd.js")
with_patient_page = [name for name in with_page if name not in without["report_patient"]]


rule report_risk:
    """A patient's risk map in numbers and a picture: beside what is simpler, within the registration's error, with its dose."""
    input:
        unpack(files_in("planning_mri", "gtv", "dose", "isodose95")),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        places="<results>/patients/{patient}/risk/places.npz",
        risk="<results>/patients/{patient}/risk/risk.nii.gz",
        scores="<results>/cohort/risk_scores.tsv",
        verdict="<results>/cohort/risk_verdict.json",
    output:
        record="<results>/patients/{patient}/risk/report.json",
        png="<results>/patients/{patient}/risk/risk.png",
    log:
        "<results>/logs/{patient}/report_risk.log",
    benchmark:
        "<results>/benchmarks/{patient}/report_risk.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_risk"),
        level=settings["risk_map"]["export_level"],
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
    message:
        "{wildcards.patient}: risk map for the patient's page"
    script:
        "../../scripts/report_risk.py"


rule report_patient:
    """The page of one patient: registration, regions, dose, features against the cohort, draws."""
    input:
        report="<results>/patients/{patient}/registration/report.html",
        standing="<results>/patients/{patient}/registration/standing.json",
        quality="<results>/patients/{patient}/registration/quality.json",
        registrations="<results>/cohort/registration.tsv",
        features="<results>/cohort/features.tsv",
        regions=of_analysed("<results>/patients/{patient}/regions/regions.json"),
        failure=dose_file("failure.json"),
        figures=dose_file("dose.tsv"),
        ranks="<results>/cohort/null_ranks.tsv" if with_null else [],
        draws="<results>/cohort/null_patients.tsv" if with_null else [],
        risk=risk_file("report.json"),
        risk_png=risk_file("risk.png"),
        s1=of_analysed("<results>/patients/{patient}/figures/fig_s1.png", "appendix"),
        s2=of_analysed("<results>/patients/{patient}/figures/fig_s2.png", "appendix"),
        s3=(
            of_analysed("<results>/patients/{patient}/figures/fig_s3.png", "appendix")
            if with_null
            else []
        ),
        templates=repository_files(
            "workflow/report",
            "patient.html",
            "registration_page.css",
            "standing_bar.html",
            "tabs.js",
            *PAGE_TEMPLATES,
        ),
    output:
        "<results>/patients/{patient}/patient.html",
    log:
        "<results>/logs/{patient}/report_patient.log",
    benchmark:
        "<results>/benchmarks/{patient}/report_patient.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("report_patient"),
        main_sequence=settings["main_sequence"],
        with_page=with_patient_page,
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
        departures=departures_of_pictures,
        boost_percent=settings["risk_map"]["boost_percent"],
    message:
        "{wildcards.patient}: page of the patient"
    script:
        "../../scripts/report_patient.py"


rule copy_viewer:
    """The script of the viewer on the patients' pages, once for all of them."""
    input:
        VIEWER,
    output:
        "<results>/viewer/niivue.js",
    log:
        "<results>/logs/copy_viewer.log",
    benchmark:
        "<results>/benchmarks/copy_viewer.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("copy_viewer"),
    script:
        "../../scripts/copy_viewer.py"
