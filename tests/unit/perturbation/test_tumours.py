"""Features of perturbed tumours: by seed and name, and with a reason where there are none."""

import numpy as np

from npcradiomics.features.sets import tumour_features
from npcradiomics.perturbation.examination import perturbations
from npcradiomics.perturbation.tumours import measure_perturbed_tumour

FEATURES = {"set": "toolbox47", "n_levels": 16}


def tumour():
    rng = np.random.default_rng(0)
    image = rng.normal(300, 40, (9, 30, 30)).astype(np.int16)
    z, y, x = np.ogrid[:9, :30, :30]
    return image, ((z - 4) ** 2 * 4 + (y - 15) ** 2 + (x - 15) ** 2 < 64).astype(np.uint8)


def test_rows_are_the_features_of_the_perturbed_examinations():
    image, mask = tumour()
    spacing = (4.0, 1.0, 1.0)
    rows, reasons = measure_perturbed_tumour(
        "P1", image, mask, spacing, features=FEATURES, pyradiomics="", n=3, seed=7
    )
    assert reasons == [] and [row["perturbation"] for row in rows] == [1, 2, 3]
    # zlib.crc32(b"P1") = 2864467857
    again = perturbations(image, {"mask": mask}, spacing, n=3, seed=[7, 2864467857])
    for row, (moved, drawn) in zip(rows, again, strict=True):
        expected, _ = tumour_features(moved, drawn["mask"], spacing, "toolbox47", 16, "")
        assert {key: row[key] for key in expected} == expected
    assert rows[0]["Intensity_Mean"] != rows[1]["Intensity_Mean"]


def test_what_cannot_be_measured_has_a_row_and_a_reason():
    image, mask = tumour()
    constant = np.full_like(image, 5)
    rows, reasons = measure_perturbed_tumour(
        "P1", constant, mask, (4.0, 1.0, 1.0), features=FEATURES, pyradiomics="", n=2
    )
    assert rows == [{"patient": "P1", "perturbation": k} for k in (1, 2)]
    assert len(reasons) == 2 and reasons[0].startswith("P1, perturbation 1 of 2: ")
