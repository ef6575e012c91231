"""One right patient as volumes in every legal way: the same volumes, share in field, 47 features.

Where the voxels keep their order, everything is the same bit for bit; elsewhere sums run in another
order (1e-9). docs/files.md has the matrix.
"""

import itertools
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from one_patient import edit_header, nifti, read, results, write_volumes
from right_patient import FOLDERS, PATIENT, PLACES, require_right, right_results

ORDERS = list(
    itertools.product(itertools.permutations(range(3)), itertools.product((False, True), repeat=3))
)


def test_the_patient_is_worth_it():
    right = right_results()
    assert 0.5 < right["in_field_fraction"] < 0.95
    assert right["recurrent_cm3"] > 1 and len(right) == 3 + 2 * 47


@pytest.mark.parametrize(("order", "flips"), ORDERS)
def test_any_order_and_direction_of_the_axes(tmp_path, order, flips):
    row = write_volumes(PATIENT.stored(order, flips), tmp_path)
    require_right(row, exact=order == (0, 1, 2) and not any(flips))


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd", ".hdr"])
def test_any_format(tmp_path, ending):
    require_right(write_volumes(PATIENT, tmp_path, ending))


@pytest.mark.parametrize("place", PLACES)
def test_any_place_of_the_patient(tmp_path, place):
    require_right(write_volumes(PATIENT.placed(PLACES[place]), tmp_path))


@pytest.mark.parametrize("kind", ["int32", "float32", "float64"])
def test_any_type_of_number(tmp_path, kind):
    pixel = {"int32": sitk.sitkInt32, "float32": sitk.sitkFloat32, "float64": sitk.sitkFloat64}[
        kind
    ]

    def write(image, path):
        stays = image.GetPixelID() == sitk.sitkFloat32  # the dose
        sitk.WriteImage(image if stays else sitk.Cast(image, pixel), str(path))

    require_right(write_volumes(PATIENT, tmp_path, write=write))


@pytest.mark.parametrize(
    "how",
    [
        {"forms": (2, 0)},
        {"forms": (0, 1)},
        {"forms": (1, 4)},
        {"order": ">"},
        {"shape": (1,)},
        {"shape": (1, 1)},
        {"scale": (1.0, 0.0)},
        {"scale": (0.0, 0.0)},
        {"scale": (np.nan, np.nan)},
    ],
)
def test_any_sound_nifti_header(tmp_path, how):
    require_right(
        write_volumes(PATIENT, tmp_path, ".nii", lambda image, path: nifti(image, path, **how))
    )


def test_scaled_values_and_labels(tmp_path):
    # Stored as half, offset by 3: twice the stored value, less 6 (all values even); a mask as 255
    # by 1/255.
    even = sitk.Cast(PATIENT.planning / 2, sitk.sitkInt16) * 2
    expected = results(type(PATIENT)(even, PATIENT.gtv, PATIENT.gtvr, PATIENT.dose))
    row = write_volumes(PATIENT, tmp_path, ".nii", nifti)
    nifti(sitk.Cast(even / 2 + 3, sitk.sitkInt16), row["planning_mri"], scale=(2.0, -6.0))
    nifti(PATIENT.gtv * 255, row["gtv"], scale=(1 / 255, 0.0))
    nifti(PATIENT.gtvr * 7, row["gtvr"])
    assert results(read(row)) == expected


@pytest.mark.parametrize("chosen", ["sform", "qform"])
def test_a_header_of_two_truths_with_a_person_s_choice(tmp_path, chosen):
    row = write_volumes(PATIENT, tmp_path, ".nii", nifti)
    for path in row.values():  # the other form 40 mm off
        place = {"sform": 268, "qform": 280 + 12}[chosen]

        def shift(data, place=place):
            (x,) = struct.unpack_from("<f", data, place)
            struct.pack_into("<f", data, place, x + 40)

        edit_header(path, shift)
    with pytest.raises(ValueError, match="choose by nifti_geometry"):
        read(row)
    require_right(row | {"nifti_geometry": chosen}, exact=False)


@pytest.mark.parametrize("ending", [".NII", ".Nii.Gz", ".NII.GZ"])
def test_any_case_of_the_ending(tmp_path, ending):
    row = write_volumes(PATIENT, tmp_path, ".nii.gz" if "g" in ending.casefold() else ".nii")
    renamed = {name: Path(path).with_name(name + ending) for name, path in row.items()}
    for name, path in row.items():
        Path(path).rename(renamed[name])
    require_right({name: str(path) for name, path in renamed.items()})


def test_formats_mixed_in_one_row(tmp_path):
    rows = {
        e: write_volumes(PATIENT, tmp_path / e[1:], e) for e in (".nrrd", ".mha", ".nii", ".nii.gz")
    }
    require_right({name: rows[e][name] for name, e in zip(rows[".nii"], rows, strict=True)})


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_as_people_have_them(tmp_path, name):
    require_right(write_volumes(PATIENT, tmp_path / name))
