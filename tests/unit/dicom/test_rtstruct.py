"""Structures by name, frames of reference, and contours that are none."""

import traceback

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import change, circle, grid, ramp, rtstruct, series
from npcradiomics.dicom import reading
from npcradiomics.images.masks import volume_ml

REFERENCE = grid((60, 60, 12), (1.0, 1.0, 3.0))


def tube(radius=10.0, x=0.0):
    return [circle(radius, (x, 0, z)) for z in (-6, -3, 0, 3, 6)]


def test_names_are_matched_exactly_then_without_case_and_spaces(tmp_path):
    path = rtstruct(
        tmp_path / "s.dcm", {"GTV T1": tube(10), "gtv t1": tube(5), "Brain Stem": tube(7)}
    )
    volume = {
        name: volume_ml(reading.read_structure(path, name, REFERENCE))
        for name in ("GTV T1", "gtv t1", "BRAINSTEM")
    }
    assert volume["GTV T1"] == pytest.approx(np.pi * 1.5, rel=0.02)
    assert volume["gtv t1"] == pytest.approx(np.pi * 0.375, rel=0.04)
    assert volume["BRAINSTEM"] == pytest.approx(np.pi * 0.735, rel=0.03)
    with pytest.raises(
        ValueError, match="2 structures are called 'GTVT1': 'GTV T1', 'gtv t1'; rename one"
    ):
        reading.read_structure(path, "GTVT1", REFERENCE)


def test_a_miss_prints_all_names_and_the_nearest(tmp_path):
    path = rtstruct(tmp_path / "s.dcm", {"GTVp": tube(), "Brainstem": tube()})
    with pytest.raises(
        ValueError, match="no structure 'GTV_p'; there are 'GTVp', 'Brainstem'; nearest: 'GTVp'"
    ):
        reading.read_structure(path, "GTV_p", REFERENCE)


def test_a_cell_without_a_name_and_a_folder_say_what_is_missing(tmp_path):
    path = rtstruct(tmp_path / "s.dcm", {"GTVp": tube()})
    with pytest.raises(
        ValueError, match=r"s\.dcm: no structure is named; write .*s\.dcm#NAME, there are 'GTVp'"
    ):
        reading.read_structure(path, "", REFERENCE)
    with pytest.raises(ValueError, match="a folder, one DICOM file is needed here"):
        reading.read_structure(tmp_path, "GTVp", REFERENCE)


def test_a_uid_in_a_file_name_is_not_repeated(tmp_path):
    path = rtstruct(tmp_path / "RS.1.2.246.352.71.4.1234567.dcm", {"GTV": tube(), "Line": []})
    for name in ("PTV", "Line"):
        with pytest.raises(ValueError, match=r"RS\.\.\.\.234567\.dcm") as refused:
            reading.read_structure(path, name, REFERENCE)
        assert "1.2.246" not in str(refused.value)


def test_two_structures_of_one_name_are_refused(tmp_path):
    path = rtstruct(tmp_path / "s.dcm", [("GTV", tube()), ("GTV", tube(5))])
    with pytest.raises(ValueError, match="2 structures are called 'GTV': 'GTV', 'GTV'"):
        reading.read_structure(path, "GTV", REFERENCE)


@pytest.mark.parametrize(
    ("contours", "kind", "message"),
    [
        ([], "CLOSED_PLANAR", r"#GTV: the structure is empty \(0 contours"),
        (tube(), "OPEN_PLANAR", "#GTV: 5 of 5 contours are open or non-planar"),
        (
            [np.zeros((1, 3))] * 3,
            "POINT",
            r"#GTV: the structure is empty \(3 contours, none closed",
        ),
        (
            [circle(9.0) * 1e6],
            "CLOSED_PLANAR",
            "coordinates that are not finite or beyond 10000 mm",
        ),
    ],
)
def test_structures_without_volume_are_refused_by_name(tmp_path, contours, kind, message):
    path = rtstruct(tmp_path / "s.dcm", {"GTV": contours}, kind=kind)
    with pytest.raises(ValueError, match=message):
        reading.read_structure(path, "GTV", REFERENCE)


def test_stray_points_among_contours_are_left_out_and_said(tmp_path, caplog):
    path = rtstruct(tmp_path / "s.dcm", {"GTV": [*tube(), np.zeros((1, 3)), np.ones((2, 3))]})
    with_stray = reading.read_structure(path, "GTV", REFERENCE)
    assert "#GTV: 2 contours of 1 or 2 points left out" in caplog.text
    clean = reading.read_structure(rtstruct(tmp_path / "c.dcm", {"GTV": tube()}), "GTV", REFERENCE)
    assert np.array_equal(sitk.GetArrayFromImage(with_stray), sitk.GetArrayFromImage(clean))


def cut_points(dataset):
    dataset.ROIContourSequence[0].ContourSequence[0].NumberOfContourPoints = 7


def cut_coordinates(dataset):
    item = dataset.ROIContourSequence[0].ContourSequence[0]
    item.ContourData = item.ContourData[:-1]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (cut_points, "says 7 points and has 120"),
        (cut_coordinates, "359 coordinates, which is no multiple of 3"),
    ],
)
def test_damaged_contours_are_refused(tmp_path, edit, message):
    path = rtstruct(tmp_path / "s.dcm", {"GTV": tube()}, edit=edit)
    with pytest.raises(ValueError, match=message):
        reading.read_structure(path, "GTV", REFERENCE)


def test_text_among_coordinates_is_refused_without_repeating_it(tmp_path):
    path = rtstruct(tmp_path / "s.dcm", {"GTV": tube()})
    data = path.read_bytes()
    assert data.count(b"10.0000\\0.0000\\") > 0
    path.write_bytes(data.replace(b"10.0000\\0.0000\\", b"Mueller\\0.0000\\"))
    with pytest.raises(
        ValueError, match=r"#GTV: cannot be read as DICOM .*ValueError\)"
    ) as refused:
        reading.read_structure(path, "GTV", REFERENCE)
    assert "Mueller" not in "".join(traceback.format_exception(refused.value))


def test_another_frame_of_reference_needs_a_registration(tmp_path):
    _, source = series(tmp_path / "mr", ramp(size=(60, 60, 12), spacing=(1, 1, 3)))
    image = reading.read_series(tmp_path / "mr")
    centre = image.TransformContinuousIndexToPhysicalPoint((29.5, 29.5, 5.5))
    contours = [c + centre for c in tube()]
    own = rtstruct(tmp_path / "own.dcm", {"GTV": contours}, frame_uid=source.frame_uid)
    expected = sitk.GetArrayFromImage(reading.read_structure(own, "GTV", image))
    # Drawn in a frame that is turned by 30 degrees and shifted.
    move = sitk.Euler3DTransform()
    move.SetRotation(0.1, -0.2, 0.5)
    move.SetTranslation((40.0, -10.0, 7.0))
    elsewhere = [np.array([move.TransformPoint(p) for p in c.tolist()]) for c in contours]
    other = rtstruct(tmp_path / "other.dcm", {"GTV": elsewhere}, frame_uid="1.2.77")
    with pytest.raises(ValueError, match="another frame of reference") as refused:
        reading.read_structure(other, "GTV", image)
    assert source.frame_uid not in str(refused.value) and "1.2.77" not in str(refused.value)
    sitk.WriteTransform(move, str(tmp_path / "move.tfm"))
    moved = reading.read_structure(other, "GTV", image, tmp_path / "move.tfm")
    assert np.array_equal(sitk.GetArrayFromImage(moved), expected)
    reg = registration_object(
        tmp_path / "reg.dcm", {source.frame_uid: np.eye(4), "1.2.77": inverse_matrix(move)}
    )
    assert np.array_equal(
        sitk.GetArrayFromImage(reading.read_structure(other, "GTV", image, reg)), expected
    )
    strange = registration_object(tmp_path / "strange.dcm", {"1.2.88": np.eye(4)})
    with pytest.raises(
        ValueError, match=r"strange\.dcm: the registration is between frames of code"
    ):
        reading.read_structure(other, "GTV", image, strange)
    bent = registration_object(
        tmp_path / "bent.dcm", {source.frame_uid: np.diag([1, 1, 1.2, 1]), "1.2.77": np.eye(4)}
    )
    with pytest.raises(ValueError, match="not rigid"):
        reading.read_structure(other, "GTV", image, bent)


def test_a_structure_without_a_frame_is_in_the_files_one(tmp_path):
    series(tmp_path / "mr", ramp(size=(60, 60, 12), spacing=(1, 1, 3)))
    image = reading.read_series(tmp_path / "mr")

    def edit(dataset):
        frame = pydicom.Dataset()
        frame.FrameOfReferenceUID = "1.2.77"
        dataset.ReferencedFrameOfReferenceSequence = [frame]

    path = rtstruct(tmp_path / "s.dcm", {"GTV": tube()}, frame_uid="", edit=edit)
    with pytest.raises(ValueError, match="another frame of reference"):
        reading.read_structure(path, "GTV", image)


def inverse_matrix(move):
    matrix = np.eye(4)
    matrix[:3, :3] = np.reshape(move.GetMatrix(), (3, 3))
    matrix[:3, 3] = move.TransformPoint((0, 0, 0))
    return np.linalg.inv(matrix)


def registration_object(path, matrices):
    """A REG object whose frame is the first one; a matrix per frame that maps it there."""
    rtstruct(path, {})
    dataset = pydicom.dcmread(path)
    dataset.Modality, dataset.FrameOfReferenceUID = "REG", next(iter(matrices))
    dataset.RegistrationSequence = []
    for uid, matrix in matrices.items():
        item, holder, step = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
        step.FrameOfReferenceTransformationMatrixType = "RIGID"
        step.FrameOfReferenceTransformationMatrix = [f"{v:.12g}"[:16] for v in matrix.ravel()]
        item.FrameOfReferenceUID, holder.MatrixSequence, item.MatrixRegistrationSequence = (
            uid,
            [step],
            [holder],
        )
        dataset.RegistrationSequence.append(item)
    dataset.save_as(path)
    return path


def test_a_dose_file_is_no_structure_set(tmp_path):
    path = rtstruct(tmp_path / "s.dcm", {"GTV": tube()})
    change(path, Modality="RTDOSE")
    with pytest.raises(ValueError, match=r"s\.dcm: not an RTSTRUCT"):
        reading.read_structure(path, "GTV", REFERENCE)
