"""Which universes a design has, which it leaves out, and what is measured for them."""

import pytest

from npcradiomics.multiverse.design import (
    PATH,
    make_design,
    measured_universes,
    name_of,
    study_path,
    universe_words,
    without_meaning,
)

SETTINGS = {
    "intensity": {"normalisation": "none"},
    "regions": {"recurrent": "whole"},
    "extraction": {
        "quantizer": "lloyd",
        "quantizer_fit": "region",
        "n_levels": 256,
        "resampling": "none",
        "outliers": "none",
    },
}
OWN = study_path(SETTINGS)


def test_the_path_is_the_settings_and_what_the_paper_did_beside_them():
    assert OWN == {
        "intensity": "none", "region": "whole", "quantizer": "lloyd", "fit": "region", "levels": 256,
        "resampling": "none", "outliers": "none", "grown_mm": 0, "moved": 0, "test": "paper",
    }  # fmt: skip


def test_around_a_path_one_axis_departs_at_a_time():
    axes = {"levels": [32, 256], "grown_mm": [-1, 1], "moved": 2, "test": ["paper", "t"]}
    design = make_design(OWN, axes, "around")
    assert list(design.universes) == [
        PATH, "levels 32", "grown_mm -1", "grown_mm 1", "moved 1", "moved 2", "test t",
    ]  # fmt: skip
    assert design.universes["moved 2"] == OWN | {"moved": 2}
    assert not design.left_out
    measured = measured_universes(design)
    assert len(measured) == 6  # the test is measured by the path
    assert "test" not in measured[0]


def test_a_path_with_a_value_of_its_own_has_it_among_the_axis():
    design = make_design(OWN | {"levels": 100}, {"levels": [64, 128]}, "around")
    assert [one["levels"] for one in design.universes.values()] == [100, 64, 128]


def test_a_factorial_crosses_the_named_axes_and_leaves_out_what_has_no_meaning():
    axes = {"levels": [32, 64], "grown_mm": [-1, 1], "moved": 2, "fit": ["region", "gtv"]}
    crossed = ["moved", "levels", "grown_mm"]
    design = make_design(OWN, axes, "factorial", crossed)
    # 3 levels x 3 margins x 3 places, less the 2 margins x 2 places that are moved and grown.
    assert len(design.universes) == 27 - 3 * 4
    assert len(design.left_out) == 12
    assert set(design.left_out.values()) == {without_meaning(OWN | {"grown_mm": 1, "moved": 1})}
    assert all(one["fit"] == "region" for one in design.universes.values())


def test_universes_that_differ_by_the_test_alone_are_measured_once():
    axes = {"levels": [32], "test": ["t", "wilcoxon"]}
    design = make_design(OWN, axes, "factorial", ["levels", "test"])
    assert len(design.universes) == 6 and len(measured_universes(design)) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (({"level": [32]}, "around"), "unknown axis 'level'; known: intensity, region"),
        (({}, "spiral"), "design is 'spiral'"),
        (({"levels": [32]}, "factorial"), "`crossed` names none"),
    ],
)
def test_a_wrong_design_is_told(arguments, words):
    with pytest.raises(ValueError, match=words):
        make_design(OWN, *arguments)


def test_universes_are_told_in_words_that_readers_know():
    one = OWN | {"grown_mm": -1, "levels": 32, "region": "inside_gtv"}
    assert universe_words(name_of(one, OWN)) == "region inside GTV, grey levels 32, margin -1 mm"
    assert universe_words(name_of(OWN, OWN)) == "path"
