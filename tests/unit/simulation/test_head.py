"""The head of the simulated cohort: grey values of its tissues, and sampling in millimetres."""

import numpy as np
import pytest

from npcradiomics.simulation.head import CONTRASTS, STEP_MM, TISSUES, Head


@pytest.fixture(scope="module")
def head():
    return Head.draw(np.random.default_rng(5))


def test_one_grey_value_for_every_tissue_is_the_texture_alone(head):
    flat = Head(head.labels, np.zeros_like(head.texture), head.low_mm)
    assert flat.grey_values((7.0,) * len(TISSUES), thickness_mm=5.0) == pytest.approx(7.0, rel=1e-6)


def test_a_thick_slice_averages_along_z_only():
    """A plane of bone in brain, far from the borders: a Gaussian of 0.3 thicknesses, its sum kept."""
    labels = np.full((41, 21, 21), TISSUES.index("brain"), np.uint8)
    labels[20] = TISSUES.index("bone")
    head = Head(labels, np.zeros(labels.shape, np.float32), np.zeros(3))
    brain, bone = (CONTRASTS["t1"][TISSUES.index(name)] for name in ("brain", "bone"))
    change = head.grey_values(CONTRASTS["t1"], thickness_mm=5.0)[:, 10, 10] - brain
    z_mm = STEP_MM * (np.arange(41) - 20)
    profile = np.exp(-0.5 * (z_mm / 1.5) ** 2)
    assert change == pytest.approx((bone - brain) * profile / profile.sum(), abs=0.02)


def test_sample_is_linear_in_millimetres_and_the_given_value_outside(head):
    low, steps = head.low_mm, np.array(head.labels.shape)[::-1]
    z, y, x = np.indices(head.labels.shape, dtype=np.float32)
    values = 2.0 * x - 3.0 * y + 5.0 * z  # of the voxel's indices, so that a swapped axis shows
    rng = np.random.default_rng(1)
    voxels = rng.uniform(0, steps - 1, (4, 9, 3))
    points = low + STEP_MM * voxels
    assert head.sample(values, points, outside=-1.0) == pytest.approx(
        voxels @ [2.0, -3.0, 5.0], abs=1e-3
    )
    beyond = np.array([low - 2 * STEP_MM, low + STEP_MM * (steps + 1)])
    assert (head.sample(values, beyond, outside=-1.0) == -1.0).all()
    one_by_one = [[head.sample(values, point[None], -1.0)[0] for point in row] for row in points]
    assert (head.sample(values, points, -1.0) == np.array(one_by_one)).all()
