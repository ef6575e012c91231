"""Names people give to the tumour: one is a guess, several are a question, nodes and margins are neither."""

import pytest

from npcradiomics.dicom.structure_names import guess_structures, guess_targets


@pytest.mark.parametrize(
    "name", ["GTV", "gtv_t1", "GTVp", "GTV 70", "GTVnx", "GTV-P_MR", "Tumor", "gross tumour volume"]
)
def test_a_tumour_is_meant_by_gtv_and_at_recurrence_too(name):
    assert guess_structures("gtv", ["Brainstem", name, "PTV70"]) == [name]
    assert guess_structures("gtvr", ["Brainstem", name, "PTV70"]) == [name]


@pytest.mark.parametrize(
    "name",
    ["GTVr", "GTV_r", "gtvr1", "rGTV", "recGTV", "GTV rec", "GTV_recurrence", "Recurrent tumor"],
)
def test_a_recurrence_is_meant_by_gtvr_before_any_other_and_never_by_gtv(name):
    assert guess_structures("gtvr", ["GTV", name]) == [name]
    assert guess_structures("gtv", ["GTV", name]) == ["GTV"]


@pytest.mark.parametrize(
    "name",
    [
        "GTVn",
        "GTVnd",
        "GTV_N1",
        "GTVln",
        "GTVrpn",
        "GTV+5mm",
        "GTV 1cm",
        "GTV_ring",
        "PTV_GTV",
        "GTV_old",
        "CTV",
        "Tumor Bed",
    ],
)
def test_nodes_margins_and_beds_are_not_guessed(name):
    assert guess_structures("gtv", [name]) == guess_structures("gtvr", [name]) == []


def test_two_that_fit_are_both_given():
    assert guess_structures("gtv", ["GTV", "GTV_T1", "Eye"]) == ["GTV", "GTV_T1"]
    assert guess_structures("gtvr", ["GTVr", "Recurrence", "GTV"]) == ["GTVr", "Recurrence"]


@pytest.mark.parametrize(
    ("name", "gray"),
    [
        ("CTV70", 70.0),
        ("CTV_60", 60.0),
        ("ctvp 66 Gy", 66.0),
        ("CTV 5940", 59.4),
        ("PTV54Gy", 54.0),
        ("PTV-59.4", 59.4),
        ("CTVn_5400cGy", 54.0),
    ],
)
def test_a_target_says_its_dose_in_its_name(name, gray):
    assert guess_targets(["GTV", name, "Brainstem"]) == [(name, gray)]


@pytest.mark.parametrize(
    "name", ["CTV", "CTV1", "PTV+5mm", "GTV70", "CTV70 opt", "CTV 12", "CTV=70"]
)
def test_what_says_no_prescription_is_no_target(name):
    assert guess_targets([name]) == []


def test_clinical_targets_before_planning_ones_and_none_of_two_alike():
    assert guess_targets(["PTV70", "CTV60", "CTV70"]) == [("CTV70", 70.0), ("CTV60", 60.0)]
    assert guess_targets(["CTVp70", "CTVn70", "CTV60"]) == [("CTV60", 60.0)]
