"""Sentences that must stand on whatever is made from a cohort that calls for them."""

SIMULATED_NOTE = "Simulated patients: no clinical data"
DEPARTS = "Not by the default settings: "
# What a setting is called in a sentence, where its key does not say it: section, key: words, with
# the words of its values where those do not.
_SECTIONS = ("registration", "regions", "extraction", "statistics", "spatial_null")
_WORDS = {
    "contour_end_caps": ("contours closed half a slice beyond their ends", {}),
    "regions: recurrent": (
        "recurrent region",
        {"whole": "all of GTVr", "inside_gtv": "GTVr inside the GTV only"},
    ),
    "extraction: n_levels": ("grey levels", {}),
    "extraction: quantizer_fit": (
        "quantizer fitted to",
        {"region": "each region", "gtv": "the whole GTV"},
    ),
    "statistics: n_tests": ("tests in Bonferroni's rule", {}),
    "spatial_null: shape": (
        "drawn regions",
        {"own": "of the recurrence's own shape", "compact": "compact blobs"},
    ),
    "spatial_null: match": (
        "drawn regions matched on",
        {"none": "size alone", "depth": "size and depth"},
    ),
}


def simulated_note(simulated):
    """The words on whatever shows simulated patients, else ""."""
    return SIMULATED_NOTE if simulated else ""


def cohort_notice(simulated, n_patients, missing, departures=""):
    """The words on whatever is made from a cohort: simulated or not, who is missing because a step failed, which settings.

    n_patients: in the table; missing: {patient: step that failed}; departures: of
    settings_sentence. "" where there is nothing to say.
    """
    names = ", ".join(f"{patient} ({step})" for patient, step in list(missing.items())[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    gone = f"Without {len(missing)} of {n_patients} patients: {names}{more}" if missing else ""
    return ". ".join(filter(None, [simulated_note(simulated), gone, departures]))


def settings_sentence(settings, defaults):
    """What of the settings departs from the defaults, the paper's path, in words; "" if nothing does.

    settings, defaults: complete settings of the heterogeneity study. Seeds, files and who the
    patients are do not count: they are no other method; nor does what is only shown beside.
    """
    keys = [
        "contour_end_caps",
        *(f"{name}: {key}" for name in _SECTIONS for key in _flat(defaults[name])),
    ]
    words = []
    for key in keys:
        section, _, inner = key.partition(": ")
        used, default = (
            _flat(one[section])[inner] if inner else one[section] for one in (settings, defaults)
        )
        if used != default and inner not in ("seed", "enabled", "deformable"):
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
