"""Proof of the multiverse: error of the curve's test on cohorts without effect, its power beside the
single path's, and how often the word is right where the truth is planted.

    python benchmarks/multiverse.py OUT.jsonl [SITUATION N ...]
    python benchmarks/multiverse.py --summary OUT.jsonl

Cohorts of 14 in real head-and-neck geometry (../shared/data/hn_masks, see real_geometry), tissue
around the tumour darker than in it. Motions are drawn once per geometry, textures are new in every
cohort.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import real_geometry
import SimpleITK as sitk
from null_summary import ALPHA, interval
from null_textures import TUMOUR_SD, random_texture

from npcradiomics.cohort.configuration import complete_settings, read_schema
from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.images.masks import expand
from npcradiomics.multiverse.conclusions import word
from npcradiomics.multiverse.design import (
    make_design,
    measured_universes,
    measurements_and_tests,
    study_path,
)
from npcradiomics.multiverse.measurement import Case
from npcradiomics.multiverse.recombination import test_curve
from npcradiomics.multiverse.variance import shares_by_axis
from npcradiomics.spatial_null.placements import NotDrawable
from npcradiomics.spatial_null.pools import differences, pool

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
N_DRAWS, N_RECOMBINATIONS, SEED = 9, 500, 2020
N_VARIANTS = 4  # of each of the six tumours
ROOM = ((2, 2), (14, 14), (14, 14))  # for what lies beyond the tumour
AROUND = 3.0  # SDs by which the tissue around the tumour is darker
MOVED_VOXELS = ((2, -1),)  # rows and columns
SCHEMA = read_schema(ROOT / "workflow/schemas/heterogeneity_config.schema.yaml")
PATH = study_path(complete_settings({}, SCHEMA, "config"))  # of the defaults
AXES = {
    "region": ["inside_gtv"],
    "fit": ["gtv"],
    "levels": [32, 64],
    "outliers": ["3sigma"],
    "grown_mm": [-1, 1],
    "moved": len(MOVED_VOXELS),
    "test": ["t", "wilcoxon"],
}
# What is planted in the recurrences; the features that are judged, and the words that are right.
SITUATIONS = {
    "nothing": {"right": ("does not hold", ""), "judged": FEATURE_NAMES},
    "brighter": {"right": ("holds", ""), "judged": ("Intensity_Mean",)},
    "rougher": {"right": ("holds", ""), "judged": ("Intensity_Variance", "Intensity_MAD")},
    "fine steps": {
        "right": ("depends on", "levels"),
        "judged": ("GLRLM_SRE", "GLRLM_LRE", "GLRLM_RP", "GLSZM_ZP", "GLCM_Energy"),
    },
    **{f"fine texture {amount:g}": {} for amount in (0.2, 0.3, 0.4, 0.5)},
}


def _grown(mask, margin_mm, spacing_mm):
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(tuple(spacing_mm)[::-1])
    return sitk.GetArrayFromImage(expand(image, margin_mm)) > 0


def geometries(n_variants: int) -> list[list]:
    """Of each real tumour its variants as cases whose contours are laid; those with draws."""
    universes = measured_universes(make_design(PATH, AXES, "around"))
    found = []
    for number, one in enumerate(real_geometry.patients(SHARED)):
        found.append([])
        for k in range(n_variants):
            made = real_geometry.variant(np.random.default_rng([SEED, number, k]), one)
            gtv, later = (np.pad(mask, ROOM) for mask in (made.gtv, made.later))
            contours = {
                (u["grown_mm"], u["moved"]): _grown(
                    np.roll(later, MOVED_VOXELS[u["moved"] - 1], (1, 2)) if u["moved"] else later,
                    u["grown_mm"],
                    made.spacing_mm,
                )
                for u in universes
            }
            case = Case(f"{number}.{k}", {}, gtv, contours, made.spacing_mm, 64)
            try:
                case.move(N_DRAWS, "depth", SEED)
            except (NotDrawable, ValueError) as error:
                case.reason = str(error)
            if case.reason:
                print(f"{case.patient}: {case.reason}", flush=True)
            else:
                found[-1].append(case)
    return [variants for variants in found if variants]


def volume_of(rng: np.random.Generator, case: Case, situation: str) -> np.ndarray:
    """A texture in and round a tumour, with what the situation plants in the recurrence."""
    volume = random_texture(rng, case.gtv.shape, case.spacing_mm)
    later = case.contours[0, 0]
    if situation == "brighter":
        volume[later] += TUMOUR_SD
    elif situation == "rougher":
        volume[later] += rng.normal(0, TUMOUR_SD, np.count_nonzero(later))
    elif situation == "fine steps":
        # Steps of 4 grey values, long runs; in the recurrence a quarter of a step up or down, which
        # 64 levels cannot tell from the step.
        smooth = random_texture(rng, case.gtv.shape, case.spacing_mm)
        rank = np.argsort(np.argsort(smooth, axis=None)).reshape(smooth.shape) / smooth.size
        volume = 4.0 * np.floor(64 * rank)
        volume[later] += rng.choice([-1.0, 1.0], np.count_nonzero(later))
    elif situation.startswith("fine texture"):
        amount = float(situation.split()[-1])
        volume[later] += rng.normal(0, amount * TUMOUR_SD, np.count_nonzero(later))
    return np.where(case.gtv, volume, volume - AROUND * TUMOUR_SD)


def cohort(rng: np.random.Generator, library: list[list], situation: str) -> dict:
    """One cohort: p of the curve and of the path, and the words."""
    design = make_design(PATH, AXES, "around")
    measured = measured_universes(design)
    pools = []
    for variants, count in zip(library, real_geometry.shares(rng, len(library)), strict=True):
        for k in rng.choice(len(variants), count, replace=False):
            case = variants[k]
            case.volumes["none"] = volume_of(rng, case, situation)
            features = [part for part, *_ in case.measure(measured)]
            pools.append(pool(case.patient, np.hstack([differences(one) for one in features])))
    shape = (len(measured), len(FEATURE_NAMES))
    test = test_curve(
        pools,
        shape,
        measurements_and_tests(design, measured),
        threshold=ALPHA / len(FEATURE_NAMES),
        n_recombinations=N_RECOMBINATIONS,
        seed=int(rng.integers(2**31)),
    )
    words = {}
    for name in SITUATIONS[situation].get("judged", ()):
        f = FEATURE_NAMES.index(name)
        s = test.statistic[:, f]
        shares = shares_by_axis(measured, s)
        words[name] = word(
            measured, s, test.p[:, f], test.gap[:, f], test.p_curve[f], shares, ALPHA
        )
    return {
        "situation": situation,
        "p_curve": float(np.nanmin(test.p_curve)),
        "p_path": float(np.nanmin(test.p_maxt[0])),
        "p_median": np.nan_to_num(test.p_median, nan=1.0).tolist(),
        "p_share": np.nan_to_num(test.p_share, nan=1.0).tolist(),
        "words": words,
    }


def summarise(path: Path) -> None:
    """Print a row per situation."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(
        "situation | curve rejects | path rejects | p of median <= 0.05 | p of share <= 0.05 | word"
    )
    for situation, what in SITUATIONS.items():
        part = [row for row in rows if row["situation"] == situation]
        if not part:
            continue
        n = len(part)
        curve, own = (sum(row[key] <= ALPHA for row in part) for key in ("p_curve", "p_path"))
        median, share = (
            np.mean([np.array(row[key]) <= ALPHA for row in part])
            for key in ("p_median", "p_share")
        )
        right = [tuple(found) == what["right"] for row in part for found in row["words"].values()]
        words = f"{sum(right)}/{len(right)}, {interval(sum(right), len(right))}" if right else "-"
        print(
            f"{situation} | {curve}/{n}, {interval(curve, n)} | {own}/{n}, {interval(own, n)} | {100 * median:.1f} % |"
            f" {100 * share:.1f} % | {words}"
        )
        for name in part[0]["words"] if len(part[0]["words"]) < 10 else ():
            found = [" ".join(row["words"][name]).strip() for row in part]
            print(f"    {name}: " + ", ".join(f"{w} {found.count(w)}" for w in sorted(set(found))))


def main() -> None:
    """Run cohorts; lines that are there stay, so that a run can go on."""
    if sys.argv[1] == "--summary":
        summarise(Path(sys.argv[2]))
        return
    out, asked = Path(sys.argv[1]), sys.argv[2:]
    wanted = dict(zip(asked[::2], map(int, asked[1::2]), strict=True)) or {"nothing": 200}
    done = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    library = geometries(N_VARIANTS)
    for situation, n in wanted.items():
        first = sum(json.loads(line)["situation"] == situation for line in done)
        start = time.process_time()
        for number in range(first, n):
            rng = np.random.default_rng([SEED, number, *situation.encode()])
            line = json.dumps(cohort(rng, library, situation))
            with out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        print(f"{situation}: {time.process_time() - start:.0f} CPU s", flush=True)


if __name__ == "__main__":
    main()
