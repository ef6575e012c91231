"""Table 6: how well the risk map finds the recurrence, beside what is simpler."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from npcradiomics.publication.tables.formats import Table
from npcradiomics.risk.evidence import CENTRE, DEPTH_ONLY, INTENSITY, MAPS, MODEL, RANDOM
from npcradiomics.risk.scores import AUC, BLURRED, OWN_VOLUME, coverage_name
from npcradiomics.rounding import count_text, fixed_text, p_text

COLUMNS = {MODEL: "Map", DEPTH_ONLY: "Depth alone", INTENSITY: "Intensity alone",
           CENTRE: "Centre first", RANDOM: "Random places"}  # fmt: skip
HEADER = [
    "Patient, measure", *COLUMNS.values(), "Map minus depth (95 % CI)", "p, paired t",
    "p, exact, minus depth", "p, exact, map",
]  # fmt: skip
WITHIN = ", within the registration's error"
MEASURES = {AUC: "voxel ROC-AUC", OWN_VOLUME: "coverage (%), boost as large as GTVr"}


def table6_data(
    scores: pd.DataFrame, summary: pd.DataFrame, boost_percent: Sequence[float], simulated: bool
) -> pd.DataFrame:
    """Rows of Table 6 as numbers: patients at a boost as large as GTVr, then the cohort at every measure.

    Below each the same on the recurrence within the registration's error, where `summary` has it.

    Parameters
    ----------
    scores, summary : pandas.DataFrame
        Of `risk.cohort.fit_cohort`.
    boost_percent : sequence of float
        Boosts in % of the GTV that the table shows.
    simulated : bool
        Whether the patients are.

    Returns
    -------
    pandas.DataFrame
        patient (empty for the cohort), measure, n, a column per map with its ends low and high for
        the cohort, minus_depth and its ends, minus_depth_p, p_exact_minus_depth, p_exact; simulated.
    """
    own = scores[scores["measure"] == OWN_VOLUME]
    patients = own.pivot(index="patient", columns="map", values="value")[list(MAPS)].reset_index()
    patients = patients.assign(measure=OWN_VOLUME, n=1)
    patients["minus_depth"] = patients[MODEL] - patients[DEPTH_ONLY]
    rows = []
    sharp = [OWN_VOLUME, *map(coverage_name, boost_percent), AUC]
    both = [f"{name}{suffix}" for name in sharp for suffix in ("", BLURRED)]
    for measure in filter(set(summary["measure"]).__contains__, both):
        part = summary[summary["measure"] == measure].set_index("map")
        row = {"patient": "", "measure": measure, "n": int(part.loc[MODEL, "n"])}
        for name in MAPS:
            ends = {f"{name}_{end}": part.loc[name, end] for end in ("low", "high")}
            row |= {name: part.loc[name, "mean"]} | ends
        rows.append(row | part.loc[MODEL].filter(regex="minus_depth|p_exact").to_dict())
    data = pd.concat([patients, pd.DataFrame(rows)], ignore_index=True)
    return data[rows[-1].keys()].assign(simulated=simulated)


def table6(
    data: pd.DataFrame,
    patients: pd.DataFrame,
    sentence: str,
    *,
    alpha: float,
    n_refits: int,
    notice: str,
) -> Table:
    """Table 6 as text cells. The caption begins with whether the map is better than depth alone.

    Parameters
    ----------
    data : pandas.DataFrame
        Of `table6_data`.
    patients : pandas.DataFrame
        Of `risk.cohort.fit_cohort`.
    sentence : str
        Its verdict.
    alpha : float
        Level of the verdict.
    n_refits : int
        Cohorts of draws behind the exact p.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    left_out = patients[patients["reason"].notna() & (patients["reason"] != "")]
    fitted = patients.drop(left_out.index)
    without_draws = fitted.loc[fitted["n_draws"] == 0, "patient"]
    chosen = ", ".join(
        f"{name} {count_text(n)}" for name, n in fitted["basis"].value_counts().items()
    )
    notes = [
        f"{notice}." if notice else "",
        "Every map was fitted without its patient: neither features nor recurrence of the patient entered fit or tuning."
        f" Chosen inside the training patients: {chosen} (rbf: with the kernel's width).",
        "Coverage: share of GTVr inside the GTV that lies in a boost filled from the top of the map; of voxels with equal"
        " risk the boost takes the expected share. Patients: boost as large as GTVr.",
        "Within the registration's error: every map scored on the chance of each voxel to be recurrent when GTVr is moved by the estimated error,"
        " the patients of whom it is known; no map can cover all of that, and draws have no such error, hence no exact p."
        if data["measure"].str.endswith(BLURRED).any() else "",
        "Depth alone, intensity alone: fitted like the map, with depth or mean intensity as the only column."
        " Centre first: voxels nearest to the GTV's centre. Random places: expected value.",
        f"p, exact: everything fitted again {count_text(n_refits)} times with the recurrences replaced by draws of the spatial"
        " null (own shape, matched depth); share of these and the observed cohort that score as much, one-sided."
        f" Better than depth alone: a positive difference, paired t and exact p both at most {alpha:g}, for a boost as large as GTVr.",
        f"Research use only: {count_text(len(fitted))} patients are few, and all of them are of this cohort.",
        *(f"{row.patient}: not fitted ({row.reason})." for row in left_out.itertuples()),
        f"Without draws, kept as they are in all refits: {', '.join(without_draws)}." if len(without_draws) else "",
    ]  # fmt: skip
    rows = [_row(row) for row in data.to_dict("records")]
    caption = f"{sentence} Table 6. The risk map of left-out patients, and what is simpler"
    return Table(HEADER, rows, caption, [note for note in notes if note])


def _row(row):
    measure, patient = row["measure"].removesuffix(BLURRED), row["patient"]
    decimals, factor = (2, 1) if measure == AUC else (0 if patient else 1, 100)

    def text(value):
        return fixed_text(value * factor, decimals)

    def with_interval(name):
        middle, low, high = (text(row[key]) for key in (name, f"{name}_low", f"{name}_high"))
        return middle if np.isnan(row[f"{name}_low"]) else f"{middle} ({low} to {high})"

    words = MEASURES.get(measure) or f"coverage (%), {measure.split('_')[1]} % of the GTV"
    words += WITHIN if row["measure"] != measure else ""
    return [
        patient or f"Cohort, n = {count_text(row['n'])}: {words}",
        *(text(row[name]) if name == RANDOM else with_interval(name) for name in COLUMNS),
        with_interval("minus_depth"),
        *(
            "" if patient else p_text(row[name])
            for name in ("minus_depth_p", "p_exact_minus_depth", "p_exact")
        ),
    ]
