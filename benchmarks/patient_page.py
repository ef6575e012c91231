"""Size of a patient's page at 512 x 512 x 100 voxels, and CPU time of the pages of 60 patients.

    python benchmarks/patient_page.py [folder with head-and-neck masks]

The images are a simulated head's. Tumours: the simulated one's, and with ../shared/data/hn_masks the
largest of six real ones (32 cm3) laid over it; in voxels 1 and 2 mm thick.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK as sitk

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/support"))

from npcradiomics.cohort.standing import Standing
from npcradiomics.features.definitions import FEATURES
from npcradiomics.images.masks import carry_or_empty, volume_ml
from npcradiomics.publication.pages.patient import (
    against_cohort,
    neighbours,
    patient_content,
    registration_part,
)
from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.registration_pictures import ExaminationPair
from npcradiomics.publication.pages.template import render
from npcradiomics.simulation.recurrence import simulate_patient
from registration_example import quality
from repository import ROOT

N_PATIENTS = 60
SIZE, SPACINGS = (512, 512, 100), ((0.45, 0.45, 1.0), (0.45, 0.45, 2.0))
IN = Standing("in", "")
TEMPLATES = ROOT / "workflow/report"


def pair_of(patient):
    """Both examinations on the planning grid, registered by the true transform."""
    planning = patient.planning_mri

    def moved(image, transform):
        return sitk.Resample(image, planning, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)

    headers = sitk.Transform(3, sitk.sitkIdentity)
    return ExaminationPair(
        planning=planning,
        before=moved(patient.recurrence_mri, headers),
        after=moved(patient.recurrence_mri, patient.transform),
        gtv=patient.gtv,
        gtvr_before=carry_or_empty(patient.gtvr, planning, headers),
        gtvr=carry_or_empty(patient.gtvr, planning, patient.transform),
        discrepancy=sitk.Cast(patient.gtv, sitk.sitkFloat32) * 0.4,
    )


def largest(folder):
    """Contours of the largest real tumour before and after treatment."""
    found = []
    for path in sorted(folder.glob("*_planning.nii.gz")):
        files = (path, path.with_name(path.name.replace("planning", "later")))
        found.append([sitk.Cast(sitk.ReadImage(str(f)) == 1, sitk.sitkUInt8) for f in files])
    return max(found, key=lambda masks: volume_ml(masks[0]))


def laid_over(pair, masks):
    """The pair with other contours, their middle where that of its own GTV is."""
    there = sitk.LabelShapeStatisticsImageFilter()
    there.Execute(pair.gtv)
    own = sitk.LabelShapeStatisticsImageFilter()
    own.Execute(masks[0])
    shift = np.subtract(own.GetCentroid(1), there.GetCentroid(1)).tolist()
    gtv, gtvr = (
        carry_or_empty(m, pair.planning, sitk.TranslationTransform(3, shift)) for m in masks
    )
    return ExaminationPair(
        pair.planning, pair.before, pair.after, gtv, gtvr, gtvr, sitk.Cast(gtv, sitk.sitkFloat32)
    )


def registration_page(pair):
    """The page of the registration, with a dose of 2 mm voxels."""
    grid = sitk.Image([n // 4 for n in pair.planning.GetSize()], sitk.sitkFloat32) + 70.0
    grid.SetSpacing([mm * 4 for mm in pair.planning.GetSpacing()])
    grid.SetOrigin(pair.planning.GetOrigin())
    grid.SetDirection(pair.planning.GetDirection())
    content = page_content(pair, quality("P01"), IN, True, dose_image=grid)
    return render(TEMPLATES / "registration_page.html", **content)


def cohort():
    """Features of N_PATIENTS by chance, with their ranks and their order."""
    names = [f"P{k:02d}" for k in range(1, N_PATIENTS + 1)]
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product(
        [names, ["recurrent", "non_recurrent"]], names=["patient", "region"]
    )
    values = rng.normal(size=(len(index), len(FEATURES)))
    features = pd.DataFrame(values, index=index, columns=FEATURES).reset_index()
    ranks = pd.DataFrame(
        [(name, feature, 0.5) for name in names for feature in FEATURES],
        columns=["patient", "feature", "rank"],
    )
    order = pd.DataFrame({"patient": names, "doubt_rank": range(1, N_PATIENTS + 1)})
    return names, features, ranks, order


def patient_page(report, patient, names, features, ranks, order):
    """The page of a patient from that of his registration."""
    parts = dict.fromkeys(("regions", "dose", "draws"))
    parts |= {
        "registration": registration_part(report),
        "neighbours": neighbours(order, names, patient),
        "features": against_cohort(features, patient, ranks),
        "cohort_size": len(names),
        "with_ranks": True,
        "pictures": dict.fromkeys(("s1", "s2", "s3")),
        "simulated": True,
        "departures": "",
    }
    content = patient_content(patient, quality(patient), IN, **parts)
    return render(TEMPLATES / "patient.html", **content)


def main(folder="../shared/data/hn_masks"):
    """Print sizes and times."""
    table = cohort()
    for spacing in SPACINGS:
        pair = pair_of(simulate_patient("P01", 7, size=SIZE, spacing_mm=spacing))
        pairs = {"simulated tumour": pair}
        if Path(folder).is_dir():
            pairs["real tumour"] = laid_over(pair, largest(Path(folder)))
        for name, one in pairs.items():
            start = time.process_time()
            report = registration_page(one)
            took = time.process_time() - start
            page = patient_page(report, "P01", *table)
            print(
                f"{spacing} mm, {name} of {volume_ml(one.gtv):.0f} cm3: registration page "
                f"{len(report.encode()) / 1e6:.1f} MB in {took:.1f} CPU s, "
                f"patient's page {len(page.encode()) / 1e6:.1f} MB without S1 to S3",
                flush=True,
            )
    start = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        for patient in table[0]:
            page = patient_page(report, patient, *table)
            (Path(place) / f"{patient}.html").write_text(page, encoding="utf-8")
    took = time.process_time() - start
    print(f"{N_PATIENTS} patients' pages: {took / N_PATIENTS:.2f} CPU s each, without start-up")


if __name__ == "__main__":
    main(*sys.argv[1:])
