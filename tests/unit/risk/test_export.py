"""The part of highest risk as RTSTRUCT and SEG: read back by pydicom, highdicom and our reader; refused without evidence."""

import importlib.util
from dataclasses import replace
from types import SimpleNamespace

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import grid as grid_of
from dicom_files import points_of, series, tilted
from npcradiomics.dicom import reading
from npcradiomics.dicom.names import RESEARCH
from npcradiomics.images.masks import volume_ml
from npcradiomics.risk import model, places
from npcradiomics.risk.cohort import fit_cohort
from repository import ROOT
from risk_patients import risk_cohort, with_training

NAME = "RISK_70_RESEARCH"


class Named(dict):
    """What Snakemake gives a script: by name or as attributes."""

    __getattr__ = dict.__getitem__


@pytest.fixture(scope="module")
def fitted():
    cohort = risk_cohort(5)
    return with_training(fit_cohort(cohort, n_refits=9, boost_percent=[10], seed=1).model, cohort)


@pytest.fixture
def export(tmp_path, fitted):
    """Run the script on a ball with a risk that rises to the left and behind, on tilted slices."""
    spec = importlib.util.spec_from_file_location("export", ROOT / "scripts/export_structures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    place = grid_of((40, 36, 12), (1.0, 1.0, 3.0), (7.0, 8.0, 9.0), tilted(25))
    planning, _ = series(tmp_path / "mr", place)
    points = points_of(planning) - [7.0, 8.0, 9.0]
    gtv = np.linalg.norm(points, axis=-1) < 13
    noise = np.random.default_rng(4).random(gtv.shape)
    risk = np.where(gtv, points[..., 0] + 0.3 * points[..., 1] + noise, 0.0)
    for name, values in (("gtv", gtv.astype(np.uint8)), ("risk", risk.astype(np.float32))):
        image = sitk.GetImageFromArray(values)
        image.CopyInformation(planning)
        sitk.WriteImage(image, str(tmp_path / f"{name}.nii.gz"))
    sitk.WriteImage(planning, str(tmp_path / "planning_mri.nii.gz"))

    def run(better, without_evidence=False, **further):
        verdict = f"The map is {'' if better else 'not '}better than depth alone: so."
        model.write(replace(fitted, better=better, verdict=verdict), tmp_path / "risk_model.npz")
        given = {n: str(tmp_path / f"{n}.nii.gz") for n in ("planning_mri", "gtv", "risk")}
        given |= {name: str(tmp_path / file) for name, file in further.items()}
        params = {"level": 70, "without_evidence": without_evidence}
        params |= {"source": {"path": str(tmp_path / "mr"), "series": None}}
        script.main(
            SimpleNamespace(
                input=Named(given | {"model": str(tmp_path / "risk_model.npz")}),
                output=SimpleNamespace(folder=str(tmp_path / "export")),
                params=SimpleNamespace(**params),
                wildcards=SimpleNamespace(patient="N1"),
            )
        )
        order = np.sort(risk[gtv])
        return tmp_path / "export", gtv & (risk >= order[-round(0.3 * order.size)])

    return run


def test_the_structure_comes_back_voxel_for_voxel_and_says_research(export, tmp_path):
    folder, truth = export(better=True)
    planning = reading.read_series(tmp_path / "mr")
    found = reading.read_structure(folder / "structures.dcm", NAME, planning)
    assert np.array_equal(sitk.GetArrayFromImage(found) > 0, truth)
    segments = highdicom.seg.segread(folder / "segmentation.dcm")
    uids = [str(pydicom.dcmread(p).SOPInstanceUID) for p in sorted((tmp_path / "mr").iterdir())]
    frames = segments.get_pixels_by_source_instance(uids, segment_numbers=[1])
    assert np.array_equal(frames[..., 0] > 0, truth)
    copy = sitk.ReadImage(str(folder / f"{NAME}.nii.gz"))
    assert volume_ml(copy) == pytest.approx(truth.sum() * 3.0 / 1000)
    structures = pydicom.dcmread(folder / "structures.dcm")
    (roi,) = structures.StructureSetROISequence
    assert roi.ROIName == segments.SegmentSequence[0].SegmentLabel == NAME
    said = [structures.StructureSetDescription, roi.ROIDescription]
    said += [segments.SegmentSequence[0].SegmentDescription]
    assert all(words.startswith(RESEARCH) for words in said)
    assert all("highest 30 % of the GTV by a risk map. The map is better" in w for w in said)
    names = structures.SeriesDescription, structures.StructureSetName, segments.SeriesDescription
    assert all(RESEARCH in words and "EVIDENCE" not in words for words in names)
    assert structures.StructureSetLabel == "RESEARCH ONLY"
    assert structures.OperatorsName == ""  # a series of RT must have it


def test_without_evidence_it_is_refused_in_a_line_and_nothing_is_written(export, tmp_path):
    with pytest.raises(ValueError) as refused:
        export(better=False)
    assert str(refused.value).startswith(
        "no structure of the risk map is exported: The map is not better than depth alone: so;"
        " risk_map: export_without_evidence: true"
    )
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "export").exists()


def test_who_has_no_places_gets_the_other_structures_and_the_reason(export, tmp_path, caplog):
    """The GTV is NaN in such a patient's map. A new patient has no other structure and is refused."""
    gtv = sitk.Cast(sitk.ReadImage(str(tmp_path / "gtv.nii.gz")), sitk.sitkFloat32)
    sitk.WriteImage(gtv / (1 - gtv) * 0, str(tmp_path / "nan.nii.gz"))
    none = replace(risk_cohort(5)[0], reason="the GTV has 90 voxels")
    places.write(none, tmp_path / "places.npz")
    given = {"risk": "nan.nii.gz", "places": "places.npz"}
    folder, _ = export(better=True, gtvr="gtv.nii.gz", **given)
    structures = pydicom.dcmread(folder / "structures.dcm")
    segments = pydicom.dcmread(folder / "segmentation.dcm")
    assert [roi.ROIName for roi in structures.StructureSetROISequence] == ["GTVr_on_planning"]
    assert [one.SegmentLabel for one in segments.SegmentSequence] == ["GTVr_on_planning"]
    assert not (folder / f"{NAME}.nii.gz").exists()
    (said,) = (one.getMessage() for one in caplog.records if one.name == "npcradiomics")
    assert said.startswith(f"no structure {NAME}: no map of this patient: the GTV has 90 voxels")
    with pytest.raises(ValueError, match="no map of this patient: the GTV has 90 voxels"):
        export(better=True, **given)


def test_exported_without_evidence_every_object_says_so(export):
    folder, _ = export(better=False, without_evidence=True)
    structures = pydicom.dcmread(folder / "structures.dcm")
    segments = pydicom.dcmread(folder / "segmentation.dcm")
    for words in (
        *(structures.SeriesDescription, structures.StructureSetName),
        *(structures.StructureSetDescription, structures.StructureSetROISequence[0].ROIDescription),
        *(segments.SeriesDescription, segments.ContentDescription),
        segments.SegmentSequence[0].SegmentDescription,
    ):
        assert "WITHOUT EVIDENCE" in words and RESEARCH in words
    assert structures.StructureSetROISequence[0].ROIName == NAME
