"""The door through which images come in, and what is turned away with its numbers."""

import warnings

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.volumes import read_image, read_mask, write_image


@pytest.fixture
def volume(tmp_path):
    """Write an array (z, y, x) under a name with spacing 1 x 1 x 5 mm; returns path."""

    def make(array, name="image.nii.gz", origin=(0, 0, 0)):
        image = sitk.GetImageFromArray(array, isVector=False)
        if array.ndim == 3:
            image.SetSpacing((1.0, 1.0, 5.0))
            image.SetOrigin(origin)
        sitk.WriteImage(image, str(tmp_path / name), useCompression=True)
        return tmp_path / name

    return make


RAMP = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


@pytest.mark.parametrize("name", ["image.nii.gz", "image.nii", "image.nrrd"])
def test_values_and_geometry_come_back(volume, name):
    image = read_image(volume(RAMP, name, origin=(10, -20, 30)))
    assert (sitk.GetArrayFromImage(image) == RAMP).all()
    assert image.GetSpacing() == (1.0, 1.0, 5.0)
    assert image.GetOrigin() == (10.0, -20.0, 30.0)


def test_no_file_stays_open(volume):
    """An open one is a line of warning in the log of every job."""
    path = volume(RAMP)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_image(path)
    assert not [one for one in said if issubclass(one.category, ResourceWarning)]


@pytest.mark.parametrize("turned", [0.0, 0.004, 0.5, 2.0, 35.0])
@pytest.mark.parametrize("left_handed", [False, True])
def test_tilted_slices_come_back_and_a_qform_of_its_own_is_refused(tmp_path, turned, left_handed):
    """Of a real tilted series ITK's own qform lay 0.04 voxels off its sform: 32 bits of a quaternion near (0, 0, 0, 1)."""
    tilt = sitk.Euler3DTransform((0, 0, 0), np.radians(2.04), np.radians(0.22), np.radians(turned))
    direction = np.array(tilt.GetMatrix()).reshape(3, 3) * [1, 1, -1 if left_handed else 1]
    image = sitk.Image(512, 512, 40, sitk.sitkInt16)
    image.SetSpacing((0.39, 0.39, 5.2))
    image.SetDirection(direction.ravel())
    image.SetOrigin((-8.6, -103.6, -113.8))
    path = tmp_path / "image.nii"
    write_image(image, path)
    back = read_image(path)
    np.testing.assert_allclose(back.GetDirection(), image.GetDirection(), atol=1e-6)
    header = bytearray(path.read_bytes())
    quaternion = np.frombuffer(header[256:268], "<f4").copy()  # its last three numbers
    for change, words in (
        (0.999, "sform and qform of the header put"),
        (1.1, "qform is no rotation"),
    ):
        header[256:268] = (quaternion * np.float32(change)).tobytes()
        path.write_bytes(header)
        with pytest.raises(ValueError, match=f"image.nii: {words}"):
            read_image(path)


@pytest.mark.parametrize("name", ["image.nii.gz", "image.nii", "image.nrrd"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_truncated_files_are_refused(volume, name, share):
    # ITK alone fills a truncated NIfTI with zeros and says so only in its own log.
    path = volume(np.random.default_rng(1).integers(0, 900, (20, 30, 30), dtype=np.int16), name)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ValueError, match=f"{name}: cannot be read"):
        read_image(path)


@pytest.mark.parametrize("name", ["image.nii.gz", "image.nrrd"])
def test_nan_is_counted(volume, name):
    # ITK's NIfTI reader turns NaN into 0 without a word.
    array = RAMP.astype(np.float32)
    array[1, 2, 3], array[0, 0, 0] = np.nan, np.inf
    with pytest.raises(ValueError, match="2 of 120 voxels are NaN or infinite"):
        read_image(volume(array, name))


def test_time_series_is_refused(volume):
    with pytest.raises(ValueError, match=r"4-D image of 6x5x4x2 voxels"):
        read_image(volume(np.zeros((2, 4, 5, 6), np.float32)))
    with pytest.raises(ValueError, match="image has 4 dimensions, 3 needed"):
        read_image(volume(np.zeros((2, 4, 5, 6), np.float32), "image.nrrd"))


def test_fourth_axis_of_one_is_no_time_series(tmp_path):
    nibabel.save(nibabel.Nifti1Image(RAMP[..., None], np.eye(4)), tmp_path / "one.nii.gz")
    assert read_image(tmp_path / "one.nii.gz").GetSize() == RAMP.shape


def test_missing_file_and_file_of_text(tmp_path):
    with pytest.raises(ValueError, match=r"nothing\.nii\.gz: no such file"):
        read_image(tmp_path / "nothing.nii.gz")
    (tmp_path / "text.nii.gz").write_text("no image", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be read"):
        read_image(tmp_path / "text.nii.gz")


def blob(label=1):
    array = np.zeros(RAMP.shape, np.uint8)
    array[1:3, 1:4, 1:4] = label
    return array


def test_any_single_label_becomes_one(volume):
    mask = sitk.GetArrayFromImage(read_mask(volume(blob(7))))
    assert set(np.unique(mask)) == {0, 1}
    assert mask.sum() == 18


def test_two_labels_are_refused_with_the_list(volume):
    array = blob(1)
    array[3, 4, 5] = 4
    with pytest.raises(ValueError, match=r"2 labels in one mask: 1 \(18 voxels\), 4 \(1 voxels\)"):
        read_mask(volume(array))


@pytest.mark.parametrize("value", [0.5, -1.0])
def test_fractions_and_negatives_are_no_mask(volume, value):
    with pytest.raises(ValueError, match="whole numbers"):
        read_mask(volume(blob().astype(np.float32) * value))


def test_empty_mask_is_refused(volume):
    with pytest.raises(ValueError, match=r"the mask is empty \(no voxel above 0 among 120\)"):
        read_mask(volume(blob(0)))


def test_mask_on_another_grid_is_refused(volume):
    image = read_image(volume(RAMP))
    assert read_mask(volume(blob(), "same.nii.gz"), image)
    with pytest.raises(ValueError, match=r"shifted\.nii\.gz"):
        read_mask(volume(blob(), "shifted.nii.gz", origin=(0.5, 0, 0)), image)
    with pytest.raises(ValueError, match=r"larger\.nii\.gz"):
        read_mask(volume(np.ones((4, 5, 7), np.uint8), "larger.nii.gz"), image)


def test_written_bytes_are_the_same_every_time(volume, tmp_path):
    image = read_image(volume(RAMP))
    write_image(image, tmp_path / "a.nii.gz")
    write_image(image, tmp_path / "b.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
