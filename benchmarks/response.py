"""What the response study costs, and how its LASSO compares with skglm's; response_null.py has what it says of noise.

    python benchmarks/response.py speed              396 features of a tumour, one LASSO path, 1,000 patients x 1,500 features
    python benchmarks/response.py skglm              our path beside R's (../shared) and skglm's (pip install skglm==0.5)

CPU time, one thread, medians.
"""

import argparse
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
from response_null import N_FEATURES, noise
from scipy import ndimage

from npcradiomics.features.analysis_kit import kit_features
from npcradiomics.response.lasso import lasso_path, prepare
from npcradiomics.response.logistic import fit_logistic
from npcradiomics.response.radscore import fit_model

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "statistics" / "response"


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


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["speed", "skglm"])
    {"speed": speed, "skglm": skglm}[parser.parse_args().part]()


if __name__ == "__main__":
    main()
