"""The rule of the verdict, case by case, and sentences with the cohort's own numbers."""

import math

import pytest
from scipy.stats import binomtest

from npcradiomics.spatial_null.verdict import (
    GEOMETRY,
    OPEN,
    TEXTURE,
    caveats,
    control_sentence,
    few_sentence,
    floor_sentence,
    rule_words,
    verdict,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("p", "p_maxt", "surrogate", "significant", "word", "note"),
    [
        (0.0001, 0.05, 0.05, True, TEXTURE, ""),
        (0.0001, 0.01, 0.01, False, TEXTURE, ""),  # the paper's test is not asked
        (0.0001, 0.01, 0.06, True, OPEN, "beyond the spatial null, within the surrogate null"),
        (
            0.0001,
            0.01,
            NAN,
            True,
            OPEN,
            "beyond the spatial null, but not tested against surrogates",
        ),
        (0.01, 0.3, 0.001, True, OPEN, "beyond the spatial null alone, not among all features"),
        (0.0501, 1.0, 0.001, True, GEOMETRY, ""),
        (0.5, 1.0, NAN, True, GEOMETRY, ""),
        (0.5, 1.0, 1.0, False, OPEN, ""),
        (0.01, 0.3, 0.3, False, OPEN, ""),
        (NAN, NAN, 0.001, True, OPEN, "not tested against draws"),
    ],
)
def test_rule(p, p_maxt, surrogate, significant, word, note):
    found = verdict(
        p=p, p_maxt=p_maxt, surrogate_p_maxt=surrogate, paper_significant=significant, alpha=0.05
    )
    assert found == (word, note)


def test_an_obstacle_keeps_texture_from_being_said_and_nothing_else():
    options = {
        "surrogate_p_maxt": 0.001,
        "paper_significant": True,
        "alpha": 0.05,
        "obstacle": "a negative control rejects",
    }
    assert verdict(p=0.0001, p_maxt=0.001, **options) == (
        OPEN,
        "beyond the spatial null, but a negative control rejects",
    )
    assert verdict(p=0.4, p_maxt=1.0, **options) == (GEOMETRY, "")


def test_the_rule_in_words_has_the_three_verdicts_and_the_level():
    assert all(word in rule_words(0.01) for word in (TEXTURE, GEOMETRY, OPEN))
    assert rule_words(0.01).count("0.01") == 2


def control(name, p_maxt):
    return {"covariate": name, "p_maxt": p_maxt, "mean_observed": 5.25, "mean_draws": 3.5}


def test_a_rejecting_control_is_said_with_both_means():
    assert (
        control_sentence([control("depth_mm", 0.051), control("sphericity", NAN)], 0.05, "none")
        == ""
    )
    words = control_sentence([control("depth_mm", 0.05), control("sphericity", 0.4)], 0.05, "none")
    assert "5.25 in GTVr, 3.50 in the draws, p = 0.0500" in words and "of 2 negative" not in words
    assert "over 2 negative controls" in words and "no feature is called texture" in words
    assert words.endswith("Try match: depth.")
    assert "match: depth" not in control_sentence([control("depth_mm", 0.01)], 0.05, "depth")
    assert "match: depth" not in control_sentence([control("sphericity", 0.01)], 0.05, "none")
    more = control("surface_share", 0.01)
    assert "was it cut there?" in control_sentence([more], 0.05, "depth")
    less = more | {"mean_observed": 3.5, "mean_draws": 5.25}
    assert "was it cut there?" not in control_sentence([less], 0.05, "depth")
    assert "was it cut there?" not in control_sentence([control("depth_mm", 0.01)], 0.05, "depth")


def test_floor_tells_what_it_takes():
    threshold = 0.05 / 47
    assert floor_sentence(1 / 200**2, 2, 199, 100_000, threshold) == ""
    # One patient: 1/200; two patients with 199 draws reach 1/40000, one patient needs 1/p - 1 = 939
    # draws.
    words = floor_sentence(1 / 200, 1, 199, 100_000, threshold)
    assert (
        "1 patient with 199 draws" in words
        and "0.005" in words
        and "2 patients or n_draws: 939" in words
    )
    # 14 patients: 500 recombinations cannot show less than 1/501, 940 can (1/941 rounds to
    # 0.00106).
    words = floor_sentence(1 / 501, 14, 199, 500, threshold)
    assert "n_recombinations: 940" in words and "patients or" not in words
    assert floor_sentence(1.0, 0, 199, 10, threshold) == ""


def patient(name, fraction, reason="", pieces="", overlap=0.2):
    shared = {"mean_overlap": overlap, "effective_placements": 60 * overlap, "pieces": pieces}
    return {"patient": name, "fraction": fraction, "reason": reason} | shared


def test_caveats_carry_the_cohorts_numbers_and_names():
    rows = [
        patient("P1", 0.08),
        patient("P2", 0.48, overlap=0.5),
        patient("P3", 0.7, pieces="largest piece 80 %"),
    ]
    rows.append(patient("P4", NAN, reason="the GTV has 12 voxels."))
    words = " ".join(caveats(rows, surrogates=True, match="none"))
    assert "Draws exist for 3 of 4 patients. Without: P4 (the GTV has 12 voxels)." in words
    assert "GTVr fills 8 % to 70 % of the GTV" in words and "20 % to 50 % of their voxels" in words
    assert "worth 12 to 30 different placements" in words and "2f - 1" in words
    assert "In 1 patient GTVr is more than half of the GTV" in words and "P3 (70 %)" in words
    assert "P3 (largest piece 80 %)" in words
    assert "no proof of a cause" in words and "predicts nothing" in words and "stationary" in words
    assert "of this size and depth" in " ".join(caveats(rows, surrogates=True, match="depth"))
    assert "surrogates: 0" in " ".join(caveats(rows, surrogates=False, match="none"))


def test_caveats_of_a_cohort_without_draws_and_of_a_large_one():
    nobody = caveats([patient("P1", NAN, reason="one slice")], surrogates=False, match="none")
    assert nobody == ["Draws exist for 0 of 1 patient.", "Without: P1 (one slice)."]
    many = " ".join(
        caveats([patient(f"P{i}", 0.6) for i in range(20)], surrogates=True, match="none")
    )
    assert "P7 (60 %) and 12 more" in many and "P8" not in many


def test_few_patients_are_those_whose_sign_test_cannot_reject():
    assert few_sentence(3, 47, 0.05) == (
        "Too few patients to tell (n = 3): what is found holds for these tumours alone. Were a feature"
        " higher in the recurrence of every patient, a sign test would give p = 0.25; one of 47 needs"
        " 0.0011, and that takes 11 patients."
    )
    for n in range(1, 16):  # scipy's own sign test of n differences of one sign
        too_few = binomtest(n, n).pvalue > 0.05 / 47
        assert bool(few_sentence(n, 47, 0.05)) == too_few == (n < 11)
    assert few_sentence(0, 47, 0.05) == ""
