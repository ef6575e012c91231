"""Two patients are never one file: by path, by link, by content, by voxels."""

import shutil

import numpy as np
import pytest

from npcradiomics.cohort.same_files import refuse_same_files, refuse_same_images, voxels_sha256

COLUMNS, IMAGES = ["planning_mri", "recurrence_mri", "gtv"], ["planning_mri", "recurrence_mri"]


@pytest.fixture
def patients(tmp_path):
    rng, found = np.random.default_rng(0), {}
    for patient in "ABC":
        found[patient] = {name: str(tmp_path / f"{patient}_{name}.nii") for name in COLUMNS}
        for path in found[patient].values():  # all of one size, as uncompressed volumes are
            with open(path, "wb") as file:
                file.write(rng.bytes(300_000))
    return found


def test_different_files_pass(patients):
    refuse_same_files(patients, COLUMNS, IMAGES)
    refuse_same_files({"A": {"gtv": "nowhere"}, "B": {"gtv": "neither"}}, COLUMNS, IMAGES)


def same_path(patients, folder):
    patients["B"]["gtv"] = patients["C"]["gtv"]


def roundabout(patients, folder):
    patients["B"]["gtv"] = str(folder / "x/../C_gtv.nii")
    (folder / "x").mkdir()


def link(patients, folder):
    (folder / "link.nii").symlink_to(patients["C"]["gtv"])
    patients["B"]["gtv"] = str(folder / "link.nii")


def copy(patients, folder):
    shutil.copy(patients["C"]["gtv"], folder / "other name.nii")
    patients["B"]["gtv"] = str(folder / "other name.nii")


@pytest.mark.parametrize("edit", [same_path, roundabout, link, copy])
def test_one_file_of_two_patients_is_refused_with_both(patients, tmp_path, edit):
    edit(patients, tmp_path)
    with pytest.raises(ValueError, match=r"gtv of B and gtv of C .*delete the copied row"):
        refuse_same_files(patients, COLUMNS, IMAGES)


def test_one_image_for_both_examinations_is_refused_but_one_contour_is_not(patients):
    patients["A"]["recurrence_mri"] = patients["A"]["planning_mri"]
    with pytest.raises(ValueError, match="planning_mri of A and recurrence_mri of A are one file"):
        refuse_same_files(patients, COLUMNS, IMAGES)


def test_one_folder_or_structure_set_holds_several(tmp_path):
    (tmp_path / "s").mkdir()
    rows = {
        "A": {"planning_mri": f"{tmp_path}/s", "planning_series": "#1", "gtv": "rs.dcm#GTV"},
        "B": {"planning_mri": f"{tmp_path}/s", "planning_series": "#2", "gtv": "rs.dcm#GTV2"},
    }
    refuse_same_files(rows, COLUMNS, IMAGES)
    rows["B"]["planning_series"] = "#1"
    with pytest.raises(ValueError, match="planning_mri of A and planning_mri of B are one file"):
        refuse_same_files(rows, COLUMNS, IMAGES)


def test_one_image_saved_in_another_way_has_the_same_voxels():
    image = np.random.default_rng(1).integers(0, 900, (4, 5, 6)).astype(np.int16)
    sums = {
        "A": {"planning": voxels_sha256(image)},
        "B": {"planning": voxels_sha256(image.astype(float))},
    }
    with pytest.raises(ValueError, match="planning of A and planning of B have the same voxels"):
        refuse_same_images(sums)
    image[0, 0, 0] += 1
    refuse_same_images(sums | {"B": {"planning": voxels_sha256(image)}})
