"""One right patient (planning MRI, both contours, dose) and what must come of it however its files are written."""

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from scipy import ndimage

from dicom_files import grid, points_of
from npcradiomics.cohort import sources
from npcradiomics.dicom.reading import read_dose_in, read_series, read_structure
from npcradiomics.dicom.writer import write_mr_series, write_rtdose, write_rtstruct
from npcradiomics.features.extraction import extract
from npcradiomics.images.volumes import read_image, read_mask, voxel_volume_cm3
from npcradiomics.refusal import Refusal
from npcradiomics.regions.isodose import isodose95
from npcradiomics.regions.recurrence import derive_regions

# Sizes that 32-bit headers hold exactly.
SIZE, SPACING, CENTRE = (34, 30, 12), (1.125, 1.25, 3.0), (4.0, -9.0, 12.0)
PRESCRIPTION_GY = 66.5


@dataclass(frozen=True)
class Patient:
    """Images in memory: planning (int16), gtv and gtvr (uint8, its grid), dose (float32, its own grid, gray)."""

    planning: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    dose: sitk.Image

    def placed(self, direction, centre=CENTRE):
        """The patient turned as a whole: the same voxels elsewhere."""
        turn = sitk.AffineTransform(3)
        turn.SetMatrix(np.asarray(direction, float).ravel())
        moved = []
        for image in (self.planning, self.gtv, self.gtvr, self.dose):
            copy = sitk.Image(image)
            axes = np.asarray(direction, float).reshape(3, 3)
            copy.SetDirection((axes @ np.array(image.GetDirection()).reshape(3, 3)).ravel())
            copy.SetOrigin(axes @ (np.array(image.GetOrigin()) - CENTRE) + centre)
            moved.append(copy)
        return Patient(*moved)

    def stored(self, order=(0, 1, 2), flips=(False, False, False)):
        """The same patient with the axes of the arrays in another order or direction."""
        masks_too = (self.planning, self.gtv, self.gtvr)
        return Patient(
            *(sitk.Flip(sitk.PermuteAxes(i, order), flips) for i in masks_too), self.dose
        )


def right_patient() -> Patient:
    """A textured head of 34 x 30 x 12 voxels with a tumour of 9.5 cm3; most of its recurrence is in field."""
    planning = grid(SIZE, SPACING, CENTRE)
    rng = np.random.default_rng(16)
    texture = ndimage.gaussian_filter(rng.normal(size=SIZE[::-1]), (0.6, 1.0, 1.0))
    points = points_of(planning) - CENTRE
    values = (500 + 900 * texture - 6 * points[..., 0] + 3 * points[..., 2]).astype(np.int16)
    gtv = ((points / (12.0, 11.0, 13.0)) ** 2).sum(-1) <= 1
    gtvr = (((points - (3.0, 1.0, -3.0)) / (7.0, 6.0, 7.0)) ** 2).sum(-1) <= 1
    dose = grid((26, 24, 18), (2.5, 2.5, 2.5), np.add(CENTRE, (1.0, 2.0, -1.0)))
    far = (((points_of(dose) - np.add(CENTRE, (-1.0, 0.0, 0.0))) / (30.0, 31.0, 29.0)) ** 2).sum(-1)
    gray = (66.0 * np.exp(-(far**1.5))).astype(np.float32)
    return Patient(
        _like(values, planning),
        _like(gtv.astype(np.uint8), planning),
        _like(gtvr.astype(np.uint8), planning),
        _like(gray, dose),
    )


def _like(array, place):
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(place)
    return image


def read(row: dict) -> Patient:
    """The patient as the import reads the cells of a row of the patients table."""
    geometry, series = row.get("nifti_geometry"), row.get("planning_series")
    if sources.is_dicom(row["planning_mri"]):
        planning = read_series(sources.split(row["planning_mri"])[0], series)
    else:
        planning = read_image(row["planning_mri"], geometry)
    masks = []
    for column in ("gtv", "gtvr"):
        if sources.is_dicom(row[column]):
            masks.append(read_structure(*sources.split(row[column]), planning))
        else:
            masks.append(read_mask(row[column], planning, row["planning_mri"], geometry))
    if sources.is_dicom(row["dose"]):
        dose = read_dose_in([row["dose"]], planning)
    else:
        dose = read_image(row["dose"], geometry)
    return Patient(planning, *masks, dose)


_KNOWN = {}


def results(patient: Patient) -> dict:
    """Volumes (cm3), share of the recurrence in field, and the 47 features of both regions."""
    planning = sitk.GetArrayFromImage(patient.planning)
    gtv, gtvr = (sitk.GetArrayFromImage(m) > 0 for m in (patient.gtv, patient.gtvr))
    covered = sitk.GetArrayFromImage(isodose95(patient.dose, PRESCRIPTION_GY, patient.planning)) > 0
    regions = derive_regions(gtv, gtvr, voxel_volume_cm3(patient.planning), covered)
    found = {
        f"{name}_cm3": regions.report[f"{name}_cm3"] for name in ("recurrent", "non_recurrent")
    }
    found["in_field_fraction"] = regions.report["in_field_fraction"]
    # Extraction sees arrays alone: the same ones are not extracted twice.
    key = planning.astype(float).tobytes() + gtv.tobytes() + gtvr.tobytes(), planning.shape
    if key not in _KNOWN:
        _KNOWN[key] = {
            f"{region} {name}": value
            for region in ("recurrent", "non_recurrent")
            for name, value in extract(planning, regions.masks[region]).features.items()
        }
    return found | _KNOWN[key]


def write_volumes(patient: Patient, folder: Path, ending=".nii.gz", write=None) -> dict:
    """Write the four images with this ending; returns the row of the patients table."""
    folder.mkdir(parents=True, exist_ok=True)
    row = {}
    for column, name in (
        ("planning_mri", "planning"),
        ("gtv", "gtv"),
        ("gtvr", "gtvr"),
        ("dose", "dose"),
    ):
        path = folder / f"{column}{ending}"
        (write or (lambda image, path: sitk.WriteImage(image, str(path), ending != ".nii")))(
            getattr(patient, name), path
        )
        row[column] = str(path)
    return row


def nifti(image, path, kind=nibabel.Nifti1Image, order="<", forms=(1, 1), shape=(), scale=None):
    """Write by nibabel: sform and qform codes, byte order, further axes of length 1, scaling."""
    array = sitk.GetArrayFromImage(image).T
    axes = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine = np.diag([-1.0, -1, 1, 1]) @ np.block(
        [[axes, np.array([image.GetOrigin()]).T], [0, 0, 0, 1]]
    )
    header = kind.header_class(endianness=order)
    header.set_data_dtype(array.dtype)
    volume = kind(array.reshape(array.shape + shape), affine, header)
    volume.set_sform(affine if forms[0] else None, forms[0])
    volume.set_qform(affine if forms[1] else None, forms[1])
    nibabel.save(volume, path)
    if scale:
        edit_header(path, lambda data: struct.pack_into("<2f", data, 112, *scale))


def edit_header(path, edit):
    data = bytearray(Path(path).read_bytes())
    edit(data)
    Path(path).write_bytes(bytes(data))


def dicom(patient, folder):
    """The patient as a planning system exports it; returns the row."""
    source = write_mr_series(patient.planning, folder / "mr", "P1", "planning")
    write_rtstruct({"GTV": patient.gtv, "GTVr": patient.gtvr}, folder / "rs.dcm", "P1", source)
    write_rtdose(patient.dose, folder / "rd.dcm", "P1", source)
    rs = folder / "rs.dcm"
    return {
        "planning_mri": f"{folder}/mr",
        "gtv": f"{rs}#GTV",
        "gtvr": f"{rs}#GTVr",
        "dose": f"{folder}/rd.dcm",
    }


def slices(folder):
    return sorted((folder / "mr").iterdir())


def one_multi_frame_file(folder):
    """Enhanced MR: position and orientation per frame, frames in an order of their own."""
    datasets = [pydicom.dcmread(path) for path in slices(folder)]
    datasets = datasets[5:] + datasets[4::-1]
    whole, shared = datasets[0].copy(), pydicom.Dataset()
    whole.SOPClassUID = whole.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    whole.NumberOfFrames = len(datasets)
    whole.PixelData = b"".join(d.PixelData for d in datasets)
    shared.PixelMeasuresSequence = [pydicom.Dataset()]
    shared.PixelMeasuresSequence[0].PixelSpacing = whole.PixelSpacing
    whole.SharedFunctionalGroupsSequence, whole.PerFrameFunctionalGroupsSequence = [shared], []
    for dataset in datasets:
        group, position, orientation = (pydicom.Dataset() for _ in range(3))
        position.ImagePositionPatient = dataset.ImagePositionPatient
        orientation.ImageOrientationPatient = dataset.ImageOrientationPatient
        group.PlanePositionSequence, group.PlaneOrientationSequence = [position], [orientation]
        whole.PerFrameFunctionalGroupsSequence.append(group)
    shutil.rmtree(folder / "mr")
    (folder / "mr").mkdir()
    whole.save_as(folder / "mr/enhanced.dcm")


def contours_of(folder, edit):
    path = folder / "rs.dcm"
    dataset = pydicom.dcmread(path)
    for roi in dataset.ROIContourSequence:
        drawn = list(roi.ContourSequence)
        roi.ContourSequence = [*drawn, *edit(drawn)]
    dataset.save_as(path)


def refused(row, words) -> str:
    """Reading the row is refused in one line with these words; returns what is wrong."""
    with pytest.raises(Refusal) as found:
        read(row)
    message, wrong = str(found.value), found.value.wrong
    assert words in message, message
    assert any(str(Path(value.split("#")[0]).parent) in wrong for value in row.values()), wrong
    assert len(found.value.todo.split()) > 1 and message.endswith(found.value.todo)
    assert "\n" not in message and "Traceback" not in message
    return wrong
