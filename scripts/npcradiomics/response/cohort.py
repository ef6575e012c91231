"""Who is in the response study: labels, the two sets, and what is too little to fit a model on."""

import numpy as np
import pandas as pd

# First columns of the cohort's table; the rest are features.
IDENTITY = ["patient", "response", "effective", "set", "centre", "volume_cm3"]
EFFECTIVE = {"CR": 1, "PR": 1, "effective": 1, "SD": 0, "PD": 0, "ineffective": 0}
SETS = ("train", "validation")
MIN_PATIENTS = 20
MIN_PER_RESPONSE = 10
MIN_IN_VALIDATION = 2  # of each response: an area of fewer has no interval


def responses(rows: list[dict]) -> np.ndarray:
    """Response of each patient row (patient, response) as 1 (CR, PR, effective) or 0; int array.

    ValueError: an unknown label, with the patient.
    """
    unknown = [
        f"{row['patient']}: {row['response']!r}" for row in rows if row["response"] not in EFFECTIVE
    ]
    if unknown:
        raise ValueError(
            f"unknown response of {'; '.join(unknown)}; expected one of {', '.join(EFFECTIVE)}"
        )
    return np.array([EFFECTIVE[row["response"]] for row in rows], dtype=np.int64)


def assign_sets(rows: list[dict], n_train: int, stratified: bool, seed: int) -> list[str]:
    """Set of each patient row, "train" or "validation": its `split` if the table has it, or drawn.

    Parameters
    ----------
    rows
        Of the patients table.
    n_train
        Patients drawn at random.
    stratified
        Each response in the proportion of the cohort.
    seed

    Raises
    ------
    ValueError
        Split given for some patients only, n_train not below the number of patients,
        fewer than MIN_PATIENTS patients, fewer than MIN_PER_RESPONSE of a response in
        training.
    """
    y = responses(rows)
    if len(rows) < MIN_PATIENTS:
        raise ValueError(f"{len(rows)} patients, at least {MIN_PATIENTS} needed")
    given = [row.get("split", "") for row in rows]
    if all(given):
        sets = given
    elif any(given):
        without = [row["patient"] for row, name in zip(rows, given, strict=True) if not name]
        raise ValueError(
            f"split is empty for {len(without)} of {len(rows)} patients ({', '.join(without[:5])})"
        )
    else:
        sets = _drawn(y, n_train, stratified, np.random.default_rng(seed))
    require_both(y, sets)
    return sets


def require_both(y: np.ndarray, sets: list[str]) -> None:
    """Raise ValueError unless training has MIN_PER_RESPONSE of each response, validation MIN_IN_VALIDATION."""
    y, training = np.asarray(y), np.array([name == "train" for name in sets])
    for name, wanted, members in (
        ("training", MIN_PER_RESPONSE, y[training]),
        ("validation", MIN_IN_VALIDATION, y[~training]),
    ):
        counts = {"effective": int(members.sum()), "ineffective": int(members.size - members.sum())}
        for response, count in counts.items():
            if count < wanted:
                raise ValueError(
                    f"{count} {response} patients in the {name} set, at least {wanted} needed"
                )


def _drawn(y, n_train, stratified, rng):
    if not 0 < n_train < y.size:
        raise ValueError(f"n_train is {n_train}, expected 1 to {y.size - 1} for {y.size} patients")
    chosen = np.zeros(y.size, dtype=bool)
    if stratified:
        effective = round(n_train * y.mean())
        for value, count in ((1, effective), (0, n_train - effective)):
            chosen[rng.permutation(np.flatnonzero(y == value))[:count]] = True
    else:
        chosen[rng.permutation(y.size)[:n_train]] = True
    return ["train" if inside else "validation" for inside in chosen]


def split_table(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Features indexed by patient, and y, of rows of the cohort's table."""
    features = table.set_index("patient").drop(columns=IDENTITY[1:])
    return features.copy(), table["effective"].to_numpy()
