"""Proof of the spatial null over several sequences: level and power where sequences are correlated.

    python benchmarks/null_sequences.py --cohorts 200 --out FILE     goes on where it stopped
    python benchmarks/null_sequences.py --summary --out FILE
    python benchmarks/null_sequences.py --situations pipeline_no_effect --cohorts 200 --out FILE

`no_effect`: values of 47 features that follow from 8 common ones, correlated between the sequences
(--correlation), in 14 patients with 49 draws; `one_sequence`: the first features of the last
sequence alone are --shift SDs higher in the recurrence. `pipeline_...`: the tumours, draws and textures of
spatial_null.py (simulated, own shape, matched on depth) instead, in fewer patients, with the
coarse textures correlated, Lloyd-Max with 256 levels per region and the 47 features in each
sequence; fine texture of --planted SD in the recurrence of the last sequence alone.

Beside the family of features x sequences: what one family per sequence, all looked at together,
would reject; and how correlated the differences are.
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import null_patients
import numpy as np
import spatial_null as single
from null_patients import Patients
from null_summary import ALPHA, interval
from null_textures import planted_mri, random_texture

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.spatial_null.pools import differences, pool
from npcradiomics.spatial_null.recombination import recombination_test
from npcradiomics.spatial_null.sequences import side_by_side

N_PATIENTS, N_DRAWS, N_COMMON = 14, 49, 8  # of the values without a pipeline
SITUATIONS = ("no_effect", "one_sequence", "pipeline_no_effect", "pipeline_one_sequence")


def simulate_values(situation, number, args):
    """Pools of patients whose features follow from common ones, those from ones of all sequences."""
    rng = np.random.default_rng([args.seed, *situation.encode(), number])
    n = len(FEATURE_NAMES)
    loadings = rng.normal(size=(N_COMMON, n)) / np.sqrt(N_COMMON)
    shape = (N_PATIENTS, N_DRAWS + 1, args.sequences)
    shared = rng.normal(size=(*shape[:2], 1, N_COMMON))
    own = rng.normal(size=(*shape, N_COMMON))
    common = np.sqrt(args.correlation) * shared + np.sqrt(1 - args.correlation) * own
    values = common @ loadings + 0.5 * rng.normal(size=(*shape, n))
    if situation == "one_sequence":
        values[:, 0, -1, :5] += args.shift * values[:, :, -1, :5].std(axis=(0, 1))
    return [pool(f"P{i:02d}", one.reshape(N_DRAWS + 1, -1)) for i, one in enumerate(values)]


def simulate_pipeline(situation, number, args, patients):
    """Pools of patients with tumours, textures and the whole measurement."""
    rng = np.random.default_rng([args.seed, *situation.encode(), number])
    records = []
    for i, one in enumerate(patients.of_cohort(rng, single.WHAT, number)):
        shared = random_texture(rng, one.gtv.shape, one.spacing_mm)
        of_patient = {}
        for k in range(args.sequences):
            own = random_texture(rng, one.gtv.shape, one.spacing_mm)
            texture = np.sqrt(args.correlation) * shared + np.sqrt(1 - args.correlation) * own
            last = situation.endswith("one_sequence") and k == args.sequences - 1
            planted = args.planted if last else 0.0
            _, volume = planted_mri(rng, one.gtv, one.regions[0], texture, planted)
            of_patient[f"s{k + 1}"] = single._measured(rng, f"P{i:02d}", one, volume, None, 0)
        records.append(side_by_side(of_patient))
    return [pool(one.patient, differences(one.features)) for one in records]


def answers(pools, seed, n_recombinations):
    """What the summary needs of a cohort."""
    options = {"n_recombinations": n_recombinations, "seed": seed}
    n = len(FEATURE_NAMES)
    apart = [
        recombination_test(
            [pool(one.patient, one.values[:, k : k + n]) for one in pools], range(n), **options
        ).p_maxt.min()
        for k in range(0, pools[0].values.shape[1], n)
    ]
    p = recombination_test(pools, range(pools[0].values.shape[1]), **options).p_maxt
    first, second = (np.vstack([one.values[1:, k : k + n] for one in pools]) for k in (0, n))
    r = [np.corrcoef(a, b)[0, 1] for a, b in zip(first.T, second.T, strict=True)]
    return {
        "p_of_family": [float(part.min()) for part in np.split(p, len(apart))],
        "p_apart": [float(one) for one in apart],
        "r": float(np.median(r)),
    }


def run(args):
    """Do what --out has not yet, situations in turns."""
    null_patients.N_PATIENTS, null_patients.N_GEOMETRIES = args.patients, 5 * args.patients
    patients = Patients(args.shared, args.seed, args.draws, "own")  # made when they are asked for
    args.out.touch()
    lines = map(json.loads, args.out.read_text(encoding="utf-8").splitlines())
    done = {(row["situation"], row["cohort"]) for row in lines}
    jobs = [(name, k) for k in range(args.cohorts) for name in args.situations]
    for situation, number in (job for job in jobs if job not in done):
        cpu = time.process_time()
        if situation.startswith("pipeline"):
            pools = simulate_pipeline(situation, number, args, patients)
        else:
            pools = simulate_values(situation, number, args)
        answer = {"situation": situation, "cohort": number}
        answer |= answers(pools, number, args.recombinations)
        answer["cpu_s"] = round(time.process_time() - cpu, 3)
        with args.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer) + "\n")


def summarise(path):
    """Print the table of docs/spatial_null.md."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print("| situation | cohorts | maxT over all rejects (95 % CI) | in the last sequence | in the others"
          " | one family each, any rejects | r of differences |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for name in SITUATIONS:
        own = [row for row in rows if row["situation"] == name]
        if not own:
            continue
        family = np.array([row["p_of_family"] for row in own]) <= ALPHA
        apart = np.array([row["p_apart"] for row in own]) <= ALPHA
        last, others = family[:, -1], family[:, :-1].any(axis=1)
        shares = [
            interval(int(k.sum()), len(own)) for k in (family.any(1), last, others, apart.any(1))
        ]
        print(
            f"| {name} | {len(own)} | {' | '.join(shares)} | {np.median([row['r'] for row in own]):.2f} |"
        )


def main():
    """See the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--situations", nargs="+", choices=SITUATIONS, default=SITUATIONS[:2])
    parser.add_argument("--shift", type=float, default=1.2)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--patients", type=int, default=6, help="of a pipeline")
    parser.add_argument("--sequences", type=int, default=3)
    parser.add_argument("--correlation", type=float, default=0.7)
    parser.add_argument("--planted", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--draws", type=int, default=9)
    parser.add_argument("--recombinations", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=Path("null_sequences_bench.jsonl"))
    parser.add_argument("--shared", type=Path, default=single.ROOT.parent / "shared")
    parser.add_argument("--summary", action="store_true", help="only print what is in --out")
    args = parser.parse_args()
    if not args.summary:
        run(args)
    summarise(args.out)


if __name__ == "__main__":
    main()
