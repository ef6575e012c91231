"""Proof of the size-matched spatial null: error rates and power in simulated and real tumours with known truth.

    python benchmarks/spatial_null.py --cohorts 200                       all situations (hours on one core)
    python benchmarks/spatial_null.py --cohorts 20 --situations planted_050
    python benchmarks/spatial_null.py --summary                           only the table, from what has run

Each cohort is one line of --out (JSON lines), so that a run may be interrupted and goes on where it
stopped. A cohort follows from the seed, the situation and its number alone.

Tumours are unions of three ellipsoids with a wobbly surface on a grid of 0.7 x 0.7 x 5 mm (two to
five thousand voxels), the texture is a coarse and a fine Gaussian random field with MRI noise,
rounded to whole grey values. Lloyd-Max with 256 levels per region, 47 features, the generator of
the workflow, the workflow's statistics and verdicts. Smaller than the workflow's defaults: B = 49
draws, 49 surrogates, 2,000 recombinations. The level does not depend on B, power hardly does; M
only sets how finely p is known.
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
import real_geometry
import SimpleITK as sitk
from scipy import ndimage, stats

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.subregions import RegionMeter
from npcradiomics.simulation.tumour import (
    COARSE_SCALE_MM,
    TUMOUR_COARSE_SD,
    TUMOUR_FINE_SD,
    TumourShape,
)
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.own_shape import OwnShapePlacements
from npcradiomics.spatial_null.placements import (
    REMAINDER_SHARE,
    CompactPlacements,
    NotDrawable,
    bin_of,
)
from npcradiomics.spatial_null.shape import COVARIATES, Tumour
from npcradiomics.spatial_null.surrogates import SurrogateField
from npcradiomics.spatial_null.verdict import TEXTURE
from npcradiomics.statistics.comparison import apply_rule

ROOT = Path(__file__).parents[1]
SPACING_MM = (5.0, 0.7, 0.7)
N_PATIENTS = 14
ALPHA = 0.05
# Of the lengths of a tumour of simulation/tumour.py (10,000 voxels): small ones, so that 200
# cohorts run in an hour; what can be seen in a region depends on its size, so the planted textures
# are in tumours of full size.
SCALE, PLANTED_SCALE = 0.6, 1.0
TUMOUR_SD = float(np.hypot(TUMOUR_COARSE_SD, TUMOUR_FINE_SD))
EDGE_MM = 3.0  # the dark rim falls off over this depth
GRADIENT = 1.5  # SDs from the edge to the middle
ROOM = ((4, 4), (24, 24), (24, 24))  # voxels round a tumour, for what grows beyond it
N_VARIANTS = 8  # of each real patient
LEAST_INSIDE = 0.6  # of a simulated recurrence, in the GTV
N_PILOT = 200
EXTRACTION = {
    "n_levels": 256,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
UNTOUCHED = 0.1  # SDs of the draws
# Features that count voxels, runs or zones, or carry N in their formula (docs/definitions.md).
SIZE_DRIVEN = (
    "GLRLM_GLN",
    "GLRLM_RLN",
    "GLSZM_GLN",
    "GLSZM_ZSN",
    "NGTDM_Coarseness",
    "NGTDM_Busyness",
    "NGTDM_Strength",
)

# situation: what its patients are, and the goal in words.
SITUATIONS = {
    "no_effect": (dict(), "maxT rejects in 5 %"),
    "no_effect_ellipsoid": (dict(region="ellipsoid"), "the same, regions of another generator"),
    "four_large": (dict(n_large=4), "5 %"),
    "dark_edge_matched": (dict(region="central", edge=2.0, match="depth"), "<= 7 %"),
    "dark_edge_unmatched": (dict(region="central", edge=2.0), "for comparison"),
    "planted_050": (dict(planted=0.5, surrogates=True, scale=PLANTED_SCALE), "power >= 95 %"),
    "planted_025": (dict(planted=0.25, surrogates=True, scale=PLANTED_SCALE), "power >= 50 %"),
    "real_mri": (dict(real=True, region="ellipsoid"), "p uniform"),
}
# Real geometry (real_geometry.py), always matched on depth: the texture, and the goal.
REAL_SITUATIONS = {
    "geometry_no_effect": (dict(), "maxT rejects in 5 %, controls in <= 10 %"),
    "geometry_brain1": (dict(brain=True), "5 %"),
    "geometry_gradient": (dict(gradient=GRADIENT), "<= 7 %"),
    "geometry_planted_050": (dict(planted=0.5, surrogates=True), "power"),
    "geometry_planted_025": (dict(planted=0.25, surrogates=True), "power"),
}


EVERY = [*SITUATIONS, *REAL_SITUATIONS]


def random_tumour(rng, scale=SCALE):
    """Mask bool (z, y, x) of a tumour, cropped, with one slice and one voxel of margin."""
    centre = np.zeros(3)
    centres = rng.uniform(-9, 9, (3, 3)) * [1.2, 0.8, 0.9]
    centres[0] = 0
    radii = rng.uniform([13, 11, 12], [20, 16, 18], (3, 3))
    wobble = np.column_stack([rng.normal(0, 0.16, (4, 3)), rng.uniform(0, 2 * np.pi, 4)])
    outline = TumourShape(centre, centres, radii, wobble)
    half = 36.0 * scale
    z, y, x = (np.arange(-half, half, step) / scale for step in SPACING_MM)
    points = np.stack(np.broadcast_arrays(x, y[:, None], z[:, None, None]), axis=-1)
    labels, n = ndimage.label(outline.distance(points) < 0)
    inside = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:]) if n > 1 else labels > 0
    box = ndimage.find_objects(inside.astype(int))[0]
    return np.pad(inside[box], 1)


def random_texture(rng, gtv, spacing_mm=SPACING_MM):
    """Coarse and fine Gaussian field, float64 (z, y, x), mean 120, SD TUMOUR_SD."""
    sigma = COARSE_SCALE_MM / np.array(spacing_mm)
    return (
        120
        + TUMOUR_COARSE_SD * unit_field(rng, gtv.shape, sigma)
        + fine_field(rng, gtv.shape, TUMOUR_FINE_SD)
    )


def unit_field(rng, shape, sigma):
    field = ndimage.gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return (field - field.mean()) / field.std()


def fine_field(rng, shape, sd):
    return sd * unit_field(rng, shape, (0.0, 0.45, 0.45))


def as_mri(volume, noise):
    """Rician noise of 2 grey values from two fields of unit noise, whole grey values."""
    return np.clip(np.rint(np.hypot(volume + 2.0 * noise[0], 2.0 * noise[1])), 0, 255)


def ellipsoid(rng, tumour, n):
    """n voxels round a random voxel, as simulation/tumour.py makes recurrences: an upright ellipsoid cut by the surface."""
    places = tumour.places.T * tumour.spacing_mm
    most = (1.0 - REMAINDER_SHARE) * (tumour.n_voxels - n)
    while True:
        seed = places[rng.integers(tumour.n_voxels)]
        radius = (((places - seed) / rng.uniform(0.8, 1.25, 3)) ** 2).sum(axis=1)
        members = np.zeros(tumour.n_voxels, bool)
        members[np.argsort(radius, kind="stable")[:n]] = True
        shape = tumour.measure(members)
        if shape.cut_off <= most and shape.covariates[-1] == n:
            return members, shape


def compact_recurrence(rng, placements, region):
    """Where the tumour comes back, cut off by its surface: members and Shape."""
    if region == "ellipsoid":
        return ellipsoid(rng, placements.tumour, placements.n_voxels)
    if region == "central":  # the deepest of four places
        return max(
            (placements.draw(rng)[:2] for _ in range(4)), key=lambda drawn: drawn[1].covariates[0]
        )
    return placements.draw(rng)[:2]


def uncut_recurrence(rng, tumour, gtv, fraction, region):
    """The same, with what grows beyond the tumour: mask (z, y, x), and its members.

    An upright ellipsoid, or two lobes like an L in any direction; round a random voxel of the
    tumour.
    """
    points = np.argwhere(np.ones(gtv.shape, bool)) * tumour.spacing_mm
    half_axes = rng.uniform(0.8, 1.25, 3) * ([1, 1, 1] if region == "ellipsoid" else [1, 0.7, 1.5])
    n = round(fraction * tumour.n_voxels)
    second = (3 * n * np.prod(tumour.spacing_mm) / (4 * np.pi)) ** (1 / 3)  # mm from the first
    found = []
    while len(found) < (4 if region == "central" else 1):
        voxel = np.unravel_index(tumour.cells[rng.integers(tumour.n_voxels)], gtv.shape)
        away = points - np.array(voxel) * tumour.spacing_mm
        if region != "ellipsoid":
            angle, mirror = rng.uniform(0, 2 * np.pi), rng.choice([-1, 1])
            cosine, sine = np.cos(angle), np.sin(angle)
            turned = [
                cosine * away[:, 1] + sine * away[:, 2],
                cosine * away[:, 2] - sine * away[:, 1],
            ]
            away = np.column_stack([away[:, 0], turned[0], mirror * turned[1]])
        cost = ((away / half_axes) ** 2).sum(axis=1)
        if region != "ellipsoid":
            lobe = ((away - [0, second, second]) ** 2).sum(axis=1) / 0.6
            cost = np.minimum(cost, lobe)
        whole = np.zeros(gtv.size, bool)
        whole[np.argpartition(cost, n)[:n]] = True
        members = whole[tumour.cells]
        if LEAST_INSIDE * n <= members.sum() <= tumour.n_voxels - 64:
            found.append((tumour.measure(members).covariates[0], whole.reshape(gtv.shape), members))
    return max(found, key=lambda one: one[0])[1:]


def placed(rng, gtv, tumour, fraction, region, shape):
    """Placements in a tumour, members and Shape of the recurrence; None where it fits nowhere else."""
    if shape == "compact":
        placements = CompactPlacements(tumour, round(fraction * tumour.n_voxels))
        return placements, *compact_recurrence(rng, placements, region)
    whole, members = uncut_recurrence(rng, tumour, gtv, fraction, region)
    try:
        return OwnShapePlacements(tumour, whole, members, rng), members, tumour.measure(members)
    except NotDrawable:
        return None


def simulate(
    rng, patient, *, n_draws, fraction, region, edge, planted, match, surrogates, real, scale, shape
):
    """One patient's record, in the form of draws.read."""
    if real is None:
        gtv = random_tumour(rng, scale)
        gtv = gtv if shape == "compact" else np.pad(gtv, ROOM)
        tumour = Tumour(gtv, SPACING_MM)
        volume = random_texture(rng, gtv)
    else:
        gtv, volume, tumour = real
    found = None
    while found is None:
        found = placed(rng, gtv, tumour, fraction, region, shape)
    placements, members, observed = found
    without = None
    if real is None:
        depth = np.zeros(gtv.shape)
        depth[gtv] = tumour.depth_mm
        volume = volume - edge * TUMOUR_SD * np.exp(-depth / EDGE_MM)
        without, volume = planted_mri(rng, gtv, tumour, members, volume, planted)
    edges = placements.pilot_edges(rng, N_PILOT) if match == "depth" else ()
    wanted = bin_of(observed, edges) if match == "depth" else 0
    drawn = [placements.draw(rng, edges, wanted)[:2] for _ in range(n_draws)]
    regions = [members, *(one for one, _ in drawn)]
    covariates = [observed.covariates, *(one.covariates for _, one in drawn)]
    place = (gtv, tumour.spacing_mm, regions, covariates)
    return measured(rng, patient, place, volume, without if planted else None, surrogates)


def planted_mri(rng, gtv, tumour, members, volume, planted):
    """MRI without and with fine texture of so many SDs in the region."""
    inside = np.zeros(gtv.shape, bool)
    inside.ravel()[tumour.cells] = members
    fine = np.where(inside, fine_field(rng, gtv.shape, planted * TUMOUR_SD), 0.0)
    noise = rng.standard_normal((2, *gtv.shape))
    return as_mri(volume, noise), as_mri(volume + fine, noise)


def measured(rng, patient, place, volume, without, surrogates):
    """The record of one patient whose regions (the observed one first) are known; without: MRI before planting."""
    gtv, spacing_mm, regions, covariates = place
    meter = RegionMeter(volume, gtv, spacing_mm, EXTRACTION)
    features = np.array([meter.measure(members) for members in regions])
    unplanted = features[0]
    if without is not None:
        unplanted = RegionMeter(without, gtv, spacing_mm, EXTRACTION).measure(regions[0])
    n_surrogates = len(regions) - 1 if surrogates else 0
    return SimpleNamespace(
        unplanted=unplanted,
        patient=patient,
        reason="",
        notes="",
        feature_names=FEATURE_NAMES,
        features=features,
        surrogate_features=surrogate_features(rng, meter, regions[0], n_surrogates),
        covariate_names=COVARIATES,
        covariates=np.array(covariates),
        fraction=np.count_nonzero(regions[0]) / regions[0].size,
        mean_overlap=np.nan,
        effective_placements=np.nan,
    )


def simulate_on_real_geometry(
    rng, patient, one, *, brain=None, gradient=0.0, planted=0.0, surrogates=False
):
    """One patient's record: new texture in a real geometry (real_geometry.Placed) and its draws."""
    if brain is None:
        volume = random_texture(rng, one.gtv, one.spacing_mm)
        depth = np.zeros(one.gtv.shape)
        depth[one.gtv] = one.tumour.depth_mm / one.tumour.depth_mm.max()
        volume = volume + gradient * TUMOUR_SD * depth
        observed = one.regions[0]
        without, volume = planted_mri(rng, one.gtv, one.tumour, observed, volume, planted)
    else:
        without, volume = None, brain.draw(rng, one.gtv.shape)
    place = (one.gtv, one.spacing_mm, one.regions, one.covariates)
    return measured(rng, patient, place, volume, without if planted else None, surrogates)


def surrogate_features(rng, meter, members, n):
    """Features of the true region and remainder in n surrogate textures, (n, 2, 47)."""
    features = []
    field = SurrogateField(meter.gtv, meter.volume.ravel()[meter.cells]) if n else None
    while len(features) < n:
        for texture in field.draw(rng):
            meter.retexture(texture)
            features.append(meter.measure(members))
    return np.array(features[:n]).reshape(n, 2, len(FEATURE_NAMES))


def paper_test(records):
    """The paper's rule on the observed differences, as the columns that compare_with_null reads."""
    differences = np.array([record.features[0, 0] - record.features[0, 1] for record in records])
    rows = [apply_rule(column) for column in differences.T]
    table = pd.DataFrame(
        {"feature": FEATURE_NAMES, "test": [r["test"] for r in rows], "p": [r["p"] for r in rows]}
    )
    return table.assign(significant=table["p"] < ALPHA / len(FEATURE_NAMES))


def simulate_cohort(situation, number, seed, n_draws, real, shape="own"):
    """Its patients' records, and how their draws are matched; shape: of the draws, own or compact.

    real: what the situation takes from ../shared: brain1 (real_tumour), and the library of real
    geometry.
    """
    rng = np.random.default_rng([seed, *situation.encode(), number])
    if situation in REAL_SITUATIONS:
        what = dict(REAL_SITUATIONS[situation][0])
        what["brain"] = real.brain if what.get("brain") else None
        chosen = []
        for base, count in zip(
            real.library, real_geometry.shares(rng, len(real.library)), strict=True
        ):
            chosen += [base[k] for k in rng.choice(len(base), count, replace=False)]
        records = [
            simulate_on_real_geometry(rng, f"P{i:02d}", one, **what) for i, one in enumerate(chosen)
        ]
        return records, "depth"
    what = dict(
        region="exchangeable",
        edge=0.0,
        planted=0.0,
        match="none",
        surrogates=False,
        n_large=0,
        real=False,
        scale=SCALE,
        shape=shape,
    )
    what |= SITUATIONS[situation][0]
    n_large, what["real"] = what.pop("n_large"), real.tumour if what["real"] else None
    records = []
    for i in range(N_PATIENTS):
        fraction = rng.uniform(0.55, 0.80) if i < n_large else rng.uniform(0.08, 0.48)
        records.append(simulate(rng, f"P{i:02d}", n_draws=n_draws, fraction=fraction, **what))
    return records, what["match"]


def answers(records, match, seed, n_recombinations):
    """Everything the summary needs."""
    paper = paper_test(records)
    options = {"n_recombinations": n_recombinations, "seed": seed, "alpha": ALPHA}
    found = compare_with_null(records, paper, match=match, **options)
    normal = compare_with_null(records, paper, match=match, scores="normal", **options)
    features = found.features
    answer = {"n_draws": len(records[0].features) - 1, "M": n_recombinations}
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
    answer["p_maxt_normal"] = normal.features["p_maxt"].round(6).tolist()
    answer["paper_significant"] = features["paper_significant"].tolist()
    answer["verdict"] = features["verdict"].tolist()
    answer["control_p_maxt"] = round(float(found.controls["p_maxt"].min()), 6)
    answer["control_p"] = found.controls.set_index("covariate")["p"].dropna().round(6).to_dict()
    return answer


def true_shift(records):
    """What planting did to each feature's difference, in SDs of the draws, mean over patients (47)."""
    shifts = []
    for one in records:
        d, before = one.features[:, 0] - one.features[:, 1], one.unplanted[0] - one.unplanted[1]
        shifts.append((d[0] - before) / d.std(axis=0))
    return np.mean(shifts, axis=0)


def real_tumour(shared):
    """The CE-T1 head of pyradiomics (brain1): mask, image, Tumour; None without ../shared."""
    folder = shared / "data" / "brain1"
    if not folder.is_dir():
        return None
    image = sitk.ReadImage(str(folder / "brain1_image.nrrd"), sitk.sitkFloat64)
    gtv = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "brain1_label.nrrd"))) == 1
    box = ndimage.find_objects(gtv.astype(int))[0]
    gtv, volume = (np.pad(array[box], ROOM) for array in (gtv, sitk.GetArrayFromImage(image)))
    return gtv, volume, Tumour(gtv, image.GetSpacing()[::-1])


def keep(records, path):
    """Store what the statistics start from, so that another statistic can be tried without drawing anew."""
    names = ("features", "surrogate_features", "covariates")
    arrays = {
        name: np.array([getattr(record, name) for record in records], np.float32) for name in names
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, fraction=[record.fraction for record in records], **arrays)


def interval(k, n):
    """Clopper-Pearson 95 % interval of k of n."""
    low = stats.beta.ppf(0.025, k, n - k + 1) if k else 0.0
    high = stats.beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    return f"{100 * k / n:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


def summarise(path):
    """Print one row per situation, from the lines that are there."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(
        "situation | cohorts | maxT rejects (95 % CI) | normal scores | surrogate too | controls reject | paper's test"
    )
    for situation, (_, goal) in (SITUATIONS | REAL_SITUATIONS).items():
        part = [row for row in rows if row["situation"] == situation]
        if not part:
            continue
        n = len(part)
        rejected = sum(min(row["p_maxt"]) <= ALPHA for row in part)
        normal = sum(min(row["p_maxt_normal"]) <= ALPHA for row in part)
        both = [row for row in part if row["surrogate_p_maxt"][0] is not None]
        texture = sum(TEXTURE in row["verdict"] for row in both)
        control = sum(row["control_p_maxt"] <= ALPHA for row in part)
        paper = sum(any(row["paper_significant"]) for row in part)
        print(
            f"{situation} | {n} | {interval(rejected, n)}; goal {goal} | {interval(normal, n)} |"
            f" {interval(texture, len(both)) if both else '-'} | {interval(control, n)} | {interval(paper, n)}"
        )
        details(part)


def details(part):
    """Uniformity of the single-feature p, and which features are called texture."""
    p = np.array([row["p"] for row in part], float)
    p_ks = np.array([stats.kstest(column, "uniform").pvalue for column in p.T])
    below = (p <= ALPHA).mean(axis=0)
    print(
        f"    single-feature p: {np.sum(p_ks < 0.05)} of {len(p_ks)} KS p < 0.05, smallest {p_ks.min():.3g}"
        f" ({FEATURE_NAMES[p_ks.argmin()]}); p <= {ALPHA} in {100 * below.mean():.1f} % (features"
        f" {100 * below.min():.1f}-{100 * below.max():.1f} %)"
    )
    control = pd.DataFrame([row["control_p"] for row in part])  # NaN: not tested in a cohort
    share = (control <= ALPHA).where(control.notna()).mean()
    words = [f"{name} {100 * value:.0f} %" for name, value in share.items()]
    print(f"    controls p <= {ALPHA}: {', '.join(words)}")
    called = {
        name: np.mean([row["verdict"][k] == TEXTURE for row in part])
        for k, name in enumerate(FEATURE_NAMES)
    }
    found = np.mean([[value <= ALPHA for value in row["p_maxt"]] for row in part], axis=0)
    if any(called.values()):
        most = sorted(called, key=called.get, reverse=True)[:8]
        print(
            "    called texture: "
            + ", ".join(f"{name} {100 * called[name]:.0f} %" for name in most)
        )
    shift = np.mean([row["true_shift"] for row in part], axis=0)
    if any(shift):
        by_size(found, called, shift)


def by_size(found, called, shift):
    """The size-driven features: what planting truly did to them, how often they are beyond the null and called texture."""
    words = []
    for name in SIZE_DRIVEN:
        k = FEATURE_NAMES.index(name)
        words.append(
            f"{name} shifted {shift[k]:+.2f} SD, maxT {100 * found[k]:.0f} %, texture {100 * called[name]:.0f} %"
        )
    print("    size-driven: " + "; ".join(words))
    untouched = [k for k in range(len(shift)) if abs(shift[k]) < UNTOUCHED]
    rate = max((called[FEATURE_NAMES[k]] for k in untouched), default=0.0)
    print(
        f"    {len(untouched)} features that planting moves by less than {UNTOUCHED} SD: called texture in at most {100 * rate:.0f} %"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--situations", nargs="+", choices=EVERY, default=EVERY)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--shape", choices=("own", "compact"), default="own", help="of the draws")
    parser.add_argument("--draws", type=int, default=49)
    parser.add_argument("--recombinations", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=Path("spatial_null_bench.jsonl"))
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument(
        "--keep", type=Path, help="folder for the features of all draws (300 kB a cohort)"
    )
    parser.add_argument("--summary", action="store_true", help="only print what is in --out")
    args = parser.parse_args()
    if not args.summary:
        run(args)
    summarise(args.out)


def from_shared(args):
    """What the situations take from ../shared; a line for what is not there."""
    tumour, wanted = real_tumour(args.shared), set(args.situations)
    found = []
    if wanted & set(REAL_SITUATIONS):
        options = (N_VARIANTS, args.draws, args.seed, args.shape)
        found = real_geometry.library(args.shared, *options)
    brain = None if tumour is None else real_geometry.PatchedBrain(*tumour[:2])
    for names, is_there, folder in (
        (["real_mri", "geometry_brain1"], tumour is not None, "brain1"),
        (list(REAL_SITUATIONS), bool(found), "hn_masks"),
    ):
        if not is_there and wanted & set(names):
            print(f"{', '.join(names)}: left out, ../shared/data/{folder} is not beside this clone")
            wanted -= set(names)
    return SimpleNamespace(tumour=tumour, brain=brain, library=found), wanted


def run(args):
    real, wanted = from_shared(args)
    args.out.touch()
    lines = args.out.read_text(encoding="utf-8").splitlines()
    done = {(row["situation"], row["cohort"]) for row in map(json.loads, lines)}
    # In turns, so that an interrupted run has some cohorts of every situation; the costly planted
    # ones come late.
    jobs = [(name, k) for k in range(args.cohorts) for name in args.situations if name in wanted]
    jobs.sort(key=lambda job: job[1] * (4 if "planted" in job[0] else 1))
    jobs = [job for job in jobs if job not in done]
    begin, spent = time.time(), {}
    for k, (situation, number) in enumerate(jobs):
        cpu = time.process_time()
        records, match = simulate_cohort(situation, number, args.seed, args.draws, real, args.shape)
        if args.keep:
            keep(records, args.keep / f"{situation}_{number}.npz")
        answer = {"situation": situation, "cohort": number} | answers(
            records, match, number, args.recombinations
        )
        answer["cpu_s"] = round(time.process_time() - cpu, 3)
        with args.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer) + "\n")
        spent.setdefault(situation, []).append(answer["cpu_s"])
        if k % 20 == 0:
            left = (time.time() - begin) / (k + 1) * (len(jobs) - k - 1) / 60
            print(
                f"{k + 1} of {len(jobs)} cohorts, {left:.0f} min left, last {answer['cpu_s']} CPU s",
                flush=True,
            )


if __name__ == "__main__":
    main()
