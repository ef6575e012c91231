"""Study 2, response (Liu 2025): does the T2-weighted MRI before radiotherapy know who will respond?"""


include: "rules/common.smk"


from npcradiomics.cohort import clinical_values, same_files, sources
from npcradiomics.cohort.inclusion import refuse_known
from npcradiomics.publication.methods.counts import table_counts
from npcradiomics.publication.notices import cohort_notice, settings_sentence
from npcradiomics.response.cohort import assign_sets
from npcradiomics.response.harmonization import (
    refuse_strange_centres,
    require_centres,
    require_comparable_centres,
)

study, paper = "response", "https://doi.org/10.61186/ijrr.23.2.311"
settings = settings_of("response")
patients = patients_of("response", settings)
new_patients = {}  # scored by the model and otherwise not used
if settings["new_patients"]:
    table = settings | {"patients": settings["new_patients"], "clinical_columns": []}
    new_patients = patients_of("response_new", table)
    refuse_known(new_patients, patients)
labelled = [row for row in new_patients.values() if "response" in row]
if workflow.is_main_process:  # once, not in every job
    for table in (patients, new_patients):  # a new patient may be one of the cohort's, scored again
        same_files.refuse_same_files(table, ["image", "mask"], ["image"])
clinical_numbers = [
    name for name in settings["clinical_columns"] if name not in settings["clinical_categories"]
]
clinical_values.require_numbers(patients.values(), clinical_numbers)
sets = assign_sets(list(patients.values()), **settings["split"])
clinical_values.require_values(
    [row for row, where in zip(patients.values(), sets, strict=True) if where == "train"],
    settings["clinical_columns"],
)
if settings["model"]["harmonization"] == "combat":
    centres_of = {
        name: [
            row.get("centre", "")
            for row, where in zip(patients.values(), sets, strict=True)
            if where == name
        ]
        for name in ("train", "validation")
    }
    require_centres(centres_of["train"])
    refuse_strange_centres(centres_of["validation"], centres_of["train"])
simulated_patients = [name for name, row in patients.items() if is_simulated(row)]
simulated_cohort = bool(simulated_patients)
# said on every table and figure
departures = settings_sentence(settings, defaults_of("response"))
notice = cohort_notice(simulated_cohort, len(patients), {}, departures)


with_files = patients | new_patients


wildcard_constraints:
    patient="[^/]+",
    part=r"\d+",
    kind="nested|bootstrap|permutation",


include: "rules/imported_files.smk"
include: "rules/imports.smk"
include: "rules/response_common.smk"
include: "rules/response_pages.smk"
include: "rules/response_features.smk"
include: "rules/response_model.smk"
include: "rules/response_validation.smk"
include: "rules/response_comparison.smk"
include: "rules/response_paper.smk"


in_papers_order = ["table1", "table2", "fig2", "fig3", "fig4", "fig5"]
in_papers_order += ["performance", "validation", "table3", "fig6", "nomogram"]
shown_tables = ["table1", "table2", "table3", "performance"]
shown_figures = [name for name in in_papers_order if name not in shown_tables]
paper_items = (
    ["<results>/calculator.html"]
    + expand(
        "<results>/tables/{table}.{format}", table=shown_tables, format=["tsv", "md", "tex", "docx"]
    )
    + expand("<results>/figures/{figure}.{format}", figure=shown_figures, format=["pdf", "png"])
)
provenance_records = expand("<results>/features/part{part}_inputs.json", part=parts)
provenance_files = {
    row["patient"]: {name: located(row["patient"])[name] for name in ("image", "mask")}
    for row in measured
}
provenance_out = {}
provenance_outputs = [
    *paper_items,
    "<results>/cohort/features.tsv",
    "<results>/cohort/radscore.tsv",
]


counts = table_counts(list(patients.values()))
counts |= {"new": len(new_patients), "new_labelled": len(labelled)}
checklists_asked = ["metrics", "clear", "ibsi", "tripod"]
own_captions = ["fig6"]
rules_of_captions = {name: f"liu_{name}" for name in shown_figures if name not in own_captions}
cohort_outcome = ["<results>/cohort/performance.tsv"]
pyradiomics_settings = settings["features"]["pyradiomics"]
registration_departures = ""


include: "rules/provenance.smk"
include: "rules/crate.smk"
include: "rules/writing.smk"
include: "rules/response_report.smk"


rule study:
    """Tables 1-3, Figures 2-6, the score of every patient, the honest validation beside them, where they come from, the methods in words, checklists."""
    input:
        rules.liu_report.output,
        paper_items,
        "<results>/cohort/radscore.tsv",
        rules.provenance.output,
        rules.methods.output,
        rules.checklists.output,
        rules.report_word.output,


rule overview:
    """Each tumour on its slices, and who is unlike the cohort: to look at before the study is run."""
    input:
        "<results>/cohort/overview.html",


rule centres:
    """The rad-score at each centre (column `centre`), by models that have not seen it, and with ComBat beside it."""
    input:
        "<results>/tables/centres.md",


rule variants:
    """The model with ComBat, with stable features alone, with multiple imputation, beside the one without."""
    input:
        "<results>/tables/variants.md",


rule score:
    """Rad-scores of the new patients (key `new_patients`) by the model of this cohort; with responses, what it is worth there."""
    input:
        "<results>/cohort/new_radscore.tsv",
        ["<results>/tables/external.tsv"] if labelled else [],


tell_by_docstrings()
