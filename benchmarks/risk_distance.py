"""How far real head scans lie from a cohort's places, and from one another: who is far, who is refused.

    python benchmarks/risk_distance.py results/demo/heterogeneity

Measured places (patients/*/risk/places.npz, target heterogeneity_risk_map) of a cohort are left out
patient by patient; then balls of 16 mm radius at two places of six real scans of ../shared/data stand
as new tumours before the cohort, and before each other. Balls: the scans have no tumour of this kind.
"""

import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.risk.covering import measure_places  # noqa: E402
from npcradiomics.risk.distance import compared_features, training_distance  # noqa: E402
from npcradiomics.risk.places import read  # noqa: E402

DATA = ROOT.parent / "shared/data"
SCANS = {
    "CE-T1 1": "brain1/brain1_image.nrrd",
    "CE-T1 2": "brats_reg/BraTSReg_002_00_0000_t1ce.nii.gz",
    "CE-T1 3": "brats_reg/BraTSReg_002_01_0262_t1ce.nii.gz",
    "T1 1": "ms_two_timepoints/study1_T1W.nii.gz",
    "T1 2": "ms_two_timepoints/study2_T1W.nii.gz",
    "FLAIR": "ms_two_timepoints/study1_FLAIR.nii.gz",
}
SIDES_MM = {"left": 22.0, "right": -22.0}
RADIUS_MM = 16.0
EXTRACTION = {"n_levels": 256, "quantizer": "lloyd", "quantizer_fit": "region"}
EXTRACTION |= {"outliers": "none", "resampling": "none"}
COVERING = {"size_cm3": 3.0, "minimum_voxels": 64, "coverage": 8, "seed": 2020}


def ball_of(path, side_mm):
    """Features of the places of a ball so far to one side and behind the middle of a head."""
    image = sitk.DICOMOrient(sitk.ReadImage(str(DATA / path)), "LPS")
    values, spacing = sitk.GetArrayFromImage(image).astype(float), image.GetSpacing()[::-1]
    head = np.argwhere(values > np.percentile(values[values > 0], 30))
    centre = head.mean(axis=0) * spacing + [0.0, side_mm, side_mm]
    z, y, x = (np.arange(n) * s - c for n, s, c in zip(values.shape, spacing, centre, strict=True))
    gtv = z[:, None, None] ** 2 + y[None, :, None] ** 2 + x[None, None, :] ** 2 < RADIUS_MM**2
    asked = COVERING | {"extraction": EXTRACTION, "tell": lambda line: None}
    return compared_features(measure_places("P01", values, gtv, spacing, **asked))


def report(title, training, new):
    """Shares of each new tumour's places beyond the training's limit, and beyond all of it."""
    names = [name for name, features in training.items() for _ in features]
    known = training_distance(np.concatenate([*training.values()]), names)
    print(f"{title}: left out at most {known.left_out.max():.0%}")
    for name, features in new.items():
        found = known.of(features)
        beyond, beyond_all = np.mean(found > known.limit), np.mean(found > known.farthest)
        word = "refused" if beyond_all > 0.5 else "far" if beyond > known.left_out.max() else ""
        print(f"  {name}: {beyond:.0%}, beyond all {beyond_all:.0%} {word}")


def main():
    files = sorted(Path(sys.argv[1]).glob("patients/*/risk/places.npz"))
    cohort = {one.patient: compared_features(one) for one in map(read, files)}
    scans = {
        f"{name} {side}": ball_of(path, mm)
        for name, path in SCANS.items()
        for side, mm in SIDES_MM.items()
    }
    for out, features in cohort.items():
        others = {name: one for name, one in cohort.items() if name != out}
        report(f"cohort without {out}", others, {out: features})
    report("cohort", cohort, scans)
    t1 = {name: one for name, one in scans.items() if "FLAIR" not in name}
    report("T1", t1, {name: one for name, one in scans.items() if name not in t1})
    for out in t1:
        report(f"T1 without {out}", {n: one for n, one in t1.items() if n != out}, {out: t1[out]})


if __name__ == "__main__":
    main()
