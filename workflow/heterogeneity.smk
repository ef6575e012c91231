"""Study 1, heterogeneity (Akram 2020): is the region where the tumour comes back different on the MRI before treatment?"""


include: "rules/common.smk"


settings = settings_of("heterogeneity")
patients = patients_of("heterogeneity", settings)
simulated_cohort = any(map(is_simulated, patients.values()))  # said on every table and figure


wildcard_constraints:
    patient="|".join(map(re.escape, patients)),


include: "rules/patients.smk"
include: "rules/simulation.smk"
include: "rules/dicom.smk"
include: "rules/registration.smk"
include: "rules/regions.smk"
include: "rules/export.smk"
include: "rules/extraction.smk"
include: "rules/statistics.smk"
include: "rules/tables.smk"
include: "rules/figures.smk"


rule cohort_stats:
    """Tables 1-2 and Figures 2-5 with everything they stand on."""
    input:
        expand(
            "<results>/tables/{table}.{format}",
            table=["table1", "table2"],
            format=["tsv", "md", "tex", "docx"],
        ),
        expand(
            "<results>/figures/{figure}.{format}",
            figure=["fig2", "fig3", "fig4", "fig5"],
            format=["pdf", "png"],
        ),
        "<results>/tables/definitions.md",


rule registration_pages:
    """The page of every patient's registration and that of the cohort, whatever the checks say."""
    input:
        expand(
            "<results>/patients/{patient}/registration/{page}",
            patient=patients,
            page=["report.html", "qc.png"],
        ),
        "<results>/cohort/registration.html",


rule patient_pictures:
    """The appendix pictures S1 and S2, and the pages of the registrations."""
    input:
        expand(
            "<results>/patients/{patient}/figures/{picture}.{format}",
            patient=cohort_patients,
            picture=["fig_s1", "fig_s2"],
            format=["pdf", "png"],
        ),
        rules.registration_pages.input,
