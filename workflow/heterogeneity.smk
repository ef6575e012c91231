"""Study 1, heterogeneity (Akram 2020): is the region where the tumour comes back different on the MRI before treatment?"""


include: "rules/common.smk"


from npcradiomics.cohort import same_files, sources
from npcradiomics.cohort.sequences import (
    add_simulated,
    column_of,
    extraction_of,
    simulation_of,
)
from npcradiomics.publication.methods.counts import table_counts
from npcradiomics.region_names import REGIONS

study, paper = "heterogeneity", "https://doi.org/10.1371/journal.pone.0240043"

settings = settings_of("heterogeneity")
with_null = settings["spatial_null"]["enabled"]
with_multiverse = settings["multiverse"]["enabled"]
with_risk = settings["risk_map"]["enabled"]
patients = patients_of("heterogeneity", settings)
for row in filter(is_simulated, patients.values()):
    add_simulated(row, settings["simulation"]["sequences"])
if workflow.is_main_process:  # once, not in every job
    images = [*sources.IMAGES, *map(column_of, settings["sequences"])]
    same_files.refuse_same_files(patients, [*images, "gtv", "gtvr"], images)
simulated_cohort = any(map(is_simulated, patients.values()))  # said on every table and figure


# What each region is as a mask, and its features.
masks_of_regions = {
    region: f"<results>/patients/{{patient}}/regions/{region}.nii.gz" for region in REGIONS
}
features_of_regions = {
    region: f"<results>/patients/{{patient}}/features/{region}.tsv" for region in REGIONS
}


wildcard_constraints:
    patient="[^/]+",  # names in an alternation would make start-up quadratic


new_patients = {}  # whose risk map is made by the cohort's model, and who are otherwise not used
if settings["risk_map"]["new_patients"]:
    from npcradiomics.cohort.inclusion import refuse_known

    table = {"patients": settings["risk_map"]["new_patients"], "clinical_columns": []}
    new_patients = patients_of("heterogeneity_new", table)
    refuse_known(new_patients, patients)
    if workflow.is_main_process:
        same_files.refuse_same_files(new_patients, ["planning_mri", "gtv"], ["planning_mri"])
with_files = patients | new_patients if new_patients else patients


include: "rules/patients.smk"
include: "rules/imported_files.smk"
include: "rules/sequence_files.smk"
include: "rules/imports.smk"
include: "rules/simulation.smk"
include: "rules/dicom.smk"
include: "rules/intensity.smk"
include: "rules/registration.smk"
include: "rules/regions.smk"
include: "rules/extraction.smk"
include: "rules/statistics.smk"
include: "rules/dose_patients.smk"
include: "rules/risk_patients.smk"
include: "rules/dose.smk"
include: "rules/tables.smk"
include: "rules/figures.smk"
include: "rules/draws.smk"
include: "rules/sequences.smk"
include: "rules/sequence_pages.smk"
include: "rules/appendix.smk"
include: "rules/spatial_null.smk"
include: "rules/repeatability.smk"
include: "rules/patient_pages.smk"
include: "rules/multiverse.smk"
include: "rules/places.smk"
include: "rules/risk_map.smk"
include: "rules/predict.smk"
include: "rules/export.smk"


in_papers_order = ["table1", "fig2", "table2", "fig3", "fig4", "fig5"]
in_papers_order += ["table3", "fig6", "fig7", "fig8"] * with_null
in_papers_order += ["table4"] * bool(dosed) + ["fig9"] * bool(with_dose)
in_papers_order += ["table5", "fig10", "fig11"] * with_multiverse
in_papers_order += ["fig12"] * (with_null and bool(settings["sequences"]))
in_papers_order += ["table6", "fig13"] * with_risk
shown_tables = [name for name in in_papers_order if name.startswith("table")]
shown_figures = [name for name in in_papers_order if name.startswith("fig")]
paper_items = expand(
    "<results>/tables/{table}.{format}", table=shown_tables, format=["tsv", "md", "tex", "docx"]
) + expand(
    "<results>/figures/{figure}.{format}", figure=shown_figures, format=["pdf", "png", "tsv"]
)

provenance_records = expand("<results>/patients/{patient}/inputs.json", patient=analysed)
provenance_records += of_sequences("inputs.json")
if normalised:
    provenance_records += expand(INTENSITY_RECORD, patient=analysed)
provenance_files = {
    name: {
        column: value for column, value in cells_of(located(name)).items() if column != "gtvr_frame"
    }
    | reference_tissue(name)
    | {
        column: path
        for sequence in sequences_of(name)
        for column, path in cells_of_sequence(name, sequence).items()
    }
    for name in analysed
}
provenance_out = {name: row["reason"] for name, row in out_of_cohort.items()}
provenance_outputs = [
    *paper_items,
    *(
        f"<results>/cohort/{table}.tsv"
        for table in ["features", "regions", "excluded", "statistics", "size"]
        + ["sequences", "sequence_agreement"] * bool(settings["sequences"])
        + ["dose", "failures"] * bool(dosed)
        + ["multiverse", "multiverse_universes", "multiverse_features"] * with_multiverse
    ),
]


counts = table_counts(list(patients.values()))
checklists_asked = ["metrics", "clear", "ibsi"]
own_captions, rules_of_captions = shown_figures, {}
cohort_outcome = ["<results>/cohort/excluded.tsv", "<results>/cohort/statistics.tsv"]
pyradiomics_settings = settings["pyradiomics"]
registration_departures = settings_sentence(
    *({"registration": used["registration"]} for used in (settings, defaults)), ["registration"]
)


include: "rules/provenance.smk"
include: "rules/crate.smk"
include: "rules/writing.smk"
include: "rules/report.smk"


rule cohort_stats:
    """Tables 1-2 (and 3-5) and Figures 2-5 (and 6-11) with everything they stand on, where they come from, the methods in words, checklists."""
    input:
        paper_items,
        "<results>/tables/definitions.md",
        rules.provenance.output,
        rules.methods.output,
        rules.checklists.output,
        rules.report_word.output,


rule registration_pages:
    """The page of every patient's registration and that of the cohort, whatever the checks say."""
    input:
        expand(
            "<results>/patients/{patient}/registration/{page}",
            patient=with_page,
            page=["report.html", "qc.png"],
        ),
        PAGES_OF_SEQUENCES,
        "<results>/cohort/registration.html",
        ["<results>/viewer/niivue.js"] * os.path.isfile(VIEWER),


rule patient_pictures:
    """The appendix pictures S1 to S3, and the pages of the registrations."""
    input:
        expand(
            "<results>/patients/{patient}/figures/{picture}.{format}",
            patient=[name for name in analysed if name not in without["appendix"]],
            picture=["fig_s1", "fig_s2"] + ["fig_s3"] * with_null,
            format=["pdf", "png"],
        ),
        rules.registration_pages.input,


rule patient_pages:
    """The page of each patient: registration, regions, dose, features against the cohort, draws; and the report that they lead to."""
    input:
        expand("<results>/patients/{patient}/patient.html", patient=with_patient_page),
        rules.report_cohort.output,
        rules.registration_pages.input,


tell_by_docstrings()
