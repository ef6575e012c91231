"""Texture, or only size? The verdict of each feature from two nulls, and the sentences that belong to it."""

import math

from npcradiomics.rounding import fixed_text, p_words, percent_text

TEXTURE, GEOMETRY, OPEN = "texture", "explained by size or shape", "not decided"
VERDICTS = (TEXTURE, GEOMETRY, OPEN)
LARGE_FRACTION = 0.5  # a region above it overlaps with every other of its size
NAMED_PATIENTS = 8  # more are counted in a sentence; cohort/null_patients.tsv has them all

COVARIATES = {
    "depth_mm": "depth below the tumour's surface",
    "surface_share": "share of the tumour's surface",
    "sphericity": "sphericity",
    "height_mm": "height",
    "n_slices": "number of slices",
    "largest_piece_voxels": "largest piece",
}
DOSE = "mean_dose_percent"  # a control of its own, which says nothing of shape or place


def rule_words(alpha):
    """The rule of `verdict` in one paragraph, for captions."""
    return (
        f"Verdict: {TEXTURE} = p of all features together is at most {alpha:g} both against size-matched regions and in random"
        f" texture; {GEOMETRY} = the paper's test calls the feature significant, and among regions of the same size in the same"
        f" tumours the difference is not unusual (p of this feature alone above {alpha:g}); {OPEN} = everything else."
    )


def verdict(*, p, p_maxt, surrogate_p_maxt, paper_significant, alpha, obstacle=""):
    """One of VERDICTS and a note.

    p, p_maxt of the spatial null, surrogate_p_maxt of the surrogate null (NaN: not tested);
    paper_significant: by the paper's own test; obstacle: why nothing can be called texture in this
    cohort, "" if it can.
    """
    if math.isnan(p):
        return OPEN, "not tested against draws"
    if p_maxt <= alpha:
        if obstacle:
            return OPEN, f"beyond the spatial null, but {obstacle}"
        if math.isnan(surrogate_p_maxt):
            return OPEN, "beyond the spatial null, but not tested against surrogates"
        if surrogate_p_maxt <= alpha:
            return TEXTURE, ""
        return OPEN, "beyond the spatial null, within the surrogate null"
    if paper_significant and p > alpha:
        return GEOMETRY, ""
    if paper_significant:
        return OPEN, "beyond the spatial null alone, not among all features"
    return OPEN, ""


def control_sentence(controls, alpha, match):
    """What must be said before anything else, "" if no negative control rejects.

    controls: list of dicts covariate, p_maxt, mean_observed, mean_draws; a control rejects if its
    family-wise p (maxT over the controls) is at most alpha.
    """
    rejecting = [row for row in controls if row["p_maxt"] <= alpha]
    if not rejecting:
        return ""
    words = "; ".join(
        f"{COVARIATES.get(row['covariate'], row['covariate'])} {fixed_text(row['mean_observed'], 2)} in GTVr,"
        f" {fixed_text(row['mean_draws'], 2)} in the draws, p {p_words(row['p_maxt'])}"
        for row in rejecting
    )
    n_tested = sum(not math.isnan(row["p_maxt"]) for row in controls)
    deeper = any(row["covariate"] in ("depth_mm", "surface_share") for row in rejecting)
    advice = " Try match: depth." if deeper and match == "none" else ""
    if any(
        row["covariate"] == "surface_share" and row["mean_observed"] > row["mean_draws"]
        for row in rejecting
    ):
        advice += (
            " GTVr has more of the GTV's surface than other places for it: was it cut there? Draws of"
            " its own shape need the uncut contour."
        )
    return (
        f"The drawn regions do not lie or look like the recurrences ({words}; family-wise over {_count(n_tested, 'negative control')}):"
        f" the spatial null does not fit this cohort and no feature is called {TEXTURE}.{advice}"
    )


def dose_sentence(control, alpha):
    """What must be said first where recurrences lie where the dose was lower, else "".

    control: the row of DOSE as in control_sentence, in a list, [] where no dose is known.
    """
    for row in control:
        if row["p_maxt"] <= alpha and row["mean_observed"] < row["mean_draws"]:
            return (
                f"Recurrences lie where the dose was lower (mean {fixed_text(row['mean_observed'], 1)} % of the prescription in"
                f" GTVr, {fixed_text(row['mean_draws'], 1)} % in the draws, p {p_words(row['p_maxt'])}, n = {row['n']}): texture"
                " is not the only explanation of where they lie."
            )
    return ""


def few_sentence(n, n_features, alpha):
    """One sentence if n patients with draws speak of their own tumours alone, else "".

    They do if a sign test could not call one of n_features features significant, were it higher in
    the recurrence of every patient: its two-sided p is 2^(1 - n).
    """
    smallest, threshold = 2.0 ** (1 - n), alpha / max(n_features, 1)
    if n == 0 or smallest <= threshold:
        return ""
    needed = math.ceil(1 - math.log2(threshold))
    return (
        f"Too few patients to tell (n = {n}): what is found holds for these tumours alone. Were a feature higher in the recurrence of"
        f" every patient, a sign test would give p = {smallest:.2g}; one of {n_features} needs {threshold:.2g}, and that takes"
        f" {needed} patients."
    )


def floor_sentence(test_floor, n, n_draws, n_recombinations, threshold):
    """One sentence if no p can come below the threshold of a single feature, else "".

    test_floor: CohortTest.floor of n patients with at most n_draws draws each.
    """
    if n == 0 or test_floor <= threshold:
        return ""
    needed = math.ceil(math.log(1 / threshold) / math.log(n_draws + 1))
    here = f"{_count(n, 'patient')} with {n_draws} draws and {n_recombinations} recombinations"
    # More patients with these draws, or more draws with these patients.
    enough = math.ceil(threshold ** (-1 / n)) - 1
    ways = (
        [f"n_recombinations: {math.ceil(1 / threshold)}"]
        if 1 / (1 + n_recombinations) > threshold
        else []
    )
    ways += [f"{needed} patients or n_draws: {enough}"] if n_draws < enough or not ways else []
    return f"{here}: no p can be below {test_floor:.2g}, one feature of many needs {threshold:.3g}; it takes {' and '.join(ways)}."


def caveats(patients, *, surrogates, match):
    """What belongs to a spatial null, with the cohort's own numbers: a list of sentences.

    patients: list of dicts patient, fraction, mean_overlap, effective_placements, n_draws, reason,
    pieces (sentence or ""); surrogates: whether there is a surrogate null; match: none or depth.
    """
    drawn = [row for row in patients if not row["reason"]]
    without = [row for row in patients if row["reason"]]
    sentences = [f"Draws exist for {len(drawn)} of {_count(len(patients), 'patient')}."]
    if without:
        sentences.append(
            "Without: "
            + _named(without, lambda row: f"{row['patient']} ({row['reason'].rstrip('.')})")
            + "."
        )
    if not drawn:
        return sentences
    sentences.append(
        f"GTVr fills {_range(drawn, 'fraction', percent_text)} of the GTV; two draws of a patient share"
        f" {_range(drawn, 'mean_overlap', percent_text)} of their voxels on average, and a patient's draws are worth"
        f" {_range(drawn, 'effective_placements', lambda value: fixed_text(value, 0))} different placements. Any two regions that"
        " fill a share f of a tumour have at least 2f - 1 of it in common (null_patients.tsv)."
    )
    large = [row for row in drawn if row["fraction"] > LARGE_FRACTION]
    if large:
        who = _named(large, lambda row: f"{row['patient']} ({percent_text(row['fraction'])})")
        sentences.append(
            f"In {_count(len(large), 'patient')} GTVr is more than half of the GTV, where draws can hardly differ from it: {who}."
            " The results without them stand beside (small GTVr only); verdicts are of all patients."
        )
    pieces = [row for row in drawn if row["pieces"]]
    if pieces:
        sentences.append(
            "Draws are connected, GTVr is not in "
            + _named(pieces, lambda row: f"{row['patient']} ({row['pieces']})")
            + "; this is no negative control where all draws are in one piece."
        )
    places = (
        "other places of this size and depth" if match == "depth" else "other places of this size"
    )
    sentences.append(
        f"A small size-matched p means that {places} in these tumours differ from where they recurred. It does not say why,"
        " it is no proof of a cause, and it predicts nothing in a new patient. Regions here are GTVr inside the GTV and the rest of it."
    )
    if surrogates:
        sentences.append(
            "Random texture: the true regions in random images with each tumour's own histogram and spatial covariance. They are"
            " stationary: what changes from the edge to the middle of a tumour is not in them."
        )
    else:
        sentences.append(
            f"Without random textures (surrogates: 0) no feature can be called {TEXTURE}."
        )
    return sentences


def _named(rows, words):
    more = len(rows) - NAMED_PATIENTS
    return ", ".join(map(words, rows[:NAMED_PATIENTS])) + (f" and {more} more" if more > 0 else "")


def _range(rows, key, words):
    low, high = words(min(row[key] for row in rows)), words(max(row[key] for row in rows))
    return low if low == high else f"{low} to {high}"


def _count(n, what):
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
