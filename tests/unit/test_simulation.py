"""The simulated patient: seeded, with what the papers tell of the real ones, and the truth beside it."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.simulation import MAX_ROTATION_DEG, MAX_TRANSLATION_MM, simulate_patient

SMALL = {"size": (96, 96, 20), "spacing_mm": (1.6, 1.6, 6.0)}


def simulate(patient, seed=1, **options):
    return simulate_patient(patient, seed, **SMALL, **options)


@pytest.fixture(scope="module")
def cohort():
    return {name: simulate(name) for name in ("REC001", "REC002", "REC003", "REC004", "REC008", "REC015")}


def arrays(patient):
    images = (
        patient.planning_mri,
        patient.recurrence_mri,
        patient.gtv,
        patient.gtvr,
        patient.dose,
        patient.isodose95,
    )
    return [sitk.GetArrayFromImage(image) for image in images]


def test_same_seed_same_voxels_other_seed_other_voxels(cohort):
    again, other = simulate("REC002"), simulate("REC002", seed=2)
    assert all((a == b).all() for a, b in zip(arrays(cohort["REC002"]), arrays(again), strict=True))
    assert again.truth == cohort["REC002"].truth
    assert (arrays(other)[0] != arrays(again)[0]).any()


def test_truth_fits_the_masks(cohort):
    for patient in cohort.values():
        _, _, gtv, gtvr, dose, isodose95 = arrays(patient)
        voxel = np.prod(patient.gtv.GetSpacing()) / 1000
        assert patient.truth["gtv_cm3"] == pytest.approx(gtv.sum() * voxel)
        expected = gtvr.sum() * np.prod(patient.gtvr.GetSpacing()) / 1000
        assert patient.truth["gtvr_cm3_on_recurrence_mri"] == pytest.approx(expected)
        assert ((dose >= 0.95 * 70.0) == (isodose95 > 0)).all()


def test_recurrence_has_one_volume_in_both_frames_and_comes_back_by_the_true_motion(cohort):
    carried, drawn = 0.0, 0.0
    for patient in cohort.values():
        assert patient.truth["gtvr_cm3_on_recurrence_mri"] == pytest.approx(patient.truth["recurrent_cm3"], rel=0.05)
        # The unthresholded label keeps the volume only if all of it arrives on the planning grid.
        label = sitk.Cast(patient.gtvr, sitk.sitkFloat32)
        arrived = sitk.GetArrayFromImage(sitk.Resample(label, patient.planning_mri, patient.transform, sitk.sitkLinear))
        carried += arrived.sum() * np.prod(patient.planning_mri.GetSpacing()) / 1000
        drawn += patient.truth["gtvr_cm3_on_recurrence_mri"]
    assert carried == pytest.approx(drawn, rel=0.02)


def test_traits_of_the_paper(cohort):
    fraction = {name: patient.truth["recurrent_fraction_of_gtv"] for name, patient in cohort.items()}
    assert fraction["REC004"] > 0.5
    assert all(0.05 < fraction[name] < 0.5 for name in ("REC001", "REC002", "REC003", "REC008"))
    in_field = {name: patient.truth["in_field_fraction"] for name, patient in cohort.items()}
    assert in_field["REC015"] < 0.9
    assert all(in_field[name] >= 0.95 for name in fraction if name != "REC015")


def test_recurrent_region_is_brighter_except_where_the_paper_says_darker(cohort):
    for name, patient in cohort.items():
        planning, gtv = arrays(patient)[0].astype(float), arrays(patient)[2] > 0
        label = sitk.Cast(patient.gtvr, sitk.sitkFloat32)
        carried = sitk.Resample(label, patient.planning_mri, patient.transform, sitk.sitkLinear)
        recurrent = (sitk.GetArrayFromImage(carried) >= 0.5) & gtv
        difference = planning[recurrent].mean() - planning[gtv & ~recurrent].mean()
        assert (
            np.sign(difference) == patient.truth["planted"]["signs_of_recurrent_minus_non_recurrent"]["Intensity_Mean"]
        )
        assert (np.sign(difference) < 0) == (name in ("REC004", "REC008"))


def test_motion_stays_within_its_limits(cohort):
    for patient in cohort.values():
        trace = np.trace(np.array(patient.transform.GetMatrix()).reshape(3, 3))
        assert np.rad2deg(np.arccos((trace - 1) / 2)) <= MAX_ROTATION_DEG + 1e-9
        assert np.linalg.norm(patient.transform.GetTranslation()) <= MAX_TRANSLATION_MM + 1e-9


def test_null_cohort_differs_only_where_something_was_planted(cohort):
    null = simulate("REC001", planted=False)
    assert null.truth["planted"] is None
    changed = arrays(null)[0] != arrays(cohort["REC001"])[0]
    label = sitk.Cast(null.gtvr, sitk.sitkFloat32)
    near = sitk.GetArrayFromImage(sitk.Resample(label, null.planning_mri, null.transform, sitk.sitkLinear)) > 0.01
    assert changed.any()
    assert not (changed & ~near).any()
    assert (arrays(null)[1] == arrays(cohort["REC001"])[1]).all()
