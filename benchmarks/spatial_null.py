"""Proof of the size-matched spatial null: error rates and power where the truth is known.

    python benchmarks/spatial_null.py --cohorts 200     all situations (an hour or two on one core)
    python benchmarks/spatial_null.py --cohorts 20 --situations planted_050
    python benchmarks/spatial_null.py --summary         only the table, from what has run

Each cohort is one line of --out (JSON lines), so that a run may be interrupted and goes on where it
stopped. A cohort follows from the seed, the situation and its number alone.

Tumours of two to five thousand voxels (10,000 where texture is planted; simulated_geometry.py), or
real ones with what was left of them (real_geometry.py). A geometry and its draws are made once;
each cohort of 14 takes other ones and has new textures in them (null_textures.py): a coarse and a
fine Gaussian random field with MRI noise, rounded to whole grey values. Lloyd-Max with 256 levels
per region, 47 features, the workflow's statistics and verdicts. Smaller than the workflow's
defaults: B = 49 draws, 49 surrogates, 2,000 recombinations. The level does not depend on B, power
hardly does; M only sets how finely p is known.
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

import numpy as np
import pandas as pd
from null_patients import Patients
from null_summary import ALPHA, summarise
from null_textures import planted_mri, random_texture, trend

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.pools import differences, pool
from npcradiomics.spatial_null.recombination import recombination_test
from npcradiomics.spatial_null.shape import COVARIATES
from npcradiomics.spatial_null.surrogates import SurrogateField
from npcradiomics.statistics.comparison import apply_rule

ROOT = Path(__file__).parents[1]
# Of the lengths of a tumour of simulation/tumour.py (10,000 voxels): small ones are fast; what can
# be seen in a region depends on its size, so the planted textures are in tumours of full size.
SCALE, PLANTED_SCALE = 0.6, 1.0
EXTRACTION = {
    "n_levels": 256,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}

# situation: what its patients are, and the goal in words.
SIMULATED = {
    "no_effect": (dict(), "maxT rejects in 5 %"),
    "no_effect_ellipsoid": (dict(region="ellipsoid"), "the same, regions of another generator"),
    "four_large": (dict(n_large=4), "5 %"),
    "dark_edge_matched": (dict(region="central", edge=2.0), "<= 7 %"),
    "dark_edge_unmatched": (dict(region="central", edge=2.0, match="none"), "for comparison"),
    "planted_050": (dict(planted=0.5, surrogates=True, scale=PLANTED_SCALE), "power >= 95 %"),
    "planted_025": (dict(planted=0.25, surrogates=True, scale=PLANTED_SCALE), "power >= 50 %"),
    "real_mri": (dict(texture="image", region="ellipsoid"), "p uniform"),
}
REAL = {
    "geometry_no_effect": (dict(geometry="real"), "maxT rejects in 5 %, controls in <= 10 %"),
    "geometry_brain1": (dict(geometry="real", texture="brain1"), "5 %"),
    "geometry_gradient": (dict(geometry="real", gradient=1.5), "<= 7 %"),
    "geometry_planted_050": (dict(geometry="real", planted=0.5, surrogates=True), "power"),
    "geometry_planted_025": (dict(geometry="real", planted=0.25, surrogates=True), "power"),
}
SITUATIONS = SIMULATED | REAL
COSTLY = ("real_mri", *(name for name in SITUATIONS if "planted" in name))
WHAT = {
    "geometry": "simulated",  # or real
    "region": "bent",  # simulated_geometry.with_recurrence
    "scale": SCALE,
    "n_large": 0,  # patients with a large recurrence
    "match": "depth",
    "texture": "simulated",  # or brain1: values and covariance of a real tumour; image: the tumour
    "edge": 0.0,  # null_textures.trend
    "gradient": 0.0,
    "planted": 0.0,  # SDs of fine texture in the recurrence
    "surrogates": False,
}


def simulate_cohort(
    situation: str, number: int, seed: int, patients: Patients, n_surrogates: int
) -> list[SimpleNamespace]:
    """Its patients' records, in the form of draws.read."""
    rng = np.random.default_rng([seed, *situation.encode(), number])
    what = WHAT | SITUATIONS[situation][0]
    n_surrogates = n_surrogates if what["surrogates"] else 0
    records = []
    for i, one in enumerate(patients.of_cohort(rng, what, number)):
        without = None
        if what["texture"] == "image":
            volume = patients.real_tumour[1]
        elif what["texture"] == "brain1":
            volume = patients.brain.draw(rng, one.gtv.shape)
        else:
            volume = random_texture(rng, one.gtv.shape, one.spacing_mm)
            volume = volume + trend(one, what["edge"], what["gradient"])
            plain, volume = planted_mri(rng, one.gtv, one.regions[0], volume, what["planted"])
            without = plain if what["planted"] else None
        records.append(_measured(rng, f"P{i:02d}", one, volume, without, n_surrogates))
    return records


def _measured(rng, patient, one, volume, without, n_surrogates):
    """The record of one patient; without: MRI before planting."""
    meter = RegionMeter(volume, one.gtv, one.spacing_mm, EXTRACTION)
    features = np.array([meter.measure(members) for members in one.regions])
    unplanted = features[0]
    if without is not None:
        before = RegionMeter(without, one.gtv, one.spacing_mm, EXTRACTION)
        unplanted = before.measure(one.regions[0])
    return SimpleNamespace(
        unplanted=unplanted,
        patient=patient,
        reason="",
        notes="",
        feature_names=FEATURE_NAMES,
        features=features,
        surrogate_features=_surrogate_features(rng, meter, one.regions[0], n_surrogates),
        covariate_names=COVARIATES,
        covariates=one.covariates,
        fraction=np.count_nonzero(one.regions[0]) / one.regions[0].size,
        mean_overlap=np.nan,
        effective_placements=np.nan,
    )


def _surrogate_features(rng, meter, members, n):
    """Features of the true region and remainder in n surrogate textures, (n, 2, 47)."""
    features = []
    field = SurrogateField(meter.gtv, meter.volume.ravel()[meter.cells]) if n else None
    while len(features) < n:
        for texture in field.draw(rng):
            meter.retexture(np.argsort(texture))
            features.append(meter.measure(members))
    return np.array(features[:n]).reshape(n, 2, len(FEATURE_NAMES))


def paper_test(records: list) -> pd.DataFrame:
    """The paper's rule on the observed differences, as the columns that compare_with_null reads."""
    observed = np.array([record.features[0, 0] - record.features[0, 1] for record in records])
    rows = [apply_rule(column) for column in observed.T]
    table = pd.DataFrame(
        {"feature": FEATURE_NAMES, "test": [r["test"] for r in rows], "p": [r["p"] for r in rows]}
    )
    return table.assign(significant=table["p"] < ALPHA / len(FEATURE_NAMES))


def answers(records: list, situation: str, seed: int, n_recombinations: int) -> dict:
    """Everything the summary needs."""
    options = {"n_recombinations": n_recombinations, "seed": seed, "alpha": ALPHA}
    match = (WHAT | SITUATIONS[situation][0])["match"]
    found = compare_with_null(records, paper_test(records), match=match, **options)
    pools = [pool(record.patient, differences(record.features)) for record in records]
    normal = recombination_test(pools, FEATURE_NAMES, scores="normal", **options)
    features = found.features
    answer = {
        "n_draws": len(records[0].features) - 1,
        "n_surrogates": len(records[0].surrogate_features),
        "M": n_recombinations,
    }
    for name in (
        "p",
        "p_maxt",
        "t_p_null",
        "z_t_p",
        "surrogate_p_maxt",
        "share_reproduced",
        "paper_p",
    ):
        answer[name] = [
            None if np.isnan(value) else round(float(value), 6) for value in features[name]
        ]
    answer["true_shift"] = true_shift(records).round(3).tolist()
    answer["p_maxt_normal"] = normal.p_maxt.round(6).tolist()
    answer["paper_significant"] = features["paper_significant"].tolist()
    answer["verdict"] = features["verdict"].tolist()
    answer["control_p_maxt"] = round(float(found.controls["p_maxt"].min()), 6)
    answer["control_p"] = found.controls.set_index("covariate")["p"].dropna().round(6).to_dict()
    return answer


def true_shift(records: list) -> np.ndarray:
    """What planting did to each feature's difference (47), in SDs of the draws; mean of patients."""
    shifts = []
    for one in records:
        d, before = one.features[:, 0] - one.features[:, 1], one.unplanted[0] - one.unplanted[1]
        shifts.append((d[0] - before) / d.std(axis=0))
    return np.mean(shifts, axis=0)


def there(wanted: list, shared: Path) -> list:
    """The situations for which ../shared has what they need; a line for those left out."""
    data = shared / "data"
    need = {"real_mri": ["brain1"], "geometry_brain1": ["brain1", "hn_masks"]}
    found = []
    for situation in wanted:
        folders = need.get(situation, ["hn_masks"] if situation in REAL else [])
        missing = [name for name in folders if not (data / name).is_dir()]
        if missing:
            print(f"{situation}: left out, ../shared/data/{missing[0]} is not beside this clone")
        else:
            found.append(situation)
    return found


def run(args: argparse.Namespace) -> None:
    """Do what --out has not yet."""
    patients = Patients(args.shared, args.seed, args.draws, args.shape)
    args.out.touch()
    lines = args.out.read_text(encoding="utf-8").splitlines()
    done = {(row["situation"], row["cohort"]) for row in map(json.loads, lines)}
    # In turns, so that an interrupted run has some cohorts of every situation; costly ones come
    # late.
    wanted = there(args.situations, args.shared)
    jobs = [(name, k) for k in range(args.cohorts) for name in wanted]
    jobs.sort(key=lambda job: job[1] * (8 if job[0] in COSTLY else 1))
    jobs = [job for job in jobs if job not in done]
    begin = time.time()
    for k, (situation, number) in enumerate(jobs):
        cpu = time.process_time()
        records = simulate_cohort(situation, number, args.seed, patients, args.surrogates)
        answer = {"situation": situation, "cohort": number}
        answer |= answers(records, situation, number, args.recombinations)
        answer["cpu_s"] = round(time.process_time() - cpu, 3)
        with args.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer) + "\n")
        if k % 20 == 0:
            left = (time.time() - begin) / (k + 1) * (len(jobs) - k - 1) / 60
            print(
                f"{k + 1} of {len(jobs)} cohorts, {left:.0f} min left, last {answer['cpu_s']} CPU s",
                flush=True,
            )


def main() -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = list(SITUATIONS)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--situations", nargs="+", choices=every, default=every)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--shape", choices=("own", "compact"), default="own", help="of the draws")
    parser.add_argument("--draws", type=int, default=49)
    parser.add_argument("--surrogates", type=int, default=49, help="where texture is planted")
    parser.add_argument("--recombinations", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=Path("spatial_null_bench.jsonl"))
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--summary", action="store_true", help="only print what is in --out")
    args = parser.parse_args()
    if not args.summary:
        run(args)
    summarise(args.out, {name: goal for name, (_, goal) in SITUATIONS.items()})


if __name__ == "__main__":
    main()
