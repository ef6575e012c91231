"""Steps beside the paper's set side by side: on planted offsets, errors and gaps."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.discrimination import area
from npcradiomics.response.models import CLINICAL, COMBINED, RADSCORE, Patients
from npcradiomics.response.variants import compare_variants, variants_of

SETTINGS = {"folds": 5, "harmonization": "combat", "minimum_icc": 0.9}


def cohort(n, seed):
    """f0 knows the response; centre B measures it 6 higher; f1 is noise that no contour repeats."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    x = pd.DataFrame(rng.normal(size=(n, 6))).add_prefix("f")
    x["f0"] += 2 * y
    centre = pd.Series(np.where(np.arange(n) // 2 % 3 == 0, "B", "A"))
    x.loc[centre == "B", "f0"] += 6
    x["Intensity_Mean"] = rng.normal(size=n)
    error = np.full(x.shape[1], 0.1)
    error[1] = 5.0
    repeats = x.to_numpy()[:, None] + error * rng.normal(size=(n, 10, x.shape[1]))
    clinical = pd.DataFrame({"age": rng.normal(size=n) + y, "afp": rng.normal(size=n)})
    clinical.loc[rng.random(n) < 0.3, "age"] = np.nan
    return Patients(x, clinical[["afp"]], clinical, centre, repeats), y


@pytest.fixture(scope="module")
def compared():
    variants = variants_of(SETTINGS, 2, 0.75)
    validation = cohort(60, 1)
    found, said = compare_variants(variants, cohort(90, 0), validation, 0, 5, 1)
    return found.set_index(["model", "steps"]), said, validation


def test_every_step_is_beside_the_model_without_it(compared):
    found, said, (patients, _) = compared
    assert said == []
    assert list(found.index) == [
        *((RADSCORE, name) for name in ("none", "ComBat", "stable features")),
        (RADSCORE, "ComBat, stable features"),
        *((CLINICAL, name) for name in ("none", "multiple imputation")),
        *((COMBINED, name) for name in ("none", "ComBat", "stable features")),
        *((COMBINED, name) for name in ("ComBat, stable features", "multiple imputation")),
    ]
    # What the study itself does is put off first: seven features, and six without the unstable one.
    assert list(found.loc[RADSCORE, "candidates"]) == [7, 7, 6, 6]
    missing = int(patients.clinical["age"].isna().sum())
    assert found.loc[(CLINICAL, "none"), "validation_patients"] == 60 - missing
    assert found.loc[(CLINICAL, "multiple imputation"), "validation_patients"] == 60
    assert found.loc[(CLINICAL, "multiple imputation"), "difference_patients"] == 60 - missing


def test_combat_brings_back_what_the_offset_hides(compared):
    found, _, (patients, y) = compared
    # Within a centre f0 has Phi(2 / sqrt 2) = 0.921 in the long run, across them far less.
    within = patients.features["f0"] - 6 * (patients.centre == "B")
    hidden, back = (found.loc[(RADSCORE, name)] for name in ("none", "ComBat"))
    assert back["auc"] == pytest.approx(area(y, within.to_numpy()), abs=0.05)
    assert hidden["auc"] < back["auc"] - 0.05 and hidden["nested_auc"] < back["nested_auc"] - 0.05
    assert back["difference"] == pytest.approx(back["auc"] - hidden["auc"], abs=1e-12)
    assert np.isnan(hidden["delong_p"]) and 0 < back["delong_p"] < 0.05


def test_what_cannot_be_done_is_said_and_the_rest_is_there():
    training, y = cohort(60, 2)
    alone = training._replace(centre=pd.Series(["A"] * 60))
    variants = [one for one in variants_of(SETTINGS, 4, 0.75) if "stable" not in one.name]
    found, said = compare_variants(variants[:2], (alone, y), (alone, y), 0, 5, 1)
    assert said == ["No ComBat: 1 centre among the training patients: ComBat needs two"]
    assert set(found["steps"]) == {"none"}
