"""What is said of a tumour's files: boxes whose numbers are known, and one planted fault a check."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.response.tumours import describe_tumour, tumour_checks

SHAPE, SPACING_XYZ = (9, 20, 24), (1.0, 2.0, 5.0)


def files(*boxes, values=None):
    """An image with a grey value of its own in each voxel, and a mask of boxes (slices of z, y, x)."""
    mask = np.zeros(SHAPE, np.uint8)
    for box in boxes:
        mask[box] = 1
    if values is None:
        values = 100 + np.arange(mask.size, dtype=np.int16).reshape(SHAPE)
    images = [sitk.GetImageFromArray(array) for array in (values, mask)]
    for image in images:
        image.SetSpacing(SPACING_XYZ)
    return images


BOX = np.s_[3:6, 8:12, 10:15]


def looked_at(found):
    return {c["title"]: c["sentence"] for c in tumour_checks(found) if c["verdict"] == "look"}


def test_numbers_of_a_box():
    values = np.full(SHAPE, 100, np.int16)
    values[BOX] = np.arange(60).reshape(3, 4, 5) + 201  # 201 to 260
    values[0] = 0
    values[8] = 900
    found = describe_tumour(*files(BOX, values=values))
    assert (found["n_voxels"], found["volume_cm3"]) == (60, pytest.approx(60 * 10 / 1000))
    assert (found["first_slice"], found["last_slice"], found["n_slices"]) == (4, 6, 3)
    # Of 201 to 260: median 230.5; the quartiles a quarter of 59 steps from either end.
    assert (found["q1"], found["median"], found["q3"]) == (215.75, 230.5, 245.25)
    assert found["surroundings"] == 100.0  # two slices off are 10 mm, none reaches 0 or 900
    assert found["pieces"] == [60]
    assert found["axes"] == "LPS"
    assert (found["at_edge"], found["missing_slices"]) == (0, [])
    assert (found["at_lowest"], found["at_highest"]) == (0.0, 0.0)
    assert looked_at(found) == {}


def test_a_contour_at_the_edge_of_the_image_is_to_look_at():
    # 2 x 4 x 5 voxels, of which the first slice holds 20.
    found = describe_tumour(*files(np.s_[0:2, 8:12, 10:15]))
    assert found["at_edge"] == 20
    assert list(looked_at(found)) == ["Inside the image"]
    assert tumour_checks(found)[0]["value"] == "20 of 40 voxels at its edge"


def test_a_forgotten_slice_and_a_single_one_are_to_look_at():
    # Parted by an empty slice: two pieces, too.
    found = describe_tumour(*files(np.s_[2:4, 8:12, 10:15], np.s_[5:7, 8:12, 10:15]))
    assert found["missing_slices"] == [5]
    said = looked_at(found)
    assert "slice 5. Was it forgotten?" in said["Slices with contour"]
    assert "2 parts that do not touch (40, 40 voxels)" in said["Pieces"]
    single = describe_tumour(*files(np.s_[4:5, 8:12, 10:15]))
    assert looked_at(single)["Slices with contour"].startswith("One slice")


def test_crumbs_are_no_pieces_and_corners_join():
    found = describe_tumour(*files(np.s_[3:6, 5:11, 5:15], np.s_[4:5, 15:16, 20:21]))
    assert found["pieces"] == [180, 1]  # 0.6 %
    assert looked_at(found) == {}
    joined = describe_tumour(*files(np.s_[3:5, 8:10, 10:12], np.s_[5:7, 10:12, 12:14]))
    assert joined["pieces"] == [16]


def test_values_that_were_cut_are_to_look_at():
    values = np.random.default_rng(0).integers(100, 1000, SHAPE).astype(np.int16)
    for limit, word in ((500, "highest"), (600, "lowest")):
        cut = np.minimum(values, limit) if word == "highest" else np.maximum(values, limit)
        found = describe_tumour(*files(BOX, values=cut))
        share = np.mean(cut[BOX] == limit)
        assert found[f"at_{word}"] == pytest.approx(share)
        assert f"{100 * share:.1f} %" in looked_at(found)["Grey values"]
    values[BOX][0, 0, 0] = 1000  # the brightest voxel of the image is one of the tumour's
    assert looked_at(describe_tumour(*files(BOX, values=values))) == {}


def test_a_tumour_that_fills_the_image_has_no_surroundings():
    found = describe_tumour(*files(np.s_[:, :, :]))
    assert found["surroundings"] is None
