"""The cohort's tables of the spatial null, from the draws of its patients and the paper's own test."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.rounding import p_words
from npcradiomics.spatial_null import verdict
from npcradiomics.spatial_null.controls import mean_dose, shape_and_place
from npcradiomics.spatial_null.pools import differences, mean_differences, pool, rank_shares
from npcradiomics.spatial_null.recombination import EDGES, recombination_test
from npcradiomics.spatial_null.sequences import FACTS, by_column, family_of

# A recurrent region whose largest piece is smaller than this is named if all draws are in one.
ONE_PIECE = 0.95
# The names and their order are fixed; what stands behind `note` may grow.
FEATURE_COLUMNS = (
    *("feature", "n", "statistic", "p", "p_maxt", "t", "t_p_null", "z_t", "z_t_p"),
    *(
        "surrogate_statistic",
        "surrogate_p",
        "surrogate_p_maxt",
        "share_reproduced",
        "p_without_large",
    ),
    *(
        "verdict",
        "note",
        "p_maxt_without_large",
        "n_without_large",
        "surrogate_n",
        "mean_difference",
    ),
    *(
        "mean_of_draws",
        "critical",
        "surrogate_critical",
        "paper_test",
        "paper_p",
        "paper_significant",
    ),
)
PATIENT_COLUMNS = (
    *(
        "patient",
        "fraction",
        "mean_overlap",
        "effective_placements",
        "minimum_overlap",
        "minimum_overlap_of_region",
    ),
    *("n_draws", "n_surrogates", "n_undefined", "reason", "pieces", "notes"),
)


class NullComparison(NamedTuple):
    """features, controls, ranks, patients, distribution: tables.

    warnings: sentences, the most important one first.
    """

    features: pd.DataFrame
    controls: pd.DataFrame
    ranks: pd.DataFrame
    patients: pd.DataFrame
    distribution: pd.DataFrame
    warnings: list


def compare_with_null(
    draws,
    statistics,
    *,
    doses=None,
    alpha=0.05,
    match="none",
    n_draws=199,
    n_recombinations=100_000,
    **options,
):
    """Every feature of the cohort against its spatial null and its surrogate null.

    Parameters
    draws: iterable of one record per patient as draws.read gives it: patient, reason, notes, feature_names, features, surrogate_features,
        covariate_names, covariates, fraction, mean_overlap, effective_placements.
    statistics: table of comparison.compare_regions of the same cohort; its rows give the features and their order. With a column
        `sequence` records are those of sequences.side_by_side, all features of all sequences are one family, and the result has the column.
    doses: {patient: mean dose (B + 1) in % of the prescription of the region and of its draws}, a control beside the others;
        it is no measure of shape or place, so it is a family of its own and leaves theirs, and the verdicts, as they are.
    alpha: level of the family of features and of that of the negative controls. match, n_draws: as the draws were asked for.
    n_recombinations, and options seed, scores, correction: of spatial_null.recombination_test.

    Returns a NullComparison. A patient without draws (reason) enters `patients` only.
    Errors: ValueError for draws of other features than those of the statistics, a patient twice.
    """
    names = family_of(statistics)
    draws, spatial, surrogate, reasons = _pooled(draws, names)
    large = {one.patient for one in draws if one.fraction > verdict.LARGE_FRACTION}
    options = options | {"alpha": alpha, "n_recombinations": n_recombinations}
    test = recombination_test(spatial, names, **options)
    beside = recombination_test(surrogate, names, **options)
    smaller = recombination_test(
        [one for one in spatial if one.patient not in large], names, **options
    )
    drawn = [one for one in draws if not one.reason and one.patient not in reasons]
    controls, control_test = shape_and_place(drawn, options)
    unfit = verdict.control_sentence(controls.to_dict("records"), alpha, match)
    dose, dose_test = mean_dose(drawn, doses or {}, options)
    colder = verdict.dose_sentence(dose.to_dict("records"), alpha)
    patients = _patients(draws, spatial, surrogate, reasons)
    features = pd.DataFrame(
        {"feature": names, "n": test.n, "statistic": test.statistic, "p": test.p}
    )
    features = features.assign(
        p_maxt=test.p_maxt, t=test.t, t_p_null=test.t_p, z_t=test.z_t, z_t_p=test.z_t_p
    )
    features = features.assign(
        surrogate_statistic=beside.statistic,
        surrogate_p=beside.p,
        surrogate_p_maxt=beside.p_maxt,
        surrogate_n=beside.n,
    )
    has_large = any(one.patient in large for one in spatial)
    features["p_without_large"] = smaller.p if has_large else np.nan
    features["p_maxt_without_large"] = smaller.p_maxt if has_large else np.nan
    features["n_without_large"] = smaller.n
    observed, of_draws = mean_differences(spatial, len(names))
    features = features.assign(mean_difference=observed, mean_of_draws=of_draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        features["share_reproduced"] = np.where(observed != 0, of_draws / observed, np.nan)
    features = features.assign(critical=test.critical, surrogate_critical=beside.critical)
    features["paper_test"] = statistics["test"].to_numpy()
    features["paper_p"] = statistics["p"].to_numpy()
    features["paper_significant"] = statistics["significant"].to_numpy(bool)
    obstacle = (
        "a negative control rejects" if unfit else "" if surrogate else "there are no surrogates"
    )
    left_out = _left_out(spatial, names)
    answers = [
        _judge(row, alpha, obstacle, left_out[row["feature"]])
        for row in features.to_dict("records")
    ]
    features["verdict"], features["note"] = zip(*answers, strict=True)
    threshold = alpha / max(len(names), 1)
    most = max((one.n_draws for one in spatial), default=n_draws)
    floor = verdict.floor_sentence(test.floor, len(spatial), most, n_recombinations, threshold)
    few = verdict.few_sentence(len(spatial), len(names), alpha)
    none = "" if spatial else "No patient has draws: nothing can be said of size or shape."
    tests = [("spatial", test), ("surrogate", beside), ("control", control_test)]
    return NullComparison(
        by_column(features[list(FEATURE_COLUMNS)], "feature", 0, names),
        pd.concat([controls, dose]) if len(dose) else controls,
        by_column(_ranks(spatial, names), "feature", 1, names),
        patients,
        by_column(_distribution(tests + [("control", dose_test)] * len(dose)), "name", 0, names),
        # Who are too few need not ask whether the draws fit them.
        [sentence for sentence in (colder, none, few, floor, unfit) if sentence],
    )


def _pooled(draws, names):
    # In one pass, and without the features of both regions afterwards: those of thousands of
    # patients fill the memory.
    facts, spatial, surrogate, reasons = [], [], [], {}
    for one in draws:
        if found := _pool(one, one.features[:0] if one.reason else one.features, names, reasons):
            spatial.append(found)
        # The true regions: observed in the true texture (row 0), then in the surrogates.
        if found := _pool(
            one, np.concatenate([one.features[:1], one.surrogate_features]), names, {}
        ):
            surrogate.append(found)
        facts.append(SimpleNamespace(**{name: getattr(one, name) for name in FACTS}))
    return facts, spatial, surrogate, reasons


def _pool(one, rows, names, reasons):
    if len(rows) < 2:
        return None
    if list(one.feature_names) != names:
        raise ValueError(
            f"patient {one.patient}: the draws have {len(one.feature_names)} features that are not the {len(names)} of the"
            " statistics, in their order; draw again (delete null/draws.npz)"
        )
    try:
        found = pool(one.patient, differences(rows))
    except ValueError as error:
        reasons[one.patient] = str(error).partition(": ")[2]
        return None
    for column, name in enumerate(names):
        if isinstance(name, tuple) and name[0] in one.absent:
            found.left_out[column] = f"no {name[0]}"
    return found


def _patients(draws, spatial, surrogate, reasons):
    counted = {one.patient: one for one in spatial}
    surrogates = {one.patient: one.n_draws for one in surrogate}
    rows = []
    for one in draws:
        found = counted.get(one.patient)
        # Two regions of n voxels in a tumour of N have at least 2n - N in common.
        shared = max(0.0, 2 * float(one.fraction) - 1)
        rows.append(
            {
                "patient": one.patient,
                "fraction": float(one.fraction),
                "mean_overlap": float(one.mean_overlap),
                "effective_placements": float(one.effective_placements),
                "minimum_overlap": shared,
                "minimum_overlap_of_region": shared / float(one.fraction)
                if one.fraction
                else np.nan,
                "n_draws": found.n_draws if found else 0,
                "n_surrogates": surrogates.get(one.patient, 0),
                "n_undefined": found.n_undefined if found else 0,
                "reason": one.reason or reasons.get(one.patient, ""),
                "pieces": _pieces(one) if found else "",
                "notes": one.notes,
            }
        )
    return pd.DataFrame(rows, columns=list(PATIENT_COLUMNS))


def _pieces(one):
    # Compact draws are in one piece, the whole region; those of its own shape in pieces as it is.
    largest = one.covariates[:, list(one.covariate_names).index("largest_piece_voxels")]
    share = largest[0] / largest.max() if np.ptp(largest[1:]) == 0 else 1.0
    return f"largest piece {100 * share:.0f} %" if share < ONE_PIECE else ""


def _left_out(pools, names):
    notes = {name: {} for name in names}
    for one in pools:
        for column, reason in one.left_out.items():
            notes[names[column]].setdefault(reason, []).append(one.patient)
    return {
        name: "; ".join(
            f"{reason}: {_few(patients)} left out" for reason, patients in found.items()
        )
        for name, found in notes.items()
    }


def _few(patients):
    more = len(patients) - verdict.NAMED_PATIENTS
    return ", ".join(patients[: verdict.NAMED_PATIENTS]) + (f" and {more} more" if more > 0 else "")


def _judge(row, alpha, obstacle, left_out):
    keys = ("p", "p_maxt", "surrogate_p_maxt", "paper_significant")
    word, note = verdict.verdict(**{key: row[key] for key in keys}, alpha=alpha, obstacle=obstacle)
    few = ""
    if row["p_maxt"] <= alpha and row["z_t_p"] > alpha:
        few = f"carried by few patients: plain t of their z has p {p_words(row['z_t_p'])}"
    return word, "; ".join(part for part in (note, few, left_out) if part)


def _ranks(pools, names):
    return pd.DataFrame(
        {"patient": one.patient, "feature": name, "rank": share}
        for one in pools
        for name, share in zip(names, rank_shares(one.values), strict=True)
    ).reindex(columns=["patient", "feature", "rank"])


def _distribution(tests):
    rows = []
    for null, test in tests:
        for name, counts in zip(test.names, test.counts, strict=True):
            if counts.sum():
                shares = counts / counts.sum()
                rows += [
                    {"null": null, "name": name, "low": low, "high": high, "share": share}
                    for low, high, share in zip(EDGES[:-1], EDGES[1:], shares, strict=True)
                ]
    return pd.DataFrame(rows, columns=["null", "name", "low", "high", "share"])
