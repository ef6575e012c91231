"""Real MRI through the whole workflow: the CE-T1 head of pyradiomics (brain1), moved by known motions.

One real examination plays the planning MRI of three patients; each recurrence MRI is the same head
moved by a known transform, with another contrast, noise and grid; GTVr is a part of the real
tumour.
"""

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

# Rotation in degrees and shift in millimetres about x, y, z.
MOTIONS = {
    "REAL1": ((3, -2, 5), (6, -9, 4)),
    "REAL2": ((-4, 3, -6), (-8, 5, -7)),
    "REAL3": ((2, 5, 3), (10, 8, 6)),
}


@pytest.fixture(scope="module")
def run(shared, make_workspace):
    workspace = make_workspace("real")
    image = sitk.ReadImage(str(shared / "data/brain1/brain1_image.nrrd"), sitk.sitkFloat32)
    tumour = sitk.ReadImage(str(shared / "data/brain1/brain1_label.nrrd")) == 1
    rows, workspace.truth, workspace.parts = [], {}, {}
    for number, (patient, motion) in enumerate(MOTIONS.items()):
        part = part_of(tumour, number)
        # One voxel of air apart, and a voxel of the mask: two patients cannot have one image.
        own, gtv = sitk.Image(image), sitk.GetArrayFromImage(tumour)
        own[0, 0, 0] = own[0, 0, 0] + number
        gtv.ravel()[np.flatnonzero(gtv)[:number]] = 0
        gtv = sitk.GetImageFromArray(gtv)
        gtv.CopyInformation(tumour)
        sitk.WriteImage(own, str(workspace.folder / f"{patient}_planning.nrrd"))
        sitk.WriteImage(gtv, str(workspace.folder / f"{patient}_gtv.nrrd"))
        transform = motion_about(tumour, *motion)
        grid = other_grid(image, transform)
        recurrence = sitk.Resample(image, grid, transform.GetInverse(), sitk.sitkBSpline, 0.0)
        label = sitk.Cast(part, sitk.sitkFloat32)
        gtvr = sitk.Resample(label, grid, transform.GetInverse(), sitk.sitkLinear, 0.0) >= 0.5
        sitk.WriteImage(
            other_contrast(recurrence, number),
            str(workspace.folder / f"{patient}_recurrence.nii.gz"),
        )
        sitk.WriteImage(gtvr, str(workspace.folder / f"{patient}_gtvr.nii.gz"))
        row = {
            "patient": patient,
            "planning_mri": f"{patient}_planning.nrrd",
            "gtv": f"{patient}_gtv.nrrd",
            "gtvr_frame": "recurrence",
        }
        rows.append(
            row
            | {"recurrence_mri": f"{patient}_recurrence.nii.gz", "gtvr": f"{patient}_gtvr.nii.gz"}
        )
        workspace.truth[patient], workspace.parts[patient] = transform, part
    workspace.tumour = tumour
    workspace.write_patients(rows)
    finished = workspace.run()
    assert finished.returncode == 0, finished.stdout[-3000:]
    return workspace


def part_of(tumour, number):
    """A compact third or so of the tumour: what lies on one side of a plane through it."""
    inside = sitk.GetArrayFromImage(tumour) > 0
    _, y, x = np.indices(inside.shape)
    along = [x + 0.3 * y, y - 0.5 * x, x - y][number]
    part = inside & (along > np.quantile(along[inside], [0.65, 0.6, 0.7][number]))
    image = sitk.GetImageFromArray(part.astype(np.uint8))
    image.CopyInformation(tumour)
    return image


def motion_about(mask, rotation_deg, shift_mm):
    """Planning points to recurrence points, turning about the middle of the mask."""
    indices = np.argwhere(sitk.GetArrayFromImage(mask))[:, ::-1].mean(axis=0)
    transform = sitk.Euler3DTransform()
    transform.SetCenter(mask.TransformContinuousIndexToPhysicalPoint(indices.tolist()))
    transform.SetRotation(*np.deg2rad(rotation_deg).tolist())
    transform.SetTranslation([float(s) for s in shift_mm])
    return transform


def other_grid(image, transform):
    """Another scanner's grid over the moved head: axes of the patient, 0.9 x 0.9 x 5 mm."""
    corners = [
        [(n - 1) * bit for n, bit in zip(image.GetSize(), bits, strict=True)]
        for bits in np.ndindex(2, 2, 2)
    ]
    points = np.array(
        [transform.TransformPoint(image.TransformIndexToPhysicalPoint(c)) for c in corners]
    )
    spacing = np.array([0.9, 0.9, 5.0])
    grid = sitk.Image(
        np.ceil(np.ptp(points, axis=0) / spacing).astype(int).tolist(), sitk.sitkUInt8
    )
    grid.SetSpacing(spacing.tolist())
    grid.SetOrigin(points.min(axis=0).tolist())
    return grid


def other_contrast(image, number):
    """Another contrast (monotonous, then not), and noise."""
    values = sitk.GetArrayFromImage(image).clip(0) / 800.0  # the spline overshoots below zero
    changed = [values**0.6, values * np.exp(-0.6 * values), np.sqrt(values) + 0.2 * values][number]
    noisy = 900 * changed + np.random.default_rng(number).normal(0, 15, values.shape)
    result = sitk.GetImageFromArray(noisy.astype(np.float32))
    result.CopyInformation(image)
    return result


def points_of(mask):
    indices = np.argwhere(sitk.GetArrayFromImage(mask))[::10, ::-1].tolist()
    return [mask.TransformIndexToPhysicalPoint(index) for index in indices]


@pytest.mark.parametrize("patient", MOTIONS)
def test_motion_inside_the_tumour_is_recovered_within_a_millimetre(run, patient):
    found = sitk.ReadTransform(
        str(run.results / f"patients/{patient}/registration/recurrence_to_planning.tfm")
    )
    errors = [
        np.subtract(found.TransformPoint(p), run.truth[patient].TransformPoint(p))
        for p in points_of(run.tumour)
    ]
    assert np.linalg.norm(np.array(errors)[:, :2], axis=1).mean() < 1.0
    assert np.linalg.norm(errors, axis=1).mean() < 1.0


@pytest.mark.parametrize("patient", MOTIONS)
def test_carried_contour_lies_on_the_true_part(run, patient):
    carried = sitk.GetArrayFromImage(
        sitk.ReadImage(str(run.results / f"patients/{patient}/regions/gtvr_on_planning.nii.gz"))
    )
    part = sitk.GetArrayFromImage(run.parts[patient])
    dice = 2 * (carried * part).sum() / (carried.sum() + part.sum())
    assert dice > 0.85  # slices of 6.5 mm: two resamplings alone cost as much


def test_all_tables_and_figures_come_out(run):
    for path in (
        "tables/table1.md",
        "tables/table2.docx",
        *(f"figures/fig{i}.pdf" for i in (2, 3, 4, 5)),
    ):
        assert (run.results / path).stat().st_size > 500
    features = pd.read_csv(run.results / "cohort/features.tsv", sep="\t")
    assert features.shape == (6, 5 + 47)
    assert features.notna().all(axis=None)
    regions = pd.read_csv(run.results / "cohort/regions.tsv", sep="\t")
    assert (regions["in_field"] == "not known").all()


def test_real_patients_are_not_called_simulated(run):
    assert "imulated" not in (run.results / "tables/table2.md").read_text(encoding="utf-8")
