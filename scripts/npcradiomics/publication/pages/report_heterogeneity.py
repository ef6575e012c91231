"""The report of the heterogeneity study: its answer first, then everything it stands on, in the order in which one doubts."""

from npcradiomics.cohort.sequences import label_of
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.multiverse.conclusions import HOLDS, words_by_feature
from npcradiomics.publication.pages import report_patients
from npcradiomics.publication.pages.report_answer import (
    LIGHTS,
    QUESTION,
    Null,
    heterogeneity_answer,
)
from npcradiomics.publication.pages.report_blocks import (
    StudyFiles,
    figure,
    glossary,
    points,
    printed_table,
    section,
    table,
)
from npcradiomics.publication.pages.report_closing import closing_sections
from npcradiomics.publication.pages.report_universes import universe_curve
from npcradiomics.publication.pages.risk import report_words
from npcradiomics.publication.tables.formats import Table
from npcradiomics.publication.tables.sequences import found_by_sequence
from npcradiomics.publication.tables.spatial_null import counts_words, patient_notes
from npcradiomics.rounding import fixed_text
from npcradiomics.spatial_null.verdict import TEXTURE
from npcradiomics.statistics.akram2020 import N_PATIENTS, SEVEN_FEATURES, TABLE2
from npcradiomics.statistics.pairs import small_cohort_warning
from npcradiomics.tables import of_sequence

SEQUENCES = "cohort/sequences.tsv"
WORDS = {
    "GTV": "Gross tumour volume, drawn on the planning MRI.",
    "GTVr": "The recurrence, drawn on the MRI at recurrence and carried to the planning MRI.",
    "isodose": "Line of equal dose; the 95 % isodose bounds the volume with 95 % of the prescription.",
    "maxT": "Family-wise p: how often the most extreme of all features goes as far by chance.",
    "dz": "Effect size of a paired difference: mean / SD of the differences.",
    "rank-biserial": "Effect size of the signed ranks, -1 to 1.",
    "Bonferroni": "The level divided by the number of tests.",
    "D95": "Dose that 95 % of a volume receives at least.",
}
PLAIN_LIMITS = (
    "Research software, not for clinical use: nothing here says where to treat.",
    "Regions are only as right as the registration and the contours. An error that is the same in both directions passes"
    " the registration's checks; look at the pictures.",
    "The registration is rigid: a head moves, a tumour that shrank or swelled is not bent back.",
    "A difference between two parts of a tumour that came back says nothing of tumours that did not.",
    "A feature that differs predicts nothing in a new patient; that would need patients who were not used here.",
)


def report_content(
    files: StudyFiles,
    patients: list[dict],
    without_page: dict,
    *,
    n_table: int,
    match: str,
    simulated: bool,
    notice: str,
) -> dict:
    """Content of the template study_report.html.

    Parameters
    ----------
    files : StudyFiles
        What the run made: sections of what it did not make are left out.
    patients, without_page
        As of ``registration_overview.overview_content``.
    n_table : int
        Patients in the table.
    match : str
        Key of the config, how draws were matched.
    simulated : bool
        Whether the page must say so.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    of_all = files.frame("cohort/statistics.tsv")
    main_sequence = of_all["sequence"].iloc[0]
    statistics = of_sequence(of_all, main_sequence)
    excluded = files.frame("cohort/excluded.tsv")
    registrations = files.frame("cohort/registration.tsv")
    names = set(files.frame("cohort/regions.tsv").query("in_cohort")["patient"])
    entered = registrations[registrations["patient"].isin(names)]
    null = tested = None
    if "cohort/spatial_null.tsv" in files:
        tested = files.frame("cohort/spatial_null.tsv")
        null = Null(
            of_sequence(tested, main_sequence), files.frame("cohort/null_controls.tsv"), match
        )
    doubtful = list(entered.loc[entered["verdict"] != "pass", "patient"])
    answer = heterogeneity_answer(statistics, null, excluded, doubtful, _holding(files))
    if several := found_by_sequence(of_all, tested):
        answer = answer._replace(
            sentences=[*answer.sentences, f"{several} The answer is of {label_of(main_sequence)}."]
        )
    n_drawn = None if null is None else int(null.features["n"].max())
    risk_lead, risk_number = _risk(files)
    sections = [
        section("patients", "Who is in and who is not",
                report_patients.flow(n_table, excluded, n_drawn),
                report_patients.out_table(excluded),
                report_patients.without_sequence(files.frame(SEQUENCES)) if SEQUENCES in files else None),
        section("mosaic", "All patients, most doubtful first", report_patients.mosaic(patients, without_page)),
        section("registration", "Registration and its error", *report_patients.registration_blocks(files, names)),
        section("dose", "Dose at the recurrence", printed_table(files, "table4"), figure(files, "fig9"),
                lead=_classes(files)),
        section("paper", "The paper's tables and figures", _beside(statistics), printed_table(files, "table1"),
                printed_table(files, "table2"), *(figure(files, f"fig{k}") for k in range(2, 6))),
        section("texture", "Texture, or only size?", printed_table(files, "table3"),
                *(figure(files, f"fig{k}") for k in (6, 7, 8, 12)), lead=counts_words(tested if several else null.features) if null else ""),
        section("depends", "What the answer depends on", _curve(files), printed_table(files, "table5"),
                *(figure(files, f"fig{k}") for k in (10, 11))),
        section("risk", "Where in a tumour will it come back?", printed_table(files, "table6"), figure(files, "fig13"),
                lead=risk_lead),
        section("limits", "Limits in plain words", points(_limits(files, statistics, match, notice))),
        *closing_sections(files, "heterogeneity", notice),
    ]  # fmt: skip
    return {
        "study": "Heterogeneity study, after Akram et al. 2020",
        "question": QUESTION,
        "answer": answer,
        "light": LIGHTS[answer.light],
        "numbers": [*_numbers(statistics, null, entered, n_table), *risk_number],
        "sections": [one for one in sections if one["blocks"]],
        "glossary": glossary(WORDS),
        "simulated": simulated,
        "notice": notice,
    }


def _holding(files):
    if "cohort/multiverse_features.tsv" not in files:
        return None
    features = files.frame("cohort/multiverse_features.tsv")
    return set(features.loc[features["word"] == HOLDS, "feature"])


def _curve(files):
    if "cohort/multiverse.tsv" not in files:
        return None
    features = files.frame("cohort/multiverse_features.tsv")
    return universe_curve(files.frame("cohort/multiverse.tsv"), words_by_feature(features))


def _classes(files):
    if "cohort/failures.tsv" not in files:
        return ""
    counts = files.frame("cohort/failures.tsv")["class"].value_counts()
    words = ", ".join(f"{n} {name}" for name, n in counts.items())
    return f"Class of the failure, by the share of GTVr inside the 95 % isodose: {words}."


def _risk(files):
    name = "cohort/risk_verdict.json"
    return report_words(files.json(name)) if name in files else ("", [])


def _numbers(statistics, null, entered, n_table):
    n, of = int(statistics["n"].max()), len(statistics)
    significant = int(statistics["significant"].sum())
    texture = None if null is None else int((null.features["verdict"] == TEXTURE).sum())
    error = entered["estimated_error_mm"].dropna()
    return [
        {"value": f"{n}", "of": f"of {n_table}", "words": "patients compared"},
        {"value": f"{significant}", "of": f"of {of}", "words": "features differ"},
        {
            "value": "not asked" if texture is None else f"{texture}",
            "of": "" if texture is None else f"of {of}",
            "words": "shown to be texture, not only size",
        },
        {
            "value": fixed_text(error.median() if len(error) else None, 1),
            "of": "mm",
            "words": f"error of the registration, median (largest {fixed_text(error.max() if len(error) else None, 1)})",
        },
    ]


def _beside(statistics):
    here = statistics.set_index("feature")
    seven = here.loc[list(SEVEN_FEATURES)]
    sign = {row.feature: row.mean for row in TABLE2}
    found = seven[seven["significant"]]
    same = sum(sign[name] * row > 0 for name, row in found["mean_difference"].items())
    rows = [
        ["Patients", f"{N_PATIENTS}", f"{int(statistics['n'].max())}"],
        ["Features tested", f"{len(DEFINITIONS)}", f"{len(statistics)}"],
        ["Features that differ", f"{len(SEVEN_FEATURES)}", f"{int(statistics['significant'].sum())}"],
        ["... of the paper's seven", f"{len(SEVEN_FEATURES)}", f"{len(found)}"],
        ["... of these with the paper's sign", f"{len(SEVEN_FEATURES)}", f"{same}"],
    ]  # fmt: skip
    content = Table(["", "Akram 2020", "here"], rows, "Beside the paper's own numbers", [
        "Row by row in Table 2: the columns Akram are what the paper prints, recomputed is p from its printed mean and SD.",
    ])  # fmt: skip
    return table(content, "table2", ["tables/table2.tsv"])


def _limits(files, statistics, match, notice):
    found = [f"{notice}."] if notice else []
    warned = small_cohort_warning(int(statistics["n"].max()), statistics["threshold"].iloc[0])
    found += [f"{warned}."] if warned else []
    if "cohort/null_warnings.json" in files:
        found += files.json("cohort/null_warnings.json")
        found += patient_notes(files.frame("cohort/null_patients.tsv"), match)
    return [*found, *PLAIN_LIMITS]
