"""The simulated cohort from NIfTI, from DICOM, and with contours drawn on a CT grid: how far the study's numbers move.

python benchmarks/dicom.py [folder]   runs the workflow twice for 15 patients of 96 x 96 x 20 voxels in `folder`
(default: a temporary one) and prints, per feature, how far a patient's value and Table 2 lie from NIfTI's.

`dicom` is MRI, contours and dose as rule simulate_dicom writes them: contours lie on the slices of
the MRI. In `ct` GTV and GTVr were drawn on another grid, 1 x 1 x 3 mm and shifted, as on a planning
CT, and the registrations are those of `nifti`: what resampling of contours alone does.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK as sitk
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.dicom import reading  # noqa: E402
from npcradiomics.dicom.series import Source, series_source  # noqa: E402
from npcradiomics.dicom.writer import new_uid, write_rtstruct  # noqa: E402
from npcradiomics.features.definitions import FEATURES  # noqa: E402
from npcradiomics.features.extraction import extract  # noqa: E402
from npcradiomics.images.masks import carry_mask  # noqa: E402
from npcradiomics.images.volumes import spacing_zyx_mm, voxel_volume_cm3  # noqa: E402
from npcradiomics.regions.recurrence import derive_regions  # noqa: E402
from npcradiomics.statistics.comparison import compare_regions  # noqa: E402

PATIENTS = [f"REC{k:03d}" for k in range(1, 16)]
SIMULATION = {"seed": 2020, "size": [96, 96, 20], "spacing_mm": [1.6, 1.6, 6.0]}
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CT_SPACING_MM = (1.0, 1.0, 3.0)
BASE = "results/heterogeneity"


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        simulated = folder / "nifti" / BASE / "simulated"
        made = [f"{BASE}/simulated/{p}/dicom/dose.dcm" for p in PATIENTS]
        run(folder / "nifti", rows(lambda p: nifti(simulated / p)), made)
        for name, cells in (("nifti", nifti), ("dicom", as_dicom)):
            run(
                folder / name,
                rows(lambda p, cells=cells: cells(simulated / p)),
                [f"{BASE}/cohort/statistics.tsv"],
            )
        features = {
            name: pd.read_csv(folder / name / BASE / "cohort/features.tsv", sep="\t")
            for name in ("nifti", "dicom")
        }
        registered = folder / "nifti" / BASE / "patients"
        patients = features["nifti"]["patient"].unique()
        features["ct"] = pd.DataFrame(
            [row for p in patients for row in on_ct(simulated / p, registered / p)]
        )
        print(report(features).to_string(float_format="{:.3g}".format))


def rows(cells):
    return pd.DataFrame([{"patient": p, "gtvr_frame": "recurrence"} | cells(p) for p in PATIENTS])


def nifti(folder):
    columns = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")
    return {name: folder / f"{name}.nii.gz" for name in columns}


def as_dicom(folder):
    made = folder / "dicom"
    images = {name: made / name for name in ("planning_mri", "recurrence_mri")}
    contours = {
        "gtv": made / "planning_structures.dcm#GTV",
        "gtvr": made / "recurrence_structures.dcm#GTVr",
    }
    return images | contours | {"dose": made / "dose.dcm", "prescription_gy": "70"}


def on_ct(folder, registered):
    """Feature rows of a patient's two regions with both contours drawn on a CT grid."""
    planning = reading.read_series(folder / "dicom/planning_mri")
    recurrence = reading.read_series(folder / "dicom/recurrence_mri")
    gtv = drawn_on_ct(folder, "gtv", "planning_mri", planning)
    gtvr = drawn_on_ct(folder, "gtvr", "recurrence_mri", recurrence)
    to_recurrence = sitk.ReadTransform(str(registered / "registration/recurrence_to_planning.tfm"))
    carried = carry_mask(gtvr, planning, to_recurrence)
    masks = [sitk.GetArrayFromImage(m) > 0 for m in (gtv, carried)]
    regions = derive_regions(*masks, voxel_volume_cm3(planning))
    volume = sitk.GetArrayFromImage(planning)
    return [
        {"patient": folder.name, "region": region}
        | extract(volume, mask, spacing_mm=spacing_zyx_mm(planning)).features
        for region, mask in regions.masks.items()
    ]


def drawn_on_ct(folder, name, series, image):
    """A contour of the patient written as an RTSTRUCT on a CT grid in the frame of its MRI, and read onto that MRI."""
    mask = sitk.ReadImage(str(folder / f"{name}.nii.gz"))
    extent = np.array(mask.GetSize()) * mask.GetSpacing()
    grid = sitk.Image([int(n) for n in extent // CT_SPACING_MM], sitk.sitkUInt8)
    grid.SetSpacing(CT_SPACING_MM)
    grid.SetDirection(mask.GetDirection())
    grid.SetOrigin(mask.TransformContinuousIndexToPhysicalPoint((0.3, 0.3, 0.2)))
    drawn = carry_mask(mask, grid, sitk.Transform(3, sitk.sitkIdentity))
    mri = series_source(folder / "dicom" / series)
    slices = tuple(new_uid("ct slice", folder.name, name, z) for z in range(grid.GetSize()[2]))
    source = Source(
        mri.study_uid, new_uid("ct", folder.name, name), mri.frame_uid, CT_IMAGE, slices
    )
    path = folder / f"dicom/{name}_on_ct.dcm"
    write_rtstruct({name: drawn}, path, folder.name, source)
    return reading.read_structure(path, name, image)


def run(folder, table, targets):
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "patients.tsv", sep="\t", index=False)
    pyradiomics = str(ROOT / "config/heterogeneity/pyradiomics.yaml")
    settings = {"patients": "patients.tsv", "pyradiomics": pyradiomics, "simulation": SIMULATION}
    (folder / "config.yaml").write_text(
        yaml.safe_dump({"heterogeneity": settings}), encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "-s",
        str(ROOT / "Snakefile"),
        "--directory",
        str(folder),
        "-c2",
    ]
    command += ["-q", "rules", "--configfile", str(folder / "config.yaml"), "--", *targets]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}")


def report(features):
    """Per feature: relative differences from NIfTI of the patients' values, and what Table 2 says."""
    base, rows = features["nifti"], {feature: {} for feature in FEATURES}
    tables = {
        name: compare_regions(table[["patient", "region", *FEATURES]]).set_index("feature")
        for name, table in features.items()
    }
    for name in ("dicom", "ct"):
        joined = base.merge(
            features[name], on=["patient", "region"], validate="one_to_one", suffixes=("", " other")
        )
        assert len(joined) == len(base) == len(features[name])
        for feature, row in rows.items():
            away = (joined[f"{feature} other"] / joined[feature] - 1).abs()
            old, new = tables["nifti"].loc[feature], tables[name].loc[feature]
            row[f"{name}: median"], row[f"{name}: largest"] = away.median(), away.max()
            row[f"{name}: mean difference moves, SD"] = (
                new.mean_difference - old.mean_difference
            ) / old.sd_difference
            row[f"{name}: significant"] = f"{old.significant} -> {new.significant}"
    return pd.DataFrame(rows).T


if __name__ == "__main__":
    main()
