"""Two centres: per centre, without each, with ComBat, on a planted offset."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.centres import compare_centres

SETTINGS = {"folds": 5}


def cohort(offset=0.0, n=160, seed=0):
    """f0 knows the response; centre B measures it higher, and nothing else."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    x = pd.DataFrame(rng.normal(size=(n, 20))).add_prefix("f")
    x["f0"] += 1.5 * y
    centre = np.where(np.arange(n) // 2 % 3 == 0, "B", "A")
    x.loc[centre == "B", "f0"] += offset
    identity = pd.DataFrame({"patient": [f"P{k}" for k in range(n)], "response": "PR"})
    identity = identity.assign(effective=y, set=np.where(np.arange(n) < 100, "train", "validation"))
    return pd.concat([identity.assign(centre=centre, volume_cm3=1.0), x], axis="columns")


def test_an_offset_spoils_the_score_and_combat_brings_it_back():
    (good, _), (spoilt, said) = (
        compare_centres(cohort(offset), 0, SETTINGS) for offset in (0.0, 6.0)
    )
    assert said == []

    def area(found, harmonization):
        rows = found[(found["validation"] == "validation") & (found["centre"] == "all")]
        return rows.set_index("harmonization").loc[harmonization, "auc"]

    # Phi(1.5 / sqrt 2) = 0.856 is what f0 can give; 60 patients: standard error 0.05.
    assert area(good, "none") == pytest.approx(0.856, abs=0.12)
    assert area(spoilt, "none") < area(spoilt, "ComBat") - 0.05
    assert area(spoilt, "ComBat") == pytest.approx(area(good, "ComBat"), abs=0.1)


def test_rows_are_of_the_centre_they_name():
    table = cohort()
    found, _ = compare_centres(table, 0, SETTINGS)
    for row in found.itertuples():
        members = table if row.centre == "all" else table[table["centre"] == row.centre]
        if row.validation != "leave one centre out":
            name = "train" if row.validation == "training" else "validation"
            members = members[members["set"] == name]
        assert (row.patients, row.effective) == (len(members), members["effective"].sum())
    left_out = found[found["validation"] == "leave one centre out"]
    assert list(left_out["centre"]) == ["A", "B"]


def test_a_model_has_not_seen_the_centre_it_is_judged_on():
    table = cohort()
    one, _ = compare_centres(table, 0, SETTINGS)
    changed = table.copy()
    second = changed["centre"] == "B"
    changed.loc[second, "effective"] = 1 - changed.loc[second, "effective"]
    other, _ = compare_centres(changed, 0, SETTINGS)

    def of(found):
        rows = found[(found["validation"] == "leave one centre out") & (found["centre"] == "B")]
        return rows.iloc[0]

    # The same model, judged on the opposite responses.
    assert of(one)["auc"] == pytest.approx(1 - of(other)["auc"])
    assert of(one)["kept"] == of(other)["kept"]


def test_a_small_centre_has_no_combat_and_it_is_said():
    table = cohort()
    table.loc[table["centre"] == "B", "centre"] = "A"
    table.loc[[0, 1, 2, 100], "centre"] = "C"
    found, said = compare_centres(table, 0, SETTINGS)
    assert said == [
        "No ComBat: ComBat needs 5 training patients of each centre: 'C' has 3",
        # Only the four patients of C are left.
        "Not without A: 1 effective patients to fit a model on, at least 10 needed",
    ]
    assert set(found["harmonization"]) == {"none"}


def test_missing_and_single_centres_are_counted():
    with pytest.raises(ValueError, match="all 160 patients are of one centre"):
        compare_centres(cohort().assign(centre="A"), 0, SETTINGS)
    table = cohort()
    table.loc[[1, 5], "centre"] = ""
    with pytest.raises(ValueError, match="2 of 160 patients have no centre"):
        compare_centres(table, 0, SETTINGS)
