"""Pictures of a registration: the right region, the right voxels, planted differences visible."""

import io
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from npcradiomics.images.slices import PLANES, fullest
from npcradiomics.publication.pages.registration_pictures import (
    MARGIN_MM,
    Volumes,
    head_cuts,
    joint_histogram,
    thumbnail,
    tumour_cuts,
)
from registration_example import RECURRENCE, example, planted


@pytest.fixture(scope="module")
def tumour():
    return Volumes(example().pair.round_tumour(MARGIN_MM), example().pair.planning)


def test_region_holds_both_contours_and_the_margin():
    pair = example().pair
    part = pair.round_tumour(MARGIN_MM)
    for name in ("gtv", "gtvr"):
        assert (
            sitk.GetArrayFromImage(getattr(part, name)).sum()
            == sitk.GetArrayFromImage(getattr(pair, name)).sum()
        )
    union = sitk.GetArrayFromImage(sitk.Or(part.gtv, part.gtvr)) > 0
    for axis, spacing in enumerate(part.gtv.GetSpacing()[::-1]):
        used = np.flatnonzero(union.any(axis=tuple({0, 1, 2} - {axis})))
        low, high = used[0] * spacing, (union.shape[axis] - 1 - used[-1]) * spacing
        for distance in (low, high):
            assert distance < MARGIN_MM + 2 * spacing
            assert (
                distance >= MARGIN_MM - spacing or axis == 0
            )  # the head may end before the margin


@pytest.mark.parametrize("off", [-1e-6, 1e-6])
def test_region_is_one_box_though_headers_round_the_grid_differently(off):
    # At a margin of whole voxels the corner falls on a voxel's edge, where rounding would decide.
    pair = example().pair

    def moved(image):
        shifted = sitk.Image(image)
        shifted.SetOrigin([o + off for o in image.GetOrigin()])
        return shifted

    planning = pair.planning
    spacing = planning.GetSpacing()[0]
    for margin in (10 * spacing, 10.5 * spacing):
        part = replace(
            pair, discrepancy=moved(pair.discrepancy), after=moved(pair.after)
        ).round_tumour(margin)
        assert part.planning.GetSize() == part.discrepancy.GetSize() == part.after.GetSize()


def test_every_axial_slice_of_the_region_is_there(tumour):
    cuts = tumour_cuts(tumour, 2.0)
    axial = [c for c in cuts if c["plane"] == "axial"]
    assert [c["id"] for c in axial] == [
        f"tumour-axial-{i}" for i in reversed(range(tumour.arrays["gtv"].shape[0]))
    ]
    assert {c["plane"] for c in cuts} == {"axial", "coronal", "sagittal"}
    filled = tumour.masks["gtv"].any(axis=(1, 2))
    assert [c["discrepancy"] is not None for c in axial] == filled[::-1].tolist()


def test_cuts_are_numbered_in_the_whole_planning_mri(tumour):
    pair = example().pair
    whole = (
        sitk.GetArrayFromImage(pair.gtv) > 0
    )  # the simulated planning MRI lies on the patient's axes
    for plane, axis in (("axial", 0), ("coronal", 1), ("sagittal", 2)):
        fullest_there = int(whole.sum(axis=tuple({0, 1, 2} - {axis})).argmax())
        here = fullest(tumour.masks["gtv"], plane)
        assert tumour.number(plane, here) == (fullest_there + 1, whole.shape[axis])


def test_pictures_cover_what_their_cut_covers(tumour):
    shape, spacing = tumour.arrays["planning"].shape, tumour.spacing
    for c in tumour_cuts(tumour, 2.0)[:3]:
        assert (c["width"], c["height"]) == pytest.approx(
            (shape[2] * spacing[2], shape[1] * spacing[1])
        )
        for picture in c["pictures"].values():
            assert picture["width"] >= c["width"]
            assert picture["uri"].startswith("data:image/webp;base64,")


def test_whole_head_is_thinned_to_what_a_screen_shows():
    pair = example().pair
    big = pair.map(lambda image: sitk.Expand(image, (6, 6, 1), sitk.sitkNearestNeighbor))
    volumes = Volumes(big.thinned(), big.planning)
    assert max(volumes.arrays["planning"].shape) <= 256
    cuts = head_cuts(volumes)
    assert [c["plane"] for c in cuts] == ["axial", "coronal", "sagittal"]
    assert all(c["outlines"]["gtvr"] for c in cuts)
    whole_mm = big.planning.GetSize()[0] * big.planning.GetSpacing()[0]
    assert cuts[0]["width"] == pytest.approx(whole_mm, rel=0.02)


def test_joint_histogram_tells_registered_from_not(tumour):
    before, after = joint_histogram(tumour, "before"), joint_histogram(tumour, "after")
    assert after["similarity"] > before["similarity"] + 0.03
    assert after["covered"] > 0.95


def test_joint_histogram_of_an_image_with_itself_is_the_diagonal():
    pair = example().pair.round_tumour(MARGIN_MM)
    volumes = Volumes(pair, pair.planning)
    volumes.arrays["after"], volumes.windows["after"] = (
        volumes.arrays["planning"],
        volumes.windows["planning"],
    )
    assert joint_histogram(volumes, "after")["similarity"] == pytest.approx(2.0)


def test_joint_histogram_without_overlap_says_so(tumour):
    volumes = Volumes(example().pair.round_tumour(MARGIN_MM), example().pair.planning)
    volumes.arrays["before"] = np.zeros_like(volumes.arrays["before"])
    found = joint_histogram(volumes, "before")
    assert (found["uri"], found["similarity"], found["covered"]) == (None, None, 0.0)


def test_contour_that_arrived_nowhere_leaves_the_rest():
    pair = example().pair
    lost = pair.map(lambda image: image * 0 if image is pair.gtvr else image)
    cuts = tumour_cuts(Volumes(lost.round_tumour(MARGIN_MM), pair.planning), 2.0)
    assert all(c["outlines"]["gtvr"] == "" for c in cuts)
    assert any(c["outlines"]["gtv"] for c in cuts)


def orange(content):
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
    red, green, blue = (pixels[..., i] for i in range(3))
    return np.count_nonzero((red > green + 40) & (red > blue + 40))


def test_pictures_begin_where_the_recurrence_is_not_where_the_tumour_is_largest():
    pair = planted(RECURRENCE)
    volumes = Volumes(pair, pair.planning)
    assert [fullest(volumes.masks["gtv"], plane) for plane in PLANES] == [10, 24, 20]
    assert [volumes.key_slice(plane) for plane in PLANES] == [16, 27, 15]
    assert orange(thumbnail(volumes)) > 50
    assert orange(thumbnail(Volumes(planted([(15, 27, 16)]), pair.planning))) > 10
    assert [c["id"] for c in head_cuts(volumes)] == [
        "head-axial-16",
        "head-coronal-27",
        "head-sagittal-15",
    ]
    drawn = {c["id"] for c in tumour_cuts(volumes, 2.0) if c["outlines"]["gtvr"]}
    assert {"tumour-axial-16", "tumour-coronal-27", "tumour-sagittal-15"} <= drawn


def test_without_a_recurrence_they_begin_where_the_tumour_is_largest():
    pair = planted([])
    volumes = Volumes(pair, pair.planning)
    assert [volumes.key_slice(plane) for plane in PLANES] == [10, 24, 20]
    assert orange(thumbnail(volumes)) == 0


def test_thumbnail_is_small_and_has_both_contours(tumour):
    content = thumbnail(tumour)
    assert len(content) < 20_000
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
    assert min(pixels.shape[:2]) >= 100
    red, green, blue = (pixels[..., i] for i in range(3))
    assert np.count_nonzero((green > red + 40) & (green > blue + 40)) > 50  # GTV
    assert np.count_nonzero((red > green + 40) & (red > blue + 40)) > 30  # GTVr


def test_thumbnail_has_the_isodose_where_it_is_known():
    def yellow(pair):
        content = thumbnail(Volumes(pair, pair.planning))
        red, green, blue = np.moveaxis(
            np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int), 2, 0
        )
        return np.count_nonzero((red > 190) & (green > 180) & (blue < 130))

    pair = planted(RECURRENCE)
    wider = sitk.BinaryDilate(pair.gtv, [5, 5, 0])
    # Where orange crosses green, compression leaves a few yellow pixels.
    assert yellow(pair) < 20
    assert yellow(replace(pair, isodose95=wider)) > 100
