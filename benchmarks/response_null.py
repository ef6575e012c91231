"""What the response study says where there is nothing: cohorts of noise, and responses that volume alone explains.

    python benchmarks/response_null.py null rows.tsv      cohorts of noise through all steps; called again it goes on, then reports
    python benchmarks/response_null.py volume FEATURES    how often the rad-score beats volume where it knows nothing

Noise is independent normal features, 142 patients (32 of 96 effective in training, 23 of 46 in
validation), 396 features. A row of rows.tsv is one repetition of one cohort; rounds go through all
cohorts, so that a file cut short holds equally many permutations of each.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.response.cohort import split_table
from npcradiomics.response.discrimination import area, delong_test
from npcradiomics.response.lasso import lasso_path, prepare
from npcradiomics.response.logistic import fit_logistic
from npcradiomics.response.models import Patients
from npcradiomics.response.radscore import fit_model
from npcradiomics.response.validation import repetition
from npcradiomics.response.validation_summary import p_of
from npcradiomics.tables import read_table

TRAIN, VALIDATION, N_FEATURES = (32, 96), (23, 46), 396  # effective, patients
PAPER_KEPT = 5
COLUMNS = (
    "cohort",
    "repetition",
    "folds",
    "auc",
    "auc_training",
    "auc_five",
    "auc_validation",
    "kept",
)


def noise(cohort):
    """A cohort of noise: training features and responses, validation features and responses."""
    rng = np.random.default_rng([7, cohort])
    sets = []
    for effective, patients in (TRAIN, VALIDATION):
        x = pd.DataFrame(rng.normal(size=(patients, N_FEATURES))).add_prefix("f")
        sets += [x, (np.arange(patients) < effective).astype(int)]
    return sets


def alone(x):
    """Patients with features, and nothing that the other models could use."""
    x = x.rename(columns={"f0": "Intensity_Mean"})
    nothing = pd.DataFrame({"nothing": np.random.default_rng(0).normal(size=len(x))})
    return Patients(x, nothing, nothing)


def area_of_five(x, y):
    """Training area of a logistic regression on the first five features of the path: what a search always finds."""
    scaled = prepare(x).apply(x)
    counts = ((path := lasso_path(scaled, y)).coefficients != 0).sum(axis=1)
    kept = np.flatnonzero(path.coefficients[np.argmax(counts >= PAPER_KEPT)])
    beta = fit_logistic(scaled.to_numpy()[:, kept], y).coefficients
    return area(y, beta[0] + scaled.to_numpy()[:, kept] @ beta[1:])


def observed(cohort, folds):
    """The row of a cohort's own responses."""
    x, y, new, response = noise(cohort)
    fit = fit_model(x, y, np.random.default_rng([8, cohort]), folds=folds)
    nested, _ = repetition("nested", 0, alone(x), y, cohort, {"folds": folds})
    row = {
        "auc": nested["auc"],
        "auc_training": area(y, fit.rad_score(x)),
        "auc_five": area_of_five(x, y),
    }
    return row | {"auc_validation": area(response, fit.rad_score(new)), "kept": len(fit.selected)}


def permuted(cohort, number, folds):
    """The row of one shuffle."""
    x, y = noise(cohort)[:2]
    row, _ = repetition("permutation", number, alone(x), y, cohort, {"folds": folds})
    return {"auc": row["auc"], "auc_training": row["auc_training"], "kept": row["n_selected"]}


def null(path, cohorts, permutations, folds):
    done = set()
    if path.exists():
        table = pd.read_csv(path, sep="\t")
        if set(table["folds"]) - {folds}:
            sys.exit(f"{path} was made with other folds: {set(table['folds'])}")
        done = set(zip(table["cohort"], table["repetition"], strict=True))
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t")
        if not done:
            writer.writeheader()
        for number in range(permutations + 1):  # 0: the cohort's own responses
            for cohort in range(cohorts):
                if (cohort, number) not in done:
                    row = permuted(cohort, number, folds) if number else observed(cohort, folds)
                    writer.writerow({"cohort": cohort, "repetition": number, "folds": folds} | row)
                    file.flush()
    report(pd.read_csv(path, sep="\t"))


def against_volume(path, cohorts):
    """How often the rad-score beats volume where it knows nothing: shuffled responses, responses of volume alone."""
    table = read_table(path)
    features, y = split_table(table)
    features = features.reset_index(drop=True)
    training = (table["set"] == "train").to_numpy()
    volume = np.log(table["volume_cm3"].to_numpy())
    z = (volume - volume.mean()) / volume.std()
    for kind in ("shuffled", "volume alone"):
        found = []
        for cohort in range(cohorts):
            rng = np.random.default_rng([11, cohort])
            if kind == "shuffled":  # within each set
                response = y.copy()
                for rows in (training, ~training):
                    response[rows] = rng.permutation(y[rows])
            else:
                response = (rng.random(len(z)) < 1 / (1 + np.exp(0.5 + 0.58 * z))).astype(int)
            fit = fit_model(features[training].reset_index(drop=True), response[training], rng)
            # The direction of volume is learnt on training, as a regression does.
            sign = 1 if area(response[training], volume[training]) >= 0.5 else -1
            new = response[~training], fit.rad_score(features[~training]), sign * volume[~training]
            tested = delong_test(*new)
            found.append((tested.difference, tested.p, area(*new[:2]), area(new[0], new[2])))
        difference, p, own, simple = np.array(found).T
        print(
            f"{kind}: {cohorts} cohorts, rad-score beats volume {np.sum((p < 0.05) & (difference > 0))},"
            f" is beaten {np.sum((p < 0.05) & (difference < 0))}; validation AUC {own.mean():.3f},"
            f" of volume {simple.mean():.3f}"
        )


def report(table):
    """What noise looks like: areas, and whether the permutation p is uniform."""
    own, shuffled = (
        table[table["repetition"] == 0].set_index("cohort"),
        table[table["repetition"] > 0],
    )
    counts = shuffled.groupby("cohort").size()
    few = int(counts.min())
    shuffled = shuffled[shuffled["repetition"] <= few]
    print(
        f"{len(own)} cohorts of noise, {few} permutations each, {table['folds'].iloc[0]} folds of the tuning"
    )
    for name, words in (
        ("auc", "nested cross-validation"),
        ("auc_validation", "validation set"),
        ("auc_training", "training, the model as it comes"),
        ("auc_five", "training, the first five features of the path"),
    ):
        values = own[name]
        print(
            f"  AUC {words}: mean {values.mean():.3f}, median {values.median():.3f}, SD {values.std():.3f}"
        )
    kept = own[own["kept"] > 0]
    print(
        f"  {len(kept)} of {len(own)} models kept features; their training AUC: median {kept['auc_training'].median():.3f}"
    )
    kept = shuffled[shuffled["kept"] > 0]
    print(
        f"  {len(kept)} of {len(shuffled)} shuffles kept features: median {kept['auc_training'].median():.3f}"
    )
    print(f"  nested AUC of all shuffles: mean {shuffled['auc'].mean():.3f}")
    rng = np.random.default_rng(0)
    for name in ("auc", "auc_training"):
        groups = shuffled.groupby("cohort")[name]
        p = np.array([p_of(own.loc[cohort, name], values.to_numpy()) for cohort, values in groups])
        # Ties broken at random make the p of a true null exactly uniform; with them counted it is
        # never too small.
        spread = [
            (
                np.count_nonzero(values > own.loc[cohort, name])
                + rng.random() * (1 + np.sum(values == own.loc[cohort, name]))
            )
            / (1 + len(values))
            for cohort, values in groups
        ]
        test = stats.kstest(spread, "uniform")
        print(
            f"  permutation p of {'nested' if name == 'auc' else 'training'} AUC: mean {p.mean():.2f},"
            f" {np.count_nonzero(p <= 0.05)} of {len(p)} at most 0.05; uniform? KS D {test.statistic:.2f}, p {test.pvalue:.2f}"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    noisy = parts.add_parser("null")
    noisy.add_argument("rows", type=Path)
    noisy.add_argument("--cohorts", type=int, default=20)
    noisy.add_argument("--permutations", type=int, default=99)
    noisy.add_argument("--folds", type=int, default=10, help="of the tuning; the study has 10")
    simple = parts.add_parser("volume", help="null cohorts: how often the rad-score beats volume")
    simple.add_argument("features", type=Path, help="cohort/features.tsv of a run")
    simple.add_argument("--cohorts", type=int, default=100)
    given = parser.parse_args()
    if given.part == "volume":
        against_volume(given.features, given.cohorts)
    else:
        null(given.rows, given.cohorts, given.permutations, given.folds)


if __name__ == "__main__":
    main()
