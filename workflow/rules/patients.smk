"""Who enters the cohort, and where each patient's files lie, also those that an import makes."""

from npcradiomics.features.definitions import FEATURES, require_known
from npcradiomics.publication.notices import SECTIONS, cohort_notice, settings_sentence


def with_number_of_tests(settings):
    """One test a feature, where the config does not give another number."""
    if settings["statistics"]["n_tests"] == "features":
        settings["statistics"]["n_tests"] = len(FEATURES)
    return settings


settings = with_number_of_tests(settings)
AFTER_REGISTRATION = (
    "derive_regions",
    "extract_features",
    "draw_regions",
    "perturb_regions",
    "measure_universes",
    "measure_dose",
)
PICTURES = ("deform_recurrence", "report_registration", "appendix", "report_patient", "map_voxels")
RISK_STEPS = ("measure_places", "write_risk_map", "report_risk")
BESIDE = (*PICTURES, *RISK_STEPS)  # what Tables 1 to 5 do not need

reviews = {
    patient: [row.get("registration_review", ""), row.get("registration_note", "")]
    for patient, row in patients.items()
}
# Who does not enter the cohort's statistics before anything is computed, and why: patient, rule, reason.
left_out = [
    {
        "patient": name,
        "rule": "registration",
        "reason": f"registration rejected by a person: {note}",
    }
    for name, (review, note) in reviews.items()
    if review == "reject"
]

# Nor does whom the config excludes; he is not waited for: one whose images cannot be read can be left out so.
deselected = []
if settings["exclude"]:
    from npcradiomics.cohort import exclusion
    from npcradiomics.cohort import inclusion

    kept, gone = exclusion.select_patients(
        exclusion.read_clinical(settings["patients"], settings["clinical_columns"]),
        settings["exclude"],
    )
    inclusion.require_enough(list(kept["patient"]), gone)
    deselected = gone.to_dict("records")

# With allow_missing the cohort does without the patients whose last attempt failed, until something of theirs changes; one
# who lacks a picture or the risk map alone stays in the statistics. Of whom the config excludes nothing is tried again.
failed, without = {}, {step: set() for step in BESIDE}
failed_sequences, failed_pages = {}, {}  # by (patient, sequence)
excluded = {row["patient"] for row in deselected}
spared = patients if settings["allow_missing"] else excluded
if spared:
    from npcradiomics.jobs import failures

    def last_changed(patient):
        files = filter(os.path.isfile, patients.get(patient, {}).values())
        return max(map(os.path.getmtime, [settings["patients"], *files]))

    lasting = failures.lasting(workflow.pathvars.apply("<results>/logs"), last_changed)
    lasting = [record for record in lasting if record["patient"] in spared]
    # A job of a further sequence leaves the sequence out, not the patient; its page only the page.
    for record in list(lasting):
        if sequence := failures.sequence_of(record, settings["sequences"]):
            lasting.remove(record)
            of_page = record["step"] == "report_sequence"
            (failed_pages if of_page else failed_sequences)[record["patient"], sequence] = record
            lacking = f"the page of {sequence}" if of_page else sequence
            words = (
                "{patient}: without {lacking}, whose {step} failed at the last attempt: {reason}"
            )
            logger.warning(words.format(lacking=lacking, **record))
    failed = {
        record["patient"]: record for record in reversed(lasting) if record["step"] not in BESIDE
    }
    for record in lasting:
        if record["step"] in BESIDE:
            without[record["step"]].add(record["patient"])
            logger.warning(
                "{patient}: without {step}, whose last attempt failed: {reason}".format(**record)
            )
    left_out += [
        {"patient": name, "rule": record["step"], "reason": record["reason"]}
        for name, record in failed.items()
        if reviews[name][0] != "reject"
    ]
out_of_cohort = {row["patient"]: row for row in [*left_out, *deselected]}
analysed = [name for name in patients if name not in out_of_cohort]  # the cohort's list
with_page = [
    name
    for name in patients
    if name not in without["report_registration"] | without["deform_recurrence"]
    and failed.get(name, {"step": None})["step"] in (None, *AFTER_REGISTRATION)
]

# Said on every table and figure, on what shows one patient as far as it depends on them.
defaults = with_number_of_tests(defaults_of("heterogeneity"))
departures_of_pages, departures_of_pictures = (
    settings_sentence(settings, defaults, sections)
    for sections in (
        ["registration", "dose", "intensity"],
        ["registration", "regions", "dose", "intensity", "spatial_null"],
    )
)


def notice_of(*sections, beside=()):
    """The words on what is made from the cohort by these sections of the settings; beside: steps it needs of each patient."""
    missing = {name: step for step in beside for name in sorted(without[step] & set(analysed))}
    missing |= {name: record["step"] for name, record in failed.items() if name not in excluded}
    return cohort_notice(
        simulated_cohort,
        len(patients),
        missing,
        settings_sentence(settings, defaults, sections),
    )


notice = notice_of(*SECTIONS)

FILE_COLUMNS = (
    "planning_mri",
    "recurrence_mri",
    "gtv",
    "gtvr",
    "gtvr_frame",
    "isodose95",
    "transform",
    "initial_transform",
)


def files_in(*columns):
    """Input function for unpack (one call a job, each costs start-up): the patient's files in these columns."""
    return lambda wildcards: {name: files_of(wildcards.patient).get(name, []) for name in columns}


def cells_of(row):
    """The cells that say which files are a patient's: a review or a clinical column must not start a registration."""
    return {name: row[name] for name in FILE_COLUMNS if name in row}


def of_analysed(path, step=None):
    """Input function: a file of who is in the analysis and did not fail in a step of pictures; nothing of the others."""
    path = workflow.pathvars.apply(path)
    out = without.get(step, set())
    return lambda wildcards: (
        path.format(patient=wildcards.patient)
        if wildcards.patient in analysed and wildcards.patient not in out
        else []
    )


def prescription_of(patient):
    """Prescription in gray: the table's, else the config's, else None (never guessed)."""
    gray = patients[patient].get("prescription_gy", settings.get("prescription_gy"))
    return None if gray is None else float(gray)


def refuse_few(wildcards):
    """A dry run says what the job would, before the first patient is computed."""
    if workflow.dryrun:
        import pandas as pd
        from npcradiomics.cohort import inclusion

        gone = pd.DataFrame(left_out, columns=["patient", "rule", "reason"])
        inclusion.require_enough(analysed, gone)
    return []


# The planning MRI on which everything is measured: as scanned, or what normalise_intensity makes of it.
normalised = settings["intensity"]["normalisation"] != "none"
with_reference = settings["intensity"]["normalisation"] == "n4_zscore"
NORMALISED_MRI = "<results>/patients/{patient}/intensity/planning_mri.nii.gz"
BIAS_FIELD = "<results>/patients/{patient}/intensity/bias_field.nii.gz"
INTENSITY_RECORD = "<results>/patients/{patient}/intensity/normalisation.json"


def measured_mri(wildcards):
    """Input function: the planning MRI on which features are measured."""
    return NORMALISED_MRI if normalised else files_of(wildcards.patient)["planning_mri"]


def reference_tissue(patient):
    """{column: file} of the patient's reference tissue where it is used, else nothing."""
    column = "reference_tissue"
    row = located(patient)
    return {column: row[column]} if with_reference and column in row else {}


VOXEL_MAP = "<results>/patients/{patient}/voxel_maps/{feature}.nii.gz"


def asked_voxel_maps(wildcards):
    """Input function: the maps of `risk_map: voxel_maps`, of every patient; without any there is nothing to make, which is said."""
    names = settings["risk_map"]["voxel_maps"]
    if not names:
        raise ValueError(
            "config: heterogeneity: risk_map: voxel_maps names no feature; for example"
            " voxel_maps: [NGTDM_Busyness]"
        )
    require_known(names)
    able = [name for name in analysed if name not in without["map_voxels"]]
    return expand(VOXEL_MAP, patient=able, feature=names)
