"""Names people give to the tumour: one is a guess, several are a question, nodes and margins are neither."""

import pytest

from npcradiomics.dicom.structure_names import guess_structures


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
