"""T2 and ADC of a simulated patient: where they lie, what only the ADC shows, what they share with the planning MRI."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.grids import voxel_points
from npcradiomics.images.masks import centroid, expand
from npcradiomics.images.transforms import distances_mm, linear_parts
from npcradiomics.simulation.recurrence import simulate_patient
from npcradiomics.simulation.sequences import SEQUENCES, simulate_sequence

GRID = {"size": (96, 96, 20), "spacing_mm": (1.4, 1.4, 5.0)}
PATIENTS = ("REC001", "REC004")
PLANNING_POINTS = sitk.Transform(3, sitk.sitkIdentity)


@pytest.fixture(scope="module")
def planning():
    return {name: simulate_patient(name, 1, **GRID) for name in PATIENTS}


def carried(mask, image, transform):
    """A mask of the planning grid at the voxels of the sequence: the share of each that is in it."""
    share = sitk.Cast(mask, sitk.sitkFloat32)
    there = sitk.Resample(share, image, transform.GetInverse(), sitk.sitkLinear)
    return sitk.GetArrayFromImage(there)


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize("sequence", SEQUENCES)
def test_only_the_adc_of_the_recurrent_region_is_lower_and_by_what_was_planted(
    planning, patient, sequence
):
    image, transform, truth = simulate_sequence(sequence, patient, 1, **GRID)
    values = sitk.GetArrayFromImage(image).astype(float)
    gtv = carried(planning[patient].gtv, image, transform) > 0.99
    recurrence = sitk.Resample(
        planning[patient].gtvr, planning[patient].gtv, planning[patient].transform
    )
    recurrent = gtv & (carried(recurrence, image, transform) > 0.99)
    # Where the border is not known to a voxel, neither region is meant.
    wide = carried(expand(recurrence, 3.0), image, transform) > 0.01
    lower = values[gtv & ~wide].mean() - values[recurrent].mean()
    error = values[gtv & ~wide].std() / np.sqrt(recurrent.sum() / 20)  # texture is correlated
    assert truth["recurrent_lower_by"] == (0.0 if sequence == "t2" else pytest.approx(200, abs=70))
    assert lower == pytest.approx(truth["recurrent_lower_by"], abs=3 * error)
    null, _, nothing = simulate_sequence(sequence, patient, 1, planted=False, **GRID)
    changed = sitk.GetArrayFromImage(null) != values
    assert nothing["recurrent_lower_by"] == 0.0
    assert changed.any() == (sequence == "adc")
    assert not changed[gtv & ~wide].any()


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_grid_and_motion_are_its_own_and_at_most_2_mm(planning, sequence):
    transforms = []
    for patient in PATIENTS:
        image, transform, _ = simulate_sequence(sequence, patient, 1, **GRID)
        mri = planning[patient].planning_mri
        factor = SEQUENCES[sequence].spacing_factor
        assert image.GetSpacing() == pytest.approx(np.multiply(mri.GetSpacing(), factor))
        assert np.multiply(image.GetSize(), image.GetSpacing()) == pytest.approx(
            np.multiply(mri.GetSize(), mri.GetSpacing()), abs=3.0
        )
        gtv = planning[patient].gtv
        near = voxel_points(expand(gtv, 15.0))
        near = near[np.linalg.norm(near - centroid(gtv), axis=1) < 45.0]
        moved = distances_mm(transform, PLANNING_POINTS, near)
        assert moved.mean() > 0.3 and moved.max() < 2.0
        assert np.linalg.det(linear_parts(transform)[0]) == pytest.approx(1.0)
        transforms.append(tuple(transform.GetParameters()))
    assert len(set(transforms)) == len(PATIENTS)


def test_texture_of_the_tumour_is_partly_that_of_the_planning_mri(planning):
    found = {}
    for sequence in SEQUENCES:
        image, transform, _ = simulate_sequence(sequence, "REC001", 1, planted=False, **GRID)
        there = sitk.Resample(image, planning["REC001"].gtv, transform, sitk.sitkLinear)
        gtv = sitk.GetArrayFromImage(planning["REC001"].gtv) > 0
        first = sitk.GetArrayFromImage(planning["REC001"].planning_mri)[gtv]
        found[sequence] = np.corrcoef(first, sitk.GetArrayFromImage(there)[gtv])[0, 1]
    # 0.6 of the coarse texture, less what noise, fine texture and interpolation take away.
    assert all(0.15 < value < 0.6 for value in found.values()), found


def test_same_seed_same_voxels_other_sequence_or_seed_other_ones():
    def voxels(*what):
        return sitk.GetArrayFromImage(simulate_sequence(*what, **GRID)[0])

    first = voxels("t2", "REC001", 1)
    assert (first == voxels("t2", "REC001", 1)).all()
    assert (first != voxels("t2", "REC001", 2)).any()
