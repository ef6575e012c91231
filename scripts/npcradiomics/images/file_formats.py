"""What a file is by its content, whatever its name says."""

import gzip
import struct
import zlib
from pathlib import Path

from npcradiomics.refusal import Refusal

NIFTI, NIFTI_PAIR, NRRD, META, DICOM = "NIfTI", "NIfTI pair", "NRRD", "MetaImage", "DICOM"
# What is recognised only to be named, and what to do with it.
FOREIGN = {
    "an Analyze 7.5 volume": "it does not say where left is: convert it to NIfTI with a program that knows",
    "a NIfTI-2 volume": "write it as NIfTI-1",
    "a FreeSurfer volume": "convert it to NIfTI: mri_convert volume.mgz volume.nii.gz",
    "a MINC or HDF5 volume": "convert it to NIfTI, MINC by mnc2nii",
    "an MRtrix volume": "convert it to NIfTI: mrconvert volume.mif volume.nii.gz",
    "an archive": "unpack it and give the folder or file in it",
    "a picture or a document": "give the images themselves, as DICOM or NIfTI",
    "a numpy array": "it does not say where voxels lie: write it as NIfTI",
    "an empty file": "copy or export it again",
}
_MAGIC = {
    b"NRRD": NRRD,
    b"\x89HDF": "a MINC or HDF5 volume",
    b"CDF": "a MINC or HDF5 volume",
    b"mrtrix": "an MRtrix volume",
    b"PK\3\4": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"BZh": "an archive",
    b"\xfd7zXZ": "an archive",
    b"Rar!": "an archive",
    b"\x89PNG": "a picture or a document",
    b"\xff\xd8\xff": "a picture or a document",
    b"%PDF": "a picture or a document",
    b"II*\0": "a picture or a document",
    b"MM\0*": "a picture or a document",
    b"\x93NUMPY": "a numpy array",
}
_HEAD = 352


def recognised(path: str | Path) -> str:
    """One of NIFTI, NIFTI_PAIR, NRRD, META, DICOM, a key of FOREIGN, or "" where nothing is recognised."""
    with open(path, "rb") as file:
        start = file.read(_HEAD)
    if start[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as file:
                start = file.read(_HEAD)
        except (OSError, EOFError, zlib.error):
            return ""
        if start[:4] == b"\0\0\0\1":
            return "a FreeSurfer volume"
        if start[257:262] == b"ustar":
            return "an archive"
    if not start:
        return "an empty file"
    if start[128:132] == b"DICM" or start[:2] == b"\x08\x00":
        return DICOM
    if start[257:262] == b"ustar":
        return "an archive"
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    if start[:4] in (struct.pack("<i", 540), struct.pack(">i", 540)):
        return "a NIfTI-2 volume"
    if start[:4] in (struct.pack("<i", 348), struct.pack(">i", 348)):
        return {b"n+1": NIFTI, b"ni1": NIFTI_PAIR}.get(start[344:347], "an Analyze 7.5 volume")
    if start[:4] == b"\0\0\0\1" and len(start) >= 28:
        return "a FreeSurfer volume"
    if b"ObjectType" in start or b"NDims" in start:
        return META
    return ""


def refuse_foreign(path: str | Path, kind: str) -> None:
    """Raise Refusal where `kind` is a format that is not read, named for what it is."""
    if kind in FOREIGN:
        raise Refusal(
            f"{path}: cannot be read: this is {kind} ({Path(path).stat().st_size} bytes)",
            FOREIGN[kind],
        )
