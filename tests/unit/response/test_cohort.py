"""Labels, sets and refusals of the response cohort."""

import numpy as np
import pytest

from npcradiomics.response.cohort import assign_sets, responses


def cohort(n_effective, n_ineffective, **more):
    labels = ["PR"] * n_effective + ["SD"] * n_ineffective
    return [
        {"patient": f"P{k}", "image": f"{k}.nii", "response": r} | more
        for k, r in enumerate(labels)
    ]


DRAWN = {"n_train": 96, "stratified": True, "seed": 1}


def test_complete_and_partial_remission_are_effective():
    rows = [
        {"patient": "a", "response": r}
        for r in ("CR", "PR", "SD", "PD", "effective", "ineffective")
    ]
    assert list(responses(rows)) == [1, 1, 0, 0, 1, 0]


def test_drawn_sets_have_the_size_and_the_share():
    rows = cohort(55, 87)
    sets = np.array(assign_sets(rows, **DRAWN))
    y = responses(rows)
    assert (sets == "train").sum() == 96
    assert y[sets == "train"].sum() == round(96 * 55 / 142)
    assert assign_sets(rows, **DRAWN) == list(sets)
    assert assign_sets(rows, **DRAWN | {"seed": 2}) != list(sets)
    assert sum(name == "train" for name in assign_sets(rows, **DRAWN | {"stratified": False})) == 96


def test_a_given_split_is_kept():
    rows = cohort(30, 30)
    for k, row in enumerate(rows):
        row["split"] = "train" if k % 2 else "validation"
    assert assign_sets(rows, **DRAWN) == [row["split"] for row in rows]


def with_split(rows, count):
    return [row | ({"split": "train"} if k < count else {}) for k, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "n_train", "words"),
    [
        (cohort(9, 10), 10, "19 patients, at least 20 needed"),
        (cohort(12, 88), 60, "7 effective patients in the training set, at least 10 needed"),
        (cohort(30, 30), 60, "n_train is 60, expected 1 to 59"),
        (with_split(cohort(30, 30), 59), 40, r"split is empty for 1 of 60 patients \(P59\)"),
        (
            with_split(cohort(30, 30), 60),
            40,
            "0 effective patients in the validation set, at least 2",
        ),
        (
            [
                row | {"split": "validation" if k in (0, 40, 41) else "train"}
                for k, row in enumerate(cohort(30, 30))
            ],
            40,
            "1 effective patients in the validation set, at least 2 needed",
        ),
        (cohort(30, 30, response="partial"), 40, "unknown response of P0: 'partial'"),
    ],
)
def test_refusals(rows, n_train, words):
    with pytest.raises(ValueError, match=words):
        assign_sets(rows, n_train, True, 0)
