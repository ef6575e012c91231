"""Proof of the risk map: what p says where nothing is there to find, and whether a planted texture is found.

    python benchmarks/risk_map.py --cohorts 200 --refits 19 --situations no_effect_small      2 CPU minutes
    python benchmarks/risk_map.py --cohorts 200     all situations; a cohort takes 4 to 12 CPU s
    python benchmarks/risk_map.py --summary         only the table, from what has run

The cohorts are those of the proof of the spatial null (null_patients.py): simulated tumours whose
recurrences grow at a random place, their draws, and new textures in every cohort, with fine texture
planted in the recurrence or nothing. Each is measured in places by the code of `measure_places` and
fitted by that of `fit_risk_map`, with 39 refits instead of 199: the level does not depend on their
number. `no_effect_small` are places and features that are random numbers: there draws and
recurrences are exchangeable by construction, and p has nothing to be off by. Each cohort is one
line of --out; an interrupted run goes on where it stopped.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", NUMBA_NUM_THREADS="1"
)
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import null_patients
import numpy as np
from null_patients import Patients
from null_places import Placed
from null_summary import interval
from null_textures import planted_mri, random_texture
from scipy import stats
from spatial_null import EXTRACTION, PLANTED_SCALE, SCALE, WHAT

from npcradiomics.risk.cohort import fit_cohort
from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.places import Places
from risk_patients import risk_patient

ROOT = Path(__file__).parents[1]
ALPHA = 0.05
SMALL = "no_effect_small"
# situation: what its patients are, how many, and the size of a place in cm3 (small tumours have
# small ones).
SITUATIONS = {
    "no_effect": (dict(scale=SCALE), 14, 0.75),
    SMALL: ({}, 5, 0.0),  # of tests/support/risk_patients.py: places and features in memory
    "planted_050": (dict(scale=PLANTED_SCALE, planted=0.5), 14, 3.0),
    "planted_025": (dict(scale=PLANTED_SCALE, planted=0.25), 14, 3.0),
}
SHOWN = ("auc", "coverage_gtvr")


def simulate_cohort(
    situation: str, number: int, args: argparse.Namespace, patients: Patients
) -> list:
    """Its patients as places.Places."""
    rng = np.random.default_rng([args.seed, *situation.encode(), number])
    own, n_patients, size_cm3 = SITUATIONS[situation]
    if situation == SMALL:
        names = [f"P{i:02d}" for i in range(n_patients)]
        return [risk_patient(rng, name, n_draws=args.refits) for name in names]
    what = WHAT | own
    covering = {"size_cm3": args.size_cm3 or size_cm3, "minimum_voxels": 64}
    covering |= {"coverage": args.coverage, "extraction": EXTRACTION, "tell": str}
    chosen = patients.of_cohort(rng, what, number)[:n_patients]
    return [
        _measured(rng, f"P{i:02d}", one, what["planted"], covering) for i, one in enumerate(chosen)
    ]


def _measured(
    rng: np.random.Generator, patient: str, one: Placed, planted: float, covering: dict
) -> Places:
    volume = random_texture(rng, one.gtv.shape, one.spacing_mm)
    volume = planted_mri(rng, one.gtv, one.regions[0], volume, planted)[1]
    draws = SimpleNamespace(
        cells=np.flatnonzero(one.gtv),
        members=np.packbits(one.regions, axis=1),
        reason="",
        drawn_shape="own",
        match="depth",
    )
    seed = int(rng.integers(2**31))
    options = covering | {"draws": draws, "seed": seed}
    return measure_places(patient, volume, one.gtv, one.spacing_mm, **options)


def run(args: argparse.Namespace) -> None:
    """Do what --out has not yet."""
    null_patients.N_GEOMETRIES = args.geometries
    patients = Patients(args.shared, args.seed, args.refits, "own")
    args.out.touch()
    done = {
        (r["situation"], r["cohort"]) for r in map(json.loads, args.out.read_text().splitlines())
    }
    for situation in args.situations:
        for number in range(args.cohorts):
            if (situation, number) in done:
                continue
            cpu = time.process_time()
            cohort = simulate_cohort(situation, number, args, patients)
            found = fit_cohort(cohort, n_refits=args.refits, seed=number, alpha=ALPHA)
            rows = found.summary[found.summary["measure"].isin(SHOWN)].round(6)
            answer = {"situation": situation, "cohort": number, "better": found.model.better}
            answer |= {"n_refits": args.refits, "basis": found.model.basis[0]}
            answer["summary"] = json.loads(rows.to_json(orient="records"))
            answer["cpu_s"] = round(time.process_time() - cpu, 2)
            with args.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(answer) + "\n")
            if number % 20 == 0:
                print(situation, number, answer["cpu_s"], "CPU s", found.model.verdict, flush=True)


def summarise(path: Path) -> None:
    """Print what p was and how often the map is better than depth alone, with 95 % intervals."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for situation in SITUATIONS:
        part = [line for line in lines if line["situation"] == situation]
        if not part:
            continue
        n = len(part)
        better = sum(line["better"] for line in part)
        print(
            f"{situation}: {n} cohorts; better than depth alone by the verdict {interval(better, n)}"
        )
        for measure in SHOWN:
            rows = {
                name: [r for line in part for r in line["summary"] if (r["map"], r["measure"]) == (name, measure)]
                for name in ("model", "depth", "intensity", "centre", "random")
            }  # fmt: skip
            means = {name: np.mean([r["mean"] for r in values]) for name, values in rows.items()}
            print(f"    {measure}: " + ", ".join(f"{name} {m:.3f}" for name, m in means.items()))
            ahead = sum(r["minus_depth"] > 0 for r in rows["model"])
            tested = sum(
                r["minus_depth"] > 0 and r["minus_depth_p"] <= ALPHA for r in rows["model"]
            )
            print(
                f"        mean above depth's {interval(ahead, n)}; with paired p <= 0.05 {interval(tested, n)}"
            )
            for key in ("p_exact", "p_exact_minus_depth"):
                p = np.array([r[key] for r in rows["model"]])
                below, refits = int(np.sum(p <= ALPHA)), part[0]["n_refits"] + 1
                # p is one of k / refits: uniform on these is uniform in 0-1 once spread over its step.
                spread = p - np.random.default_rng(0).random(n) / refits
                test = stats.kstest(spread, "uniform")
                print(
                    f"        {key} <= 0.05 {interval(below, n)}, mean {p.mean():.3f}, KS {test.statistic:.3f} p {test.pvalue:.2f}"
                )


def main() -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = [SMALL, "no_effect", "planted_050"]
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--situations", nargs="+", choices=list(SITUATIONS), default=default)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--refits", type=int, default=39)
    parser.add_argument("--geometries", type=int, default=280, help="that cohorts take patients of")
    parser.add_argument("--coverage", type=int, default=20, help="places that hold a voxel")
    parser.add_argument("--size-cm3", type=float, help="of a place, instead of the situation's")
    parser.add_argument("--out", type=Path, default=Path("risk_map_bench.jsonl"))
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--summary", action="store_true", help="only print what is in --out")
    args = parser.parse_args()
    if not args.summary:
        run(args)
    summarise(args.out)


if __name__ == "__main__":
    main()
