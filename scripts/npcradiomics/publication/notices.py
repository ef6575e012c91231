"""Sentences that must stand on whatever is made from a cohort that calls for them."""

SIMULATED_NOTE = "Simulated patients: no clinical data"
# One share of GTVr, counted in two ways: on whatever shows the one by volume.
TWO_SHARES = (
    "The class goes by GTVr's volume, between the slices too. Who enters the texture statistics is"
    " decided by Akram's rule alone, which counts voxels: the two shares may differ by a few points."
)
DEPARTS = "Not by the default settings: "
# The method, of either study: seeds, files, who the patients are and how jobs are cut do not count.
SECTIONS = (
    "registration",
    "regions",
    "dose",
    "intensity",
    "extraction",
    "statistics",
    "spatial_null",
    "split",
    "features",
    "model",
    "resampling",
)
NAMED_PATIENTS = 8
_EXCLUSION_RULES = {
    "exclude": "by the expression `exclude` of the config",
    "in_field": "recurrence not in field",
    "registration": "registration rejected by a person",
}
_NO_METHOD = {"seed", "enabled", "deformable", "pyradiomics", "per_job"}
_NO_METHOD |= {"new_patients", "model", "voxel_maps", "kernel_radius"}
_NO_METHOD |= {"export", "export_level", "export_without_evidence"}
# What a setting is called in a sentence, where its key does not say it: section, key: words, with
# the words of its values where those do not.
_WORDS = {
    "contour_end_caps": ("contours closed half a slice beyond their ends", {}),
    "regions: recurrent": (
        "recurrent region",
        {"whole": "all of GTVr", "inside_gtv": "GTVr inside the GTV only"},
    ),
    "regions: in_field_minimum": ("in the statistics from a share of voxels in field of", {}),
    "regions: outside_gtv_warning": ("warned of from a share of GTVr outside the GTV of", {}),
    "regions: min_voxels": ("voxels of the smallest region", {}),
    "intensity: normalisation": (
        "intensities of the planning MRI",
        {
            "none": "as scanned",
            "n4": "without their bias field (N4)",
            "n4_zscore": "without their bias field (N4), as z-scores",
        },
    ),
    "extraction: n_levels": ("grey levels", {}),
    "extraction: quantizer": (
        "quantizer",
        {
            "lloyd": "Lloyd-Max as MATLAB runs it",
            "optimal": "the best",
            "uniform": "of equal steps",
        },
    ),
    "extraction: quantizer_fit": (
        "quantizer fitted to",
        {"region": "each region", "gtv": "the whole GTV"},
    ),
    "extraction: outliers": (
        "outliers of a region",
        {"none": "kept", "3sigma": "beyond 3 SD removed"},
    ),
    "extraction: resampling": (
        "resampling",
        {"isotropic": "to the in-plane spacing", "toolbox": "as the toolbox does"},
    ),
    "statistics: alpha": ("level of significance", {}),
    "statistics: n_boot": ("bootstrap samples", {}),
    "statistics: n_tests": ("tests in Bonferroni's rule", {}),
    "spatial_null: n_draws": ("regions drawn in each tumour", {}),
    "spatial_null: surrogates": ("random textures of the surrogate null", {}),
    "spatial_null: n_recombinations": ("recombinations of the draws", {}),
    "spatial_null: scores": (
        "statistic of the spatial null",
        {"standard": "of standard scores", "normal": "of normal scores of ranks"},
    ),
    "spatial_null: correction": (
        "p of all together",
        {"single_step": "in a single step", "step_down": "step-down"},
    ),
    "spatial_null: shape": (
        "drawn regions",
        {"own": "of the recurrence's own shape", "compact": "compact blobs"},
    ),
    "spatial_null: match": (
        "drawn regions matched on",
        {"none": "size alone", "depth": "size and depth"},
    ),
    "multiverse: design": ("universes", {"around": "around the path", "factorial": "crossed"}),
    "multiverse: crossed": ("axes that are crossed", {}),
    "multiverse: n_draws": ("motions in every universe", {}),
    "multiverse: surrogates": ("random textures in every universe", {}),
    "multiverse: n_recombinations": ("recombinations of all universes", {}),
    "risk_map: size_cm3": ("cm3 of a place of the risk map", {}),
    "risk_map: coverage": ("places that hold a voxel", {}),
    "risk_map: n_refits": ("refits of the risk map on draws", {}),
    "dose: in_field": ("failures in field from a share of", {}),
    "dose: marginal": ("failures marginal from a share of", {}),
    "dose: n_shifts": ("shifts within the registration's error", {}),
    "split: n_train": ("patients in training", {}),
    "split: stratified": ("the same share of responders in both sets", {}),
    "features: set": (
        "features",
        {"396": "the 396", "toolbox47": "the toolbox's 47", "pyradiomics": "pyradiomics' 93"},
    ),
    "features: n_levels": ("grey levels", {}),
    "model: outliers": ("outliers", {"iqr": "replaced by the training median", "none": "kept"}),
    "model: iqr_factor": ("interquartile ranges beyond which a value is an outlier", {}),
    "model: folds": ("folds of the cross-validation", {}),
    "model: measure": ("lambda chosen by", {"class": "share misclassified"}),
    "model: lambda_rule": (
        "lambda",
        {"min": "of the least error", "1se": "within one standard error of the least"},
    ),
    "model: score": (
        "score",
        {"logistic": "by logistic regression", "lasso": "by the LASSO itself"},
    ),
    "model: harmonization": ("centres harmonized", {"none": "no", "combat": "by ComBat"}),
    "model: stable_features": ("stable features alone", {}),
    "model: imputations": ("imputations of missing clinical values", {}),
    "resampling: nested": ("repetitions of the nested cross-validation", {}),
    "resampling: bootstrap": ("bootstrap samples", {}),
    "resampling: permutation": ("permutations", {}),
}


def simulated_note(simulated):
    """The words on whatever shows simulated patients, else ""."""
    return SIMULATED_NOTE if simulated else ""


def patient_notice(simulated, departures):
    """The words below what shows one patient: simulated or not, which settings (of settings_sentence); "" for none."""
    return ". ".join(filter(None, [simulated_note(simulated), departures]))


def cohort_notice(simulated, n_patients, missing, departures=""):
    """The words on whatever is made from a cohort: simulated or not, who is missing because a step failed, which settings.

    n_patients: in the table; missing: {patient: step that failed}; departures: of
    settings_sentence. "" where there is nothing to say.
    """
    names = ", ".join(f"{patient} ({step})" for patient, step in list(missing.items())[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    gone = f"Without {len(missing)} of {n_patients} patients: {names}{more}" if missing else ""
    return ". ".join(filter(None, [simulated_note(simulated), gone, departures]))


def out_words(out):
    """The sentence that names who is out of the cohort and why; many are counted. "" for nobody.

    out: table of patient, rule, reason.
    """
    if out.empty:
        return ""
    if len(out) <= NAMED_PATIENTS:
        named = (f"{row.patient} ({row.reason})" for row in out.itertuples())
        return f"Not in the cohort: {'; '.join(named)}."
    counts = out["rule"].value_counts()
    words = (f"{n} {rule_words(rule)}" for rule, n in counts.items())
    return (
        f"Not in the cohort: {len(out)} patients ({', '.join(words)}); cohort/excluded.tsv gives"
        " each with the reason."
    )


def rule_words(rule):
    """Why patients are out, in words that stand behind their number; rule: of cohort/excluded.tsv."""
    return _EXCLUSION_RULES.get(rule, f"{rule} failed")


def settings_sentence(settings, defaults, sections=SECTIONS):
    """What of the settings departs from the defaults, the paper's path, in words; "" if nothing does.

    settings, defaults: complete settings of one study; sections: of them, those that what is shown
    depends on, beside the closing of contours. Seeds, files and who the patients are do not count:
    they are no other method; nor does what is only shown beside.
    """
    keys = [key for key in ("contour_end_caps",) if key in defaults]
    keys += [f"{name}: {key}" for name in sections for key in _flat(defaults.get(name, {}))]
    words = []
    for key in keys:
        section, _, inner = key.partition(": ")
        used, default = (
            _flat(one[section])[inner] if inner else one[section] for one in (settings, defaults)
        )
        different = used != default and str(used) != str(default)  # "396" is 396
        if different and inner not in _NO_METHOD:
            name, values = _WORDS.get(key, (key.replace(": ", " ").replace("_", " "), {}))
            used, default = (values.get(str(value), _plain(value)) for value in (used, default))
            words.append(f"{name} {used} (default {default})")
    return DEPARTS + "; ".join(words) if words else ""


def _flat(section, before=""):
    flat = {}
    for key, value in section.items():
        flat |= (
            _flat(value, f"{before}{key} ") if isinstance(value, dict) else {before + key: value}
        )
    return flat


def _plain(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " x ".join(map(str, value)) if isinstance(value, list) else str(value)
