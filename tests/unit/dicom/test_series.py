"""Image series: the values and places that were written come back;

stacks that are none are refused with positions.
"""

import shutil

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import change, ramp, series, tilted
from npcradiomics.dicom import reading
from npcradiomics.dicom.dataset import code


def same(image, other):
    assert np.array_equal(sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(other))
    for place in ("GetOrigin", "GetSpacing", "GetDirection"):
        assert np.allclose(getattr(image, place)(), getattr(other, place)(), atol=1e-6)


def test_real_tilted_series_is_as_gdcm_reads_it(shared):
    folder = shared / "data/oblique_mr_dicom/image"
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reading.read_series(folder)
    assert image.GetSize() == (512, 512, 40)
    same(image, reader.Execute())


@pytest.mark.parametrize(
    "direction", [tilted(0), tilted(17), tilted(90, (0, 1, 0)), tilted(180, (0, 1, 0))]
)
def test_values_and_places_come_back_whatever_the_file_names(tmp_path, direction):
    image, _ = series(tmp_path, ramp(direction=direction))
    names = sorted(p.name for p in tmp_path.iterdir())
    for name, other in zip(names, np.random.default_rng(0).permutation(names), strict=True):
        (tmp_path / name).rename(tmp_path / f"x{other}")
    same(reading.read_series(tmp_path), image)
    same(reading.read_series(tmp_path / f"x{names[2]}"), image)


def test_a_mirrored_grid_comes_back_at_the_same_places(tmp_path):
    image = ramp(direction=(1, 0, 0, 0, 1, 0, 0, 0, -1))
    series(tmp_path, image)
    found = reading.read_series(tmp_path)
    assert np.array_equal(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(image)[::-1])
    assert np.allclose(found.GetOrigin(), image.TransformIndexToPhysicalPoint((0, 0, 5)))


def test_rescale_slope_of_each_slice(tmp_path):
    image, _ = series(tmp_path)
    for i, path in enumerate(sorted(tmp_path.iterdir())):
        change(path, RescaleSlope=str(0.5 + i), RescaleIntercept="-3")
    expected = sitk.GetArrayFromImage(image) * (0.5 + np.arange(6))[:, None, None] - 3
    assert np.array_equal(sitk.GetArrayFromImage(reading.read_series(tmp_path)), expected)


def test_unused_high_bits_are_no_intensity(tmp_path):
    image, _ = series(tmp_path)
    for path in tmp_path.iterdir():
        dataset = pydicom.dcmread(path)
        stored = (
            np.frombuffer(dataset.PixelData, np.uint16) & 0x0FFF | 0x3000
        )  # 12 bits, an old overlay above
        dataset.PixelData, dataset.BitsStored, dataset.HighBit = stored.tobytes(), 12, 11
        dataset.save_as(path)
    same(reading.read_series(tmp_path), image)


def test_several_series_must_be_chosen_from_the_list(tmp_path):
    first, source = series(tmp_path / "a", description="T1 fs")
    second, _ = series(tmp_path / "b", ramp(size=(8, 8, 4)), description="T2")
    with pytest.raises(
        ValueError,
        match=r"2 series there, one must be chosen: 'T1 fs RESEARCH.*6 images.*'T2 RES.*4 images",
    ):
        reading.read_series(tmp_path)
    for wanted in (
        source.series_uid,
        code(source.series_uid),
        "t1FS research use only - not for clinical use",
    ):
        same(reading.read_series(tmp_path, wanted), first)
    for path in (tmp_path / "b").iterdir():
        change(path, SeriesNumber=7)
    same(reading.read_series(tmp_path, "#7"), second)
    with pytest.raises(ValueError, match="series 'T9' means 0 of 2"):
        reading.read_series(tmp_path, "T9")
    with pytest.raises(ValueError) as refused:
        reading.read_series(tmp_path)
    assert source.series_uid not in str(refused.value)


def test_a_localizer_series_beside_is_left_out(tmp_path):
    image, _ = series(tmp_path / "a")
    series(tmp_path / "b", ramp(size=(8, 8, 4)), description="scout")
    for path in (tmp_path / "b").iterdir():
        change(path, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    same(reading.read_series(tmp_path), image)


def slices(folder):
    return sorted(folder.iterdir())


def missing(folder):
    slices(folder)[3].unlink()


def double(folder):
    change(shutil.copy(slices(folder)[3], folder / "again.dcm"), SOPInstanceUID="1.2.3")


def localizer(folder):
    change(slices(folder)[0], ImageOrientationPatient=[0, 1, 0, 0, 0, -1])


def other_size(folder):
    change(slices(folder)[0], PixelSpacing=[1.5, 1.5])


def sheared(folder):
    for i, path in enumerate(slices(folder)):
        change(path, ImagePositionPatient=[0, 0.2 * i, 3 * i])


def sideways(folder):
    change(slices(folder)[2], ImagePositionPatient=[-0.5, -15.0, 9.5])


def one_left(folder):
    for path in slices(folder)[1:]:
        path.unlink()


def colour(folder):
    change(slices(folder)[1], PhotometricInterpretation="RGB", SamplesPerPixel=3)


def nowhere(folder):
    change(slices(folder)[1], ImagePositionPatient=None)


def short(folder):
    change(slices(folder)[1], PixelData=b"\0\0")


def absurd(folder):
    for path in slices(folder):
        change(path, Rows=65000, Columns=65000)


def text_only(folder):
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "note.txt").write_text("nothing here", encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (missing, r"slices are 3.000 mm apart, but 6.00 mm between 9.50 and 15.50"),
        (double, r"1 of 7 slices lie where another does .*at 12.50 mm"),
        (
            localizer,
            r"2 acquisitions in one series there, .*MR, 1 images, orientation .*MR, 5 images",
        ),
        (
            other_size,
            r"2 acquisitions in one series there, .*1 images, spacing \(1.5, 1.5\).*5 images, spacing \(2, 1\)",
        ),
        (sheared, r"stacked 3.81 degrees off their normal"),
        (sideways, r"slices lie up to 1.00 mm beside the line"),
        (one_left, r"1 slice in the series, at least 2"),
        (colour, r"3 samples per pixel or not MONOCHROME2"),
        (nowhere, r"without position or orientation"),
        (short, r"2 bytes of pixels, 240 needed"),
        (absurd, r"1x65000x65000 voxels"),
        (text_only, r"no DICOM images there"),
    ],
)
def test_what_is_no_even_stack_is_refused_with_numbers(tmp_path, fault, message):
    folder = tmp_path / "s"
    series(folder)
    fault(folder)
    with pytest.raises(ValueError, match=message):
        reading.read_series(folder)


def enhanced(path, image, source_file):
    """One multi-frame file of an image, its frames in a shuffled order, a slope of its own each."""
    template = pydicom.dcmread(source_file)
    array = sitk.GetArrayFromImage(image)
    order = np.random.default_rng(3).permutation(len(array))
    del template.ImagePositionPatient, template.ImageOrientationPatient, template.PixelSpacing
    template.SOPClassUID = template.file_meta.MediaStorageSOPClassUID = (
        "1.2.840.10008.5.1.4.1.1.4.1"
    )
    template.NumberOfFrames = len(array)
    template.PixelData = array[order].tobytes()
    shared_group = pydicom.Dataset()
    shared_group.PixelMeasuresSequence = [pydicom.Dataset()]
    shared_group.PixelMeasuresSequence[0].PixelSpacing = [
        image.GetSpacing()[1],
        image.GetSpacing()[0],
    ]
    direction = np.array(image.GetDirection()).reshape(3, 3)
    template.SharedFunctionalGroupsSequence = [shared_group]
    template.PerFrameFunctionalGroupsSequence = []
    for z in order:
        group = pydicom.Dataset()
        for name in ("PlanePosition", "PlaneOrientation", "PixelValueTransformation"):
            setattr(group, f"{name}Sequence", [pydicom.Dataset()])
        position = image.TransformIndexToPhysicalPoint((0, 0, int(z)))
        group.PlanePositionSequence[0].ImagePositionPatient = [f"{v:.10g}" for v in position]
        group.PlaneOrientationSequence[0].ImageOrientationPatient = [
            f"{v:.10g}" for v in direction[:, :2].T.ravel()
        ]
        group.PixelValueTransformationSequence[0].RescaleSlope = str(int(z) + 1)
        group.PixelValueTransformationSequence[0].RescaleIntercept = "2"
        template.PerFrameFunctionalGroupsSequence.append(group)
    template.save_as(path)


def test_enhanced_multi_frame_file(tmp_path):
    image, _ = series(tmp_path / "s", ramp(direction=tilted(20)))
    enhanced(tmp_path / "enhanced.dcm", image, next((tmp_path / "s").iterdir()))
    found = reading.read_series(tmp_path / "enhanced.dcm")
    expected = sitk.GetArrayFromImage(image) * (np.arange(6) + 1.0)[:, None, None] + 2
    assert np.array_equal(sitk.GetArrayFromImage(found), expected)
    assert np.allclose(found.GetOrigin(), image.GetOrigin(), atol=1e-6)
    assert np.allclose(found.GetDirection(), image.GetDirection(), atol=1e-6)


@pytest.mark.parametrize("compressor", ["RLELossless", "JPEGLSLossless"])
def test_compressed_series(tmp_path, compressor):
    image, _ = series(tmp_path)
    for path in tmp_path.iterdir():
        dataset = pydicom.dcmread(path)
        dataset.compress(getattr(pydicom.uid, compressor))
        dataset.save_as(path)
    same(reading.read_series(tmp_path), image)


@pytest.mark.parametrize("kind", ["GDCM JPEG", "GDCM JPEG2000"])
def test_lossless_jpeg_as_gdcm_writes_it(tmp_path, kind):
    # ITK's writer compresses: JPEG 2000 or JPEG lossless (process 14), the one most scanners use.
    image, _ = series(tmp_path)
    for path in tmp_path.iterdir():
        plain = sitk.ReadImage(str(path))
        writer = sitk.ImageFileWriter()
        writer.KeepOriginalImageUIDOn()
        writer.SetUseCompression(True)
        writer.SetCompressor(kind.removeprefix("GDCM "))
        before = pydicom.dcmread(path)
        writer.SetFileName(str(path))
        writer.Execute(plain)
        written = pydicom.dcmread(path)
        assert written.file_meta.TransferSyntaxUID.is_compressed
        for name in ("PixelData", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
            before[name] = written[name]
        before.file_meta.TransferSyntaxUID = written.file_meta.TransferSyntaxUID
        before.save_as(path)
    same(reading.read_series(tmp_path), image)
