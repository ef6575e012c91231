"""Target volumes in a cell of the patients table."""

import pytest

from npcradiomics.cohort.configuration import read_patients, read_schema, with_results
from npcradiomics.cohort.targets import NamedTarget, targets_of
from repository import ROOT

SCHEMA = read_schema(ROOT / "workflow/schemas/heterogeneity_patients.schema.yaml")


def row(targets, gtv="rs.dcm#GTV"):
    return {"patient": "P1", "gtv": gtv, "targets": targets}


def test_names_are_structures_of_the_rtstruct_of_gtv():
    assert targets_of(row("CTV70=70; CTV 59.4 = 59.4 ;")) == [
        NamedTarget("CTV70", 70.0, "rs.dcm#CTV70"),
        NamedTarget("CTV 59.4", 59.4, "rs.dcm#CTV 59.4"),
    ]


def test_files_and_structures_of_other_files():
    found = targets_of(row("a/ctv70.nii.gz=70; b/other.dcm#PTV60=60", gtv="gtv.nii.gz"))
    assert found == [
        NamedTarget("ctv70", 70.0, "a/ctv70.nii.gz"),
        NamedTarget("PTV60", 60.0, "b/other.dcm#PTV60"),
    ]
    assert targets_of({"patient": "P1", "gtv": "gtv.nii.gz"}) == []


@pytest.mark.parametrize(
    ("cell", "gtv", "message"),
    [
        (
            "CTV70=70",
            "gtv.nii.gz",
            r"P1: targets: CTV70 is no file .* gtv \(gtv.nii.gz\) is no RTSTRUCT",
        ),
        ("CTV70=70; CTV70=66", "rs.dcm#GTV", "P1: targets: CTV70 stands twice"),
    ],
)
def test_what_cannot_be_told_is_refused(cell, gtv, message):
    with pytest.raises(ValueError, match=message):
        targets_of(row(cell, gtv))


@pytest.mark.parametrize("cell", ["CTV70", "CTV70=", "=70", "CTV70=70 CTV60=60", "CTV70=seventy"])
def test_a_cell_that_is_no_list_of_targets_is_refused_with_its_row(cell, tmp_path):
    table = tmp_path / "patients.tsv"
    head = ["patient", "planning_mri", "recurrence_mri", "gtv", "gtvr", "gtvr_frame", "targets"]
    table.write_text("\t".join(head) + "\n" + "\t".join(["P1", *"abcd", "planning", cell]) + "\n")
    with pytest.raises(ValueError, match=r"row 2 \(P1\): targets: ") as refused:
        read_patients(table, SCHEMA)
    assert "is not a list of contour=gray, separated by semicolons, as CTV70=70; CTV60=60" in str(
        refused.value
    )


def test_the_folder_of_results_may_stand_before_every_target():
    patients = {"P1": {"targets": "<results>/a.nii.gz=70; <results>/b.nii.gz=60"}}
    assert with_results(patients, "r")["P1"]["targets"] == "r/a.nii.gz=70; r/b.nii.gz=60"
