"""What the response study costs, how it compares with skglm, and what it says of noise.

    python benchmarks/response.py speed              396 features of a tumour, one LASSO path, 1,000 patients x 1,500 features
    python benchmarks/response.py skglm              our path beside R's (../shared) and skglm's (pip install skglm==0.5)
    python benchmarks/response.py null rows.tsv      cohorts of noise through all steps; called again it goes on, then reports
    python benchmarks/response.py volume FEATURES    how often the rad-score beats volume where it knows nothing

CPU time, one thread, medians. Noise is independent normal features, 142 patients (32 of 96
effective in training, 23 of 46 in validation), 396 features. A row of rows.tsv is one repetition of
one cohort; rounds go through all cohorts, so that a file cut short holds equally many permutations
of each.
"""

import argparse
import csv
import os
import resource
import sys
import time
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
import pandas as pd
from scipy import ndimage, stats

from npcradiomics.features.analysis_kit import kit_features
from npcradiomics.response.cohort import split_table
from npcradiomics.response.discrimination import area, delong_test
from npcradiomics.response.lasso import lasso_path, prepare
from npcradiomics.response.logistic import fit_logistic
from npcradiomics.response.models import Patients
from npcradiomics.response.radscore import fit_model
from npcradiomics.response.validation import repetition
from npcradiomics.response.validation_summary import p_of
from npcradiomics.tables import read_table

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "statistics" / "response"
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


def cpu_median(call, repeats=5):
    """Median CPU seconds of a call, the first one (which compiles) left out."""
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return float(np.median(times[1:]))


def tumour(n_voxels, seed=0):
    """Smooth noise in a ball of about n_voxels: volume and mask (z, y, x)."""
    rng = np.random.default_rng(seed)
    radius = (3 * n_voxels / (4 * np.pi)) ** (1 / 3)
    grid = np.indices((int(2 * radius) + 5,) * 3) - (int(2 * radius) + 4) / 2
    volume = 400 + 60 * ndimage.gaussian_filter(rng.normal(size=grid.shape[1:]), 1.2) / 0.2
    return volume, (grid**2).sum(axis=0) < radius**2


def speed():
    volume, mask = tumour(10_000)
    seconds = cpu_median(lambda: kit_features(volume, mask, (3.0, 1.0, 1.0)))
    print(f"396 features of {np.count_nonzero(mask)} voxels: {seconds:.2f} CPU s (wanted: 1)")
    x, y = noise(0)[:2]
    print(
        f"one path, {len(y)} patients x {N_FEATURES}: {1000 * cpu_median(lambda: lasso_path(x, y)):.1f} CPU ms"
    )
    rng = np.random.default_rng(0)
    x, y = (
        pd.DataFrame(rng.normal(size=(1000, 1500))).add_prefix("f"),
        (np.arange(1000) % 3 == 0).astype(int),
    )
    x.iloc[:, :5] += 0.5 * y[:, None]
    start = time.process_time()
    fit = fit_model(x, y, rng)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"1,000 patients x 1,500 features, fit with ten-fold cross-validation: {time.process_time() - start:.1f} CPU s,"
        f" peak {peak:.2f} GB (wanted: 4), {len(fit.selected)} kept"
    )


def reference(name):
    """Prepared training features, responses, penalties and R's coefficients (penalty, feature) of a reference cohort."""
    table = pd.read_csv(REFERENCE / name / "features.csv")
    train = table[table["set"] == "train"]
    features = train.drop(columns=["patient_id", "set", "effective", "foldid"])
    x = prepare(features).apply(features)
    path = pd.read_csv(REFERENCE / name / "r_path_tight.csv").set_index("feature")
    penalties = pd.read_csv(REFERENCE / name / "r_cv_explicit_tight.csv")["lambda"].to_numpy()
    kept = [int(column[1:]) - 1 for column in path]
    coefficients = path.drop("(Intercept)").T.reindex(columns=list(x), fill_value=0.0).to_numpy()
    return x.to_numpy(), train["effective"].to_numpy(), penalties[kept], coefficients


def skglm_path(x, y, penalties):
    """skglm's coefficients (penalty, feature) on the scale of x, its tightest tolerance."""
    from skglm.datafits import Logistic
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton

    scale = x.std(axis=0)
    standard = np.asfortranarray((x - x.mean(axis=0)) / scale)
    solver = ProxNewton(fit_intercept=True, tol=1e-10, max_iter=100, warm_start=True)
    datafit, signs = Logistic(), 2.0 * y - 1
    found, start, eta = [], None, None
    for penalty in penalties:
        if start is None:
            start, eta = np.zeros(x.shape[1] + 1), np.zeros(len(y))
        start = solver.solve(standard, signs, datafit, L1(penalty), start.copy(), eta)[0]
        eta = standard @ start[:-1] + start[-1]
        found.append(start[:-1] / scale)
    return np.array(found)


def optimality_gap(x, y, penalties, coefficients):
    """Largest violation of the optimality conditions, the intercept fitted anew: how far from the exact answer."""
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    worst = 0.0
    for penalty, row in zip(penalties, coefficients, strict=True):
        eta = x @ row
        intercept = fit_logistic(np.empty((len(y), 0)), y, offset=eta).coefficients[0]
        gradient = standard.T @ (y - 1 / (1 + np.exp(-eta - intercept))) / len(y)
        at = np.where(
            row != 0,
            np.abs(gradient - penalty * np.sign(row)),
            np.maximum(np.abs(gradient) - penalty, 0),
        )
        worst = max(worst, at.max())
    return worst


def skglm():
    if not REFERENCE.is_dir():
        sys.exit(f"{REFERENCE} is not there: R's answers are beside the repository, not in it")
    for name in ("rs_signal", "rs_null"):
        x, y, penalties, theirs = reference(name)
        found = {"ours": lasso_path(x, y, penalties).coefficients, "glmnet": theirs}
        calls = {"ours": lambda x=x, y=y, penalties=penalties: lasso_path(x, y, penalties)}
        try:
            found["skglm"] = skglm_path(x, y, penalties)
            calls["skglm"] = lambda x=x, y=y, penalties=penalties: skglm_path(x, y, penalties)
        except ImportError as error:
            print(
                f"skglm is left out: {error} (pip install skglm==0.5 into an environment of its own)"
            )
        print(f"{name}: {x.shape[0]} patients x {x.shape[1]} features, {len(penalties)} penalties")
        for other in found:
            gap = optimality_gap(x, y, penalties, found[other])
            away = np.abs(found[other] - found["ours"]).max()
            spent = f", {1000 * cpu_median(calls[other], 3):.1f} CPU ms" if other in calls else ""
            print(
                f"  {other}: largest difference from ours {away:.1e}, optimality missed by {gap:.1e}{spent}"
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
    parts.add_parser("speed")
    parts.add_parser("skglm")
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
    elif given.part == "null":
        null(given.rows, given.cohorts, given.permutations, given.folds)
    else:
        {"speed": speed, "skglm": skglm}[given.part]()


if __name__ == "__main__":
    main()
