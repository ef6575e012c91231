"""ICC under perturbation, ours beside MIRP's: each makes its own perturbations and IBSI features of brain1.

    python benchmarks/mirp_repeatability.py PEER    interpreter of an environment with MIRP
                                                    (benchmarks/requirements-peers.txt)

An ICC needs several targets and brain1 has one tumour: beside it stand balls of about 9 mL elsewhere in
the head, as far from one another as they can be, the same masks for both. Turn, shift and change of
volume are uniform within the same limits, the level of noise is the same. Features: IBSI's of
docs/ibsi.md, matrices merged, 32 bins of equal width. Two series by other seeds say how far a rank
depends on the draw alone.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import pandas as pd
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.features.ibsi import standard_features
from npcradiomics.images.masks import box_of
from npcradiomics.images.normalisation import head_mask
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.perturbation import contours
from npcradiomics.perturbation.examination import noise_level, perturbations
from npcradiomics.statistics.repeatability import intraclass_correlations

ROOT = Path(__file__).resolve().parents[1]
WORKER = Path(__file__).with_name("mirp_worker.py")
BRAIN = ROOT.parent / "shared" / "data" / "brain1"
N_BINS, RADIUS_MM, SEEDS = 32, 13.0, (0, 1)
# How a feature's name ends in docs/ibsi.md: as MIRP writes it, distance and bins added.
ENDS = {"_3D_comb": "_3d_v_mrg", "_3D": "_3d"}


def mirp_settings(n, noise, seed):
    """One chain of all perturbations a run, as many as n."""
    rng = np.random.default_rng(seed)
    return [
        {
            "perturbation_rotation_angles": rng.uniform(-10, 10),
            "perturbation_translation_fraction": rng.uniform(0, 1),  # of the grid: within +-0.5
            "perturbation_roi_adapt_type": "fraction",
            "perturbation_roi_adapt_size": rng.uniform(-0.1, 0.1),
            "perturbation_randomise_roi_repetitions": 1,
            "perturbation_noise_repetitions": 1,
            # MIRP seeds its noise by image and level: without this every run would have the same.
            "perturbation_noise_level": noise * (1 + 1e-6 * (k + 1 + n * seed)),
        }
        for k in range(n)
    ]


def targets_in(image, tumour, n):
    """Labels uint8 (z, y, x): 1 the tumour, 2 .. n balls elsewhere in the head, by farthest points."""
    spacing = np.array(image.GetSpacing()[::-1])
    head = sitk.GetArrayFromImage(head_mask(image)) > 0
    # Whole balls, and none on the first or last slice, where a turn or a shift would leave the image.
    room = ndimage.distance_transform_edt(head, spacing) >= RADIUS_MM + 2.0
    room[:3] = room[-3:] = False
    places = np.argwhere(room)
    away = ndimage.distance_transform_edt(~tumour, spacing)[room] - RADIUS_MM
    labels = tumour.astype(np.uint8)
    for label in range(2, n + 1):
        k = int(np.argmax(away))
        if away[k] < RADIUS_MM:
            raise SystemExit(f"the head has room for {label - 2} balls, {n - 1} are asked for")
        from_centre = (np.indices(labels.shape).T - places[k]).T * spacing[:, None, None, None]
        labels[(from_centre**2).sum(axis=0) <= RADIUS_MM**2] = label
        between = np.sqrt((((places - places[k]) * spacing) ** 2).sum(axis=1)) - RADIUS_MM
        away = np.minimum(away, between)
    return labels


def ibsi_features(values, mask):
    """IBSI's texture features of the voxels of a mask, levels by IBSI's fixed number of bins."""
    box = box_of(mask)
    values, mask = values[box].astype(float), mask[box]
    low, high = values[mask].min(), values[mask].max()
    levels = np.floor(N_BINS * (values - low) / (high - low)).clip(0, N_BINS - 1).astype(int) + 1
    features = standard_features(np.where(mask, levels, 0), N_BINS)
    return {name: x for name, x in features.items() if name.endswith(tuple(ENDS))}


def our_table(volume, labels, spacing, n, seed):
    """A row a perturbation and target; each target with perturbations of its own, as MIRP's."""
    rows = []
    for target in range(1, labels.max() + 1):
        examinations = perturbations(
            volume, {"": labels == target}, spacing, n=n, seed=[seed, target]
        )
        for k, (moved, drawn) in enumerate(examinations):
            rows.append({"target": target, "perturbation": k} | ibsi_features(moved, drawn[""]))
    return pd.DataFrame(rows)


def iccs(table, names):
    """ICC(1,1) by feature of rows a perturbation and target."""
    rows = table.sort_values(["target", "perturbation"])
    values = (
        rows[names]
        .to_numpy(float)
        .reshape(rows["target"].nunique(), rows["perturbation"].nunique(), len(names))
    )
    return intraclass_correlations(values, names).set_index("feature")["icc_1_1"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", help="python of an environment with MIRP")
    parser.add_argument("--targets", type=int, default=10)
    parser.add_argument("--perturbations", type=int, default=20)
    arguments = parser.parse_args()
    n = arguments.perturbations

    image = read_image(BRAIN / "brain1_image.nrrd")
    mask = read_mask(BRAIN / "brain1_label.nrrd", image)
    spacing = image.GetSpacing()[::-1]
    volume, tumour = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask) > 0
    labels = targets_in(image, tumour, arguments.targets)
    noise = noise_level(volume, tumour)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        labelled = sitk.GetImageFromArray(labels)
        labelled.CopyInformation(image)
        sitk.WriteImage(labelled, str(folder / "labels.nrrd"))
        sitk.WriteImage(image, str(folder / "image.nrrd"))
        series = {"none": [{}]} | {f"MIRP {s}": mirp_settings(n, noise, s) for s in SEEDS}
        (folder / "task.json").write_text(json.dumps({"n_bins": N_BINS, "series": series}))
        subprocess.run([arguments.peer, WORKER, name], check=True)
        theirs = pd.read_csv(folder / "mirp.csv")

    plain = pd.DataFrame([ibsi_features(volume, labels == k) for k in range(1, labels.max() + 1)])
    names = list(plain)
    theirs = theirs.rename(columns={mirp_name(each, theirs): each for each in names})
    theirs["target"] = theirs["image_mask_label"].str.extract(r"(\d+)$").astype(int)
    unperturbed = theirs[theirs["series"] == "none"].sort_values("target")[names].to_numpy(float)
    difference = np.abs(plain.to_numpy() / unperturbed - 1).max()
    tables = {f"ours {s}": our_table(volume, labels, spacing, n, s) for s in SEEDS}
    contours.LEAST_SUPERVOXELS = 1  # MIRP's supervoxels of 500 mm3
    tables |= {f"ours, 500 mm3, {s}": our_table(volume, labels, spacing, n, s) for s in SEEDS}
    tables |= {s: rows for s, rows in theirs.groupby("series") if s != "none"}
    table = pd.DataFrame({series: iccs(rows, names) for series, rows in tables.items()})
    print(table.round(2).to_string())
    print(
        f"\nSpearman's rank correlations of ICC(1,1):\n{table.corr('spearman').round(2).to_string()}"
    )
    both = table.T.groupby(lambda series: series.rsplit(" ", 1)[0]).mean().T
    print(f"\nof both series' mean:\n{both.corr('spearman').round(2).to_string()}")
    families = both.groupby(both.index.str.partition("_").get_level_values(0))
    ranks = families.apply(lambda rows: rows.corr("spearman").loc["MIRP"])
    print(f"\nwith MIRP's, by family:\n{ranks.round(2).to_string()}")
    print(f"\nmeans:\n{both.mean().round(2).to_string()}")
    print(
        f"\nMIRP {theirs['mirp'].iloc[0]}; {len(names)} features, {labels.max()} targets of "
        f"{np.bincount(labels[labels > 0])[1:].tolist()} voxels, {n} perturbations, noise {noise:.1f}; "
        f"unperturbed the two differ by {difference:.1g} at most (relative)"
    )


def mirp_name(name, table):
    """The column of MIRP's table that has an IBSI feature."""
    end = next(end for end in ENDS if name.endswith(end))
    stem, theirs = name.removesuffix(end), ENDS[end]
    (column,) = (
        each
        for each in table
        if each.startswith(f"{stem}_")
        and each.removesuffix(f"_fbn_n{N_BINS}").endswith(theirs)
        and each.removesuffix(f"_fbn_n{N_BINS}").removesuffix(theirs) in (stem, f"{stem}_d1")
    )
    return column


if __name__ == "__main__":
    main()
