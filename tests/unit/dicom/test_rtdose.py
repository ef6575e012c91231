"""Dose in gray on its own grid, prescriptions that are offered and not guessed, and the isodose that follows."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import change, grid, ramp, series, tilted
from npcradiomics.dicom import reading
from npcradiomics.dicom.writer import write_rtdose
from npcradiomics.regions.isodose import borderline, in_field_on_dose_grid, isodose95


def linear_dose(direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    """10 Gy, and one more per voxel along x, half of one along z."""
    place = grid((20, 16, 10), (2.0, 2.5, 3.0), (4.0, 5.0, 6.0), direction)
    x, z = np.arange(20)[None, None, :], np.arange(10)[:, None, None]
    dose = sitk.GetImageFromArray(
        np.broadcast_to(10.0 + x + 0.5 * z, (10, 16, 20)).astype(np.float32)
    )
    dose.CopyInformation(place)
    return dose


@pytest.fixture
def written(tmp_path):
    _, source = series(tmp_path / "mr")
    write_rtdose(linear_dose(), tmp_path / "dose.dcm", "P1", source)
    return tmp_path / "dose.dcm"


def test_dose_comes_back_in_gray(written):
    found, dose = reading.read_dose(written), linear_dose()
    assert np.allclose(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(dose), atol=1e-6)
    assert np.allclose(found.GetOrigin(), dose.GetOrigin())
    assert np.allclose(found.GetSpacing(), dose.GetSpacing())


def test_offsets_may_run_downwards_or_be_positions(written):
    expected = sitk.GetArrayFromImage(linear_dose())
    z0 = float(pydicom.dcmread(written).ImagePositionPatient[2])
    change(written, GridFrameOffsetVector=[z0 + 3 * i for i in range(10)])
    assert np.allclose(sitk.GetArrayFromImage(reading.read_dose(written)), expected, atol=1e-6)
    change(written, GridFrameOffsetVector=[-3 * i for i in range(10)])
    found = reading.read_dose(written)
    assert np.allclose(sitk.GetArrayFromImage(found), expected[::-1], atol=1e-6)
    assert found.GetOrigin()[2] == pytest.approx(z0 - 27)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"DoseUnits": "RELATIVE"}, "not in gray"),
        ({"DoseSummationType": "BEAM"}, "a part of the plan"),
        ({"DoseGridScaling": "0"}, "DoseGridScaling is 0"),
        ({"PixelSpacing": ["0", "1"]}, "PixelSpacing is 0 and 1 mm"),
        ({"GridFrameOffsetVector": [0, 3, 6]}, "10 dose planes, but 3 offsets"),
        (
            {"GridFrameOffsetVector": [0, 3, 6, 9, 12, 15, 18, 21, 24, 28]},
            "10 dose planes, 3 to 4 mm apart",
        ),
        ({"NumberOfFrames": 2000000}, "2000000x16x20 voxels"),
        ({"NumberOfFrames": 20}, "12800 bytes of pixels, 25600 needed"),
        ({"Modality": "MR"}, "not an RTDOSE"),
        (
            {"ImageOrientationPatient": [1, 0, 0, 0.5, 1, 0]},
            r"dose\.dcm: image: .* not perpendicular",
        ),
    ],
)
def test_what_is_no_dose_of_a_plan_is_refused(written, edit, message):
    change(written, **edit)
    with pytest.raises(ValueError, match=message):
        reading.read_dose(written)


def test_real_dose_has_the_maximum_the_plan_system_states(shared):
    # DVHMaximumDose of BODY is 104.8627 % of 14 Gy; the grid's highest voxel may not exceed it.
    dose = reading.read_dose(shared / "data/varian_rt/rtdose.dcm")
    assert dose.GetSize() == (194, 129, 98)
    assert dose.GetSpacing() == (2.5, 2.5, 3.0)
    assert sitk.GetArrayFromImage(dose).max() == pytest.approx(1.048627 * 14, rel=0.01)


def test_prescriptions_are_offered_and_never_guessed(shared):
    # The plan has two target dose references, 14 Gy and a calculation point of 11.31 Gy.
    words = reading.offered_prescriptions(shared / "data/varian_rt/rtdose.dcm")
    assert words == "the RTPLAN beside the dose offers 14 Gy (rtplan.dcm), 11.3114 Gy (rtplan.dcm)"


def test_isodose_lies_where_the_dose_says():
    # 0.95 * 20 = 19 Gy: x index + z index / 2 >= 9.
    dose = linear_dose()
    found = sitk.GetArrayFromImage(isodose95(dose, 20.0, dose))
    x, z = np.arange(20)[None, :], np.arange(10)[:, None]
    assert np.array_equal(found[:, 0], x + 0.5 * z >= 9)
    with pytest.raises(
        ValueError,
        match=r"no voxel reaches 95 % of 60 Gy: the highest dose on this grid is 33\.500 Gy",
    ):
        isodose95(dose, 60.0, dose)
    with pytest.raises(ValueError, match="prescription of 0 Gy"):
        isodose95(dose, 0.0, dose)


def test_in_field_fraction_on_the_dose_grid_is_counted_on_it():
    dose = linear_dose()
    mask = np.zeros((10, 16, 20), np.uint8)
    mask[0, 2:6, 5:15] = 1  # x 5..14 of slice 0: 19 Gy from x = 9 on, 6 of 10
    gtvr = sitk.GetImageFromArray(mask)
    gtvr.CopyInformation(dose)
    assert in_field_on_dose_grid(gtvr, dose, 20.0) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("fractions", "said"), [((0.93, 0.5), "93.0 %"), ((0.98, 0.96), "96.0 %"), ((0.98, None), None)]
)
def test_borderline_in_words(fractions, said, caplog):
    caplog.set_level("INFO")
    words = borderline(*fractions)
    assert words is None if said is None else said in words and "borderline" in words
    assert f"isodose: {100 * fractions[0]:.1f} % on the grid of the planning MRI" in caplog.text
    assert ("on the grid of the dose" in caplog.text) == (fractions[1] is not None)


def test_dose_is_moved_to_the_frame_of_the_image_without_resampling(tmp_path):
    series(tmp_path / "mr", ramp(size=(30, 30, 12)))
    image = reading.read_series(tmp_path / "mr")
    _, other = series(tmp_path / "ct", ramp(size=(9, 9, 9)))
    write_rtdose(linear_dose(tilted(0)), tmp_path / "dose.dcm", "P1", other)
    with pytest.raises(ValueError, match="another frame of reference"):
        reading.read_dose_in([tmp_path / "dose.dcm"], image)
    move = sitk.Euler3DTransform()
    move.SetRotation(0.2, 0.1, -0.3)
    move.SetTranslation((5.0, 6.0, -7.0))
    sitk.WriteTransform(move, str(tmp_path / "move.tfm"))
    moved, dose = (
        reading.read_dose_in([tmp_path / "dose.dcm"], image, tmp_path / "move.tfm"),
        linear_dose(),
    )
    assert np.allclose(sitk.GetArrayFromImage(moved), sitk.GetArrayFromImage(dose), atol=1e-6)
    for index in ((0, 0, 0), (19, 15, 9), (3, 7, 2)):
        here = moved.TransformIndexToPhysicalPoint(index)
        assert np.allclose(
            move.TransformPoint(here), dose.TransformIndexToPhysicalPoint(index), atol=1e-6
        )
