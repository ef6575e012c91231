"""One right patient as DICOM in every legal way: the same volumes, share in field, 47 features.

Where the voxels keep their order, everything is the same bit for bit; elsewhere sums run in another
order (1e-9). docs/files.md has the matrix.
"""

import copy
import unicodedata

import numpy as np
import pydicom
import pytest

from dicom_files import change
from npcradiomics.dicom.writer import write_mr_series
from one_patient import contours_of, dicom, one_multi_frame_file, read, slices
from right_patient import FOLDERS, PATIENT, PLACES, require_right


@pytest.mark.parametrize(
    ("view", "order"), [("axial", (0, 1, 2)), ("sagittal", (1, 2, 0)), ("coronal", (0, 2, 1))]
)
def test_dicom_in_any_view(tmp_path, view, order):
    require_right(dicom(PATIENT.stored(order), tmp_path), exact=view == "axial")


@pytest.mark.parametrize("place", PLACES)
def test_dicom_in_any_position(tmp_path, place):
    require_right(dicom(PATIENT.placed(PLACES[place]), tmp_path))


def backwards(folder):
    names = slices(folder)
    for path in names:
        path.rename(path.with_suffix(".tmp"))
    for path, name in zip(reversed(names), names, strict=True):
        path.with_suffix(".tmp").rename(name)


def in_subfolders(folder):
    for k, path in enumerate(slices(folder)):
        (folder / f"mr/part{k % 3}").mkdir(exist_ok=True)
        path.rename(folder / f"mr/part{k % 3}" / path.stem)


def behind_a_link(folder):
    (folder / "mr").rename(folder / "elsewhere")
    (folder / "mr").mkdir()
    (folder / "mr/series").symlink_to(folder / "elsewhere", target_is_directory=True)
    (folder / "elsewhere/round").symlink_to(folder / "mr", target_is_directory=True)


def compressed(syntax):
    def edit(folder):
        for path in slices(folder):
            dataset = pydicom.dcmread(path)
            dataset.compress(syntax)
            dataset.save_as(path)

    return edit


def transferred(syntax, little=True, implicit=False):
    def edit(folder):
        for path in slices(folder):
            dataset = pydicom.dcmread(path)
            if not little:
                dataset.PixelData = dataset.pixel_array.astype(">i2").tobytes()
            dataset.file_meta.TransferSyntaxUID = syntax
            pydicom.dcmwrite(
                path, dataset, little_endian=little, implicit_vr=implicit, enforce_file_format=True
            )

    return edit


def without_preamble(folder):
    transferred("1.2.840.10008.1.2", implicit=True)(folder)
    for path in slices(folder):
        dataset = pydicom.dcmread(path)
        del dataset.file_meta
        pydicom.dcmwrite(path, dataset, implicit_vr=True, little_endian=True)


def rescaled(folder):
    for path in slices(folder):
        stored = pydicom.dcmread(path).pixel_array
        change(
            path,
            RescaleSlope=1,
            RescaleIntercept=-50,
            PixelData=(stored + 50).astype("<i2").tobytes(),
        )


def two_multi_frame_files(folder):
    """A concatenation: half of the frames in either file."""
    one_multi_frame_file(folder)
    whole = pydicom.dcmread(folder / "mr/enhanced.dcm")
    frames, n = list(whole.PerFrameFunctionalGroupsSequence), int(whole.NumberOfFrames)
    size = len(whole.PixelData) // n
    for part, kept in ((1, range(n // 2)), (2, range(n // 2, n))):
        half = copy.deepcopy(whole)
        half.PerFrameFunctionalGroupsSequence = [frames[k] for k in kept]
        half.NumberOfFrames, half.InConcatenationNumber, half.InConcatenationTotalNumber = (
            len(kept),
            part,
            2,
        )
        half.PixelData = whole.PixelData[kept[0] * size : (kept[-1] + 1) * size]
        half.SOPInstanceUID = f"2.25.{part}"
        half.save_as(folder / f"mr/part{part}.dcm")
    (folder / "mr/enhanced.dcm").unlink()


def company(folder):
    """What lies beside a series: raw data, a screenshot, a report, a presentation state, a text, another damaged series."""
    first = slices(folder)[0]

    def beside(name, sop_class, keep_image, **attributes):
        dataset = pydicom.dcmread(first)
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
            del dataset[keyword]
        if not keep_image:
            for keyword in ("Rows", "Columns", "PixelData", "BitsAllocated"):
                del dataset[keyword]
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
        dataset.SeriesInstanceUID = pydicom.uid.generate_uid()
        dataset.update(pydicom.Dataset())
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
        dataset.save_as(folder / "mr" / name)

    base = "1.2.840.10008.5.1.4.1.1."
    beside("XX_0012", base + "66", False)
    beside(
        "XX_0013",
        "1.3.46.670589.11.0.0.12.1",
        False,
        SeriesInstanceUID=pydicom.dcmread(first).SeriesInstanceUID,
    )
    beside("SC_1", base + "7", True, Modality="OT")
    beside("SC_2", base + "7", True, SeriesInstanceUID=pydicom.dcmread(first).SeriesInstanceUID)
    beside("SR_1", base + "88.33", False, Modality="SR")
    beside("PR_1", base + "11.1", False, Modality="PR")
    beside("ES_1", base + "77.1.4", True, Modality="ES", SamplesPerPixel=3)
    (folder / "mr/notes.txt").write_text("from PACS", encoding="utf-8")
    (folder / "mr/.DS_Store").write_bytes(b"\0\0\0\1Bud1" + bytes(64))


@pytest.mark.parametrize(
    "edit",
    [
        backwards,
        in_subfolders,
        behind_a_link,
        compressed(pydicom.uid.RLELossless),
        compressed(pydicom.uid.JPEGLSLossless),
        transferred("1.2.840.10008.1.2", implicit=True),
        transferred("1.2.840.10008.1.2.2", little=False),
        without_preamble,
        rescaled,
        one_multi_frame_file,
        two_multi_frame_files,
        company,
    ],
)
def test_dicom_in_any_wrapping(tmp_path, edit):
    row = dicom(PATIENT, tmp_path)
    edit(tmp_path)
    require_right(row)


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_as_people_have_them(tmp_path, name):
    require_right(dicom(PATIENT, tmp_path / name))


def test_a_file_means_its_series_and_a_code_its_acquisition(tmp_path):
    row = dicom(PATIENT, tmp_path)
    write_mr_series(PATIENT.planning * 2, tmp_path / "mr2", "P1", "second")
    for path in (tmp_path / "mr2").iterdir():
        path.rename(tmp_path / "mr" / f"second_{path.name}")
    require_right(row | {"planning_mri": f"{tmp_path}/mr/slice_0003.dcm"})
    require_right(row | {"planning_series": "PLANNING"})
    # The other becomes another echo of the same series: it can be chosen by what the refusal
    # prints.
    first = pydicom.dcmread(tmp_path / "mr/slice_0001.dcm")
    for path in (tmp_path / "mr").iterdir():
        second = path.name.startswith("second")
        change(path, EchoTime=80 if second else 10, SeriesInstanceUID=first.SeriesInstanceUID)
        for keyword in ("StudyInstanceUID", "FrameOfReferenceUID"):
            change(path, **{keyword: first[keyword].value})
    with pytest.raises(ValueError, match="2 acquisitions in one series") as refused:
        read(row)
    codes = {
        words.split("EchoTime ")[1][:2]: words.split(",")[0]
        for words in str(refused.value).split("code ")[1:]
    }
    require_right(row | {"planning_series": codes["10"]})
    require_right(row | {"planning_mri": f"{tmp_path}/mr/slice_0003.dcm"})


def test_contours_stored_twice_and_a_little_off(tmp_path):
    def copies(drawn):
        extra = []
        for k, contour in enumerate(drawn):
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            twin = pydicom.Dataset()
            twin.update(contour)
            changed = (
                np.roll(points, 5, axis=0),
                points[::-1],
                points + np.array([0.02, 0.01, 0]),
                points + np.array([0, 0, 0.1]),
            )[k % 4]
            twin.ContourData = [f"{v:.4f}" for v in changed.ravel()]
            extra.append(twin)
        return extra

    row = dicom(PATIENT, tmp_path)
    contours_of(tmp_path, copies)
    require_right(row)


def test_names_in_another_unicode_form(tmp_path):
    row = dicom(PATIENT, tmp_path)
    dataset = pydicom.dcmread(tmp_path / "rs.dcm")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.StructureSetROISequence[0].ROIName = unicodedata.normalize("NFD", "GTV_Größe")
    dataset.save_as(tmp_path / "rs.dcm")
    for name in ("GTV_Größe", "gtv_GRÖSSE", "GTV_Gro\u0308ße"):
        require_right(row | {"gtv": f"{tmp_path}/rs.dcm#{name}"})


def test_dose_written_from_the_other_end(tmp_path):
    row = dicom(PATIENT, tmp_path)
    dataset = pydicom.dcmread(tmp_path / "rd.dcm")
    frames = dataset.pixel_array[::-1]
    last = float(dataset.GridFrameOffsetVector[-1])
    x, y, z = map(float, dataset.ImagePositionPatient)
    dataset.ImagePositionPatient = [x, y, z + last]
    dataset.GridFrameOffsetVector = [-float(v) for v in dataset.GridFrameOffsetVector]
    dataset.PixelData = frames.tobytes()
    dataset.save_as(tmp_path / "rd.dcm")
    require_right(row)
