import pandas as pd
import pytest

from npcradiomics.cohort.inclusion import (
    exclusions,
    refuse_known,
    regions_table,
    require_enough,
    stack,
)


def report(patient, in_field, fraction):
    return {
        "patient": patient,
        "in_field": in_field,
        "in_field_fraction": fraction,
        "warnings": ["w"],
        "carried": {},
    }


REPORTS = [report("A", "yes", 0.99), report("B", "no", 0.6), report("C", "not known", None)]


def test_only_known_out_of_field_is_excluded():
    excluded = exclusions(REPORTS, 0.95)
    assert list(excluded["patient"]) == ["B"]
    assert (
        "60.0 % of GTVr's voxels inside the 95 % isodose, at least 95 % needed"
        in excluded["reason"][0]
    )


def test_fewer_than_three_patients_are_refused_with_the_reasons():
    with pytest.raises(
        ValueError,
        match=r"2 patients left .*\(A, C\), at least 3 needed \(B: recurrence not in field",
    ):
        require_enough(["A", "C"], exclusions(REPORTS, 0.95))


def note(patient, recurrent="3D", undefined=()):
    return {
        "patient": patient,
        "recurrent": {"branch": recurrent, "undefined": dict(undefined), "largest_zone": 12},
        "non_recurrent": {"branch": "3D", "undefined": {}, "largest_zone": 345},
    }


def test_different_branches_and_undefined_features_are_marked():
    table = regions_table(
        REPORTS[:2],
        [note("A", "2D"), note("B", undefined={"GLCM_Correlation": "one level"}.items())],
    )
    assert "2-D definition" in table.loc[0, "warnings"]
    assert "recurrent GLCM_Correlation undefined: one level" in table.loc[1, "warnings"]
    assert "2-D" not in table.loc[1, "warnings"]
    assert list(table["recurrent_largest_zone"]) == [12, 12] and list(
        table["non_recurrent_largest_zone"]
    ) == [345, 345]


def test_tables_of_two_patients_are_never_joined_by_position():
    with pytest.raises(ValueError, match="regions of A met features of B"):
        regions_table(REPORTS[:1], [note("B")])


def test_stack_names_the_file_that_differs(tmp_path):
    pd.DataFrame({"patient": ["007"], "x": [1]}).to_csv(tmp_path / "a.tsv", sep="\t", index=False)
    pd.DataFrame({"patient": ["008"], "y": [1]}).to_csv(tmp_path / "b.tsv", sep="\t", index=False)
    assert list(stack([tmp_path / "a.tsv"] * 2)["patient"]) == ["007", "007"]
    with pytest.raises(ValueError, match=r"b\.tsv: columns differ"):
        stack([tmp_path / "a.tsv", tmp_path / "b.tsv"])


def test_new_patients_must_be_new():
    with pytest.raises(ValueError, match="1 new patients are in the cohort already: P1"):
        refuse_known({"P1": {}, "Q": {}}, {"P1": {}})
