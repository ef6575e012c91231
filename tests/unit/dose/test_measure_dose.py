"""The script of rule measure_dose: target volumes from an RTSTRUCT and from masks, intervals, and why there are none."""

import importlib.util
from types import SimpleNamespace

import pandas as pd
import pytest
import SimpleITK as sitk

from dicom_files import circle, grid, rtstruct
from npcradiomics.files import read_json, write_json
from repository import ROOT
from solid_masks import ball, image_of

PLACE = grid((61, 61, 13), (1.0, 1.0, 4.0))
ERROR = {"error_mm": 1.0, "low_mm": 0.15, "high_mm": 2.0, "rigid_mm": 0.6, "residual_mm": 0.8}


@pytest.fixture
def measure(tmp_path):
    """Run the script on a ball in a plateau of 70 Gy; returns (failure, figures)."""
    spec = importlib.util.spec_from_file_location("measure_dose", ROOT / "scripts/measure_dose.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    images = {
        "planning_mri": ball(PLACE, 30.0),
        "gtv": ball(PLACE, 20.0),
        "gtvr": ball(PLACE, 8.0, (4.0, 0.0, 0.0)),
    }
    images["ctv60"] = ball(PLACE, 22.0)
    images["dose"] = image_of(sitk.GetArrayFromImage(ball(PLACE, 24.0)) * 70.0, PLACE)
    for name, image in images.items():
        sitk.WriteImage(image, str(tmp_path / f"{name}.nii.gz"))
    levels = [[*circle(10.0, (0, 0, z))] for z in range(-12, 13, 4)]
    rtstruct(tmp_path / "rs.dcm", {"CTV70": levels})

    def run(targets, frame="recurrence", error=ERROR, known="dose"):
        write_json({"estimated_error": error}, tmp_path / "quality.json")
        given = {n: str(tmp_path / f"{n}.nii.gz") for n in ("planning_mri", "gtv", "gtvr")}
        given |= {
            "facts": [],
            "quality": str(tmp_path / "quality.json"),
            "dose": [],
            "isodose95": [],
        }
        given[known] = str(tmp_path / ("dose.nii.gz" if known == "dose" else "ctv60.nii.gz"))
        made = {n: str(tmp_path / n) for n in ("figures", "curves", "failure")}
        asked = {"in_field": 0.95, "marginal": 0.2, "n_shifts": 50, "seed": 1}
        params = {
            **{"dose": asked, "prescription_gy": 70.0, "fractions": "35", "gtvr_frame": frame},
            **{"registration": None, "end_caps": True, "targets": targets(tmp_path)},
        }
        script.main(
            SimpleNamespace(
                input=SimpleNamespace(**given),
                output=SimpleNamespace(**made),
                params=SimpleNamespace(**params),
                wildcards=SimpleNamespace(patient="P1"),
            )
        )
        return read_json(made["failure"]), pd.read_csv(made["figures"], sep="\t")

    return run


def of_both_kinds(folder):
    return [
        ["CTV70", 70.0, str(folder / "rs.dcm"), "CTV70", ""],
        ["ctv60", 60.0, str(folder / "ctv60.nii.gz"), "", ""],
    ]


def test_targets_come_from_an_rtstruct_and_from_masks(measure):
    failure, figures = measure(of_both_kinds)
    assert (failure["type"], failure["origin"]) == ("A", "CTV70")
    assert (failure["class"], failure["n_shifts"], failure["note"]) == ("in field", 50, "")
    gtvr = figures[(figures["structure"] == "gtvr") & (figures["unit"] == "Gy")]
    assert gtvr.set_index("quantity").loc["d95", "value"] == pytest.approx(70.0)
    assert (gtvr["low"] <= gtvr["value"]).all() and (gtvr["value"] <= gtvr["high"]).all()
    # The mask alone: the centroid lies in the only target, which is the highest then.
    assert measure(lambda folder: of_both_kinds(folder)[1:])[0]["origin"] == "ctv60"


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [("planning", ERROR, "drawn on the planning MRI"), ("recurrence", None, "was not estimated")],
)
def test_without_an_error_there_is_no_interval_and_a_reason(measure, frame, error, words):
    failure, figures = measure(lambda _: [], frame, error)
    assert words in failure["note"] and failure["n_shifts"] == 0
    assert failure["type"] is None and figures["low"].isna().all()


def test_isodose_alone(measure):
    failure, figures = measure(of_both_kinds, known="isodose95")
    assert failure["class"] == "in field" and failure["type"] is None
    assert set(figures["unit"]) == {"% of volume", "mm"}
