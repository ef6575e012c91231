"""Pixel data of a DICOM dataset as stored numbers: (frames, rows, columns), before rescaling."""

import tempfile
from pathlib import Path

import numpy as np

from npcradiomics.dicom.dataset import DicomError, guarded, text, whole
from npcradiomics.dicom.decoder import Decoder

# 512 x 512 x 1024: beyond it a header is absurd rather than large, and memory would pass 2 GB.
MAX_VOXELS = 2**28
DECODER = Decoder()
BIG_ENDIAN = "1.2.840.10008.1.2.2"
# What describes the pixels and nothing else: all that a decoder is shown.
PIXEL_MODULE = [
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
]


def stored_values(dataset, path):
    """The stored pixel values, (frames, rows, columns), integers.

    Uncompressed data are read here; compressed ones (JPEG, JPEG-LS, JPEG 2000, RLE) by GDCM, from a
    copy that holds the pixel attributes alone. Raises DicomError: not one grey value per pixel,
    more than 2^28 voxels, too few bytes, not decodable.
    """
    shape = image_shape(dataset, path)
    photometric, samples = (
        text(dataset, "PhotometricInterpretation", path),
        whole(dataset, "SamplesPerPixel", path, 1),
    )
    if samples != 1 or photometric not in ("MONOCHROME2", ""):
        raise DicomError(
            f"{path}: {samples} samples per pixel or not MONOCHROME2; grey images are needed",
            "name the series of grey images in the patients table",
        )
    with guarded(path):
        if "PixelData" not in dataset:
            raise DicomError(f"{path}: no pixel data")
        syntax = dataset.file_meta.get("TransferSyntaxUID")
        compressed = syntax is not None and not syntax.is_private and syntax.is_compressed
        data = None if compressed else bytes(dataset.PixelData)
    if compressed:
        return _decoded(dataset, shape, path)
    return _native(dataset, data, shape, ">" if str(syntax) == BIG_ENDIAN else "<", path)


def image_shape(dataset, path):
    """(frames, rows, columns); DicomError where a count is 0 or their product absurd."""
    shape = (
        whole(dataset, "NumberOfFrames", path, 1),
        whole(dataset, "Rows", path),
        whole(dataset, "Columns", path),
    )
    if min(shape) == 0 or shape[0] * shape[1] * shape[2] > MAX_VOXELS:
        raise DicomError(f"{path}: {'x'.join(map(str, shape))} voxels; 1 to {MAX_VOXELS} are read")
    return shape


def _native(dataset, data, shape, order, path):
    allocated, signed = (
        whole(dataset, "BitsAllocated", path),
        whole(dataset, "PixelRepresentation", path, 0),
    )
    if allocated not in (8, 16, 32):
        raise DicomError(f"{path}: {allocated} bits per pixel; 8, 16 or 32 are read")
    needed = int(np.prod(shape)) * allocated // 8
    if len(data) < needed:
        raise DicomError(f"{path}: {len(data)} bytes of pixels, {needed} needed (truncated)")
    kind = np.dtype(f"{order}{'i' if signed else 'u'}{allocated // 8}")
    values = (
        np.frombuffer(data[:needed], kind).reshape(shape).astype(kind.newbyteorder("="), copy=False)
    )
    stored = whole(dataset, "BitsStored", path, allocated)
    high = whole(dataset, "HighBit", path, stored - 1)
    if not 1 <= stored <= allocated or high >= allocated or high < stored - 1:
        raise DicomError(f"{path}: {stored} bits stored up to bit {high} of {allocated}")
    if stored < allocated:
        # Unused bits may hold an old overlay: push them out; the shift back extends the sign.
        values = (values << (allocated - 1 - high)) >> (allocated - stored)
    return values


def _decoded(dataset, shape, path):
    import pydicom

    with guarded(path), tempfile.TemporaryDirectory(prefix="npcradiomics-") as folder:
        bare = pydicom.Dataset()
        for keyword in PIXEL_MODULE:
            if keyword in dataset:
                bare[keyword] = dataset[keyword]
        bare.SOPClassUID = (
            "1.2.840.10008.5.1.4.1.1.7.3"  # multi-frame grayscale word secondary capture
        )
        bare.SOPInstanceUID = pydicom.uid.generate_uid()
        bare.file_meta = pydicom.dataset.FileMetaDataset()
        bare.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
        copy, array = Path(folder) / "pixels.dcm", Path(folder) / "pixels.npy"
        bare.save_as(copy, enforce_file_format=True)
        fault = DECODER.decode(copy, array)
        if fault:
            raise DicomError(f"{path}: compressed pixels cannot be decoded ({fault})")
        values = np.load(array)
    values = values.reshape((-1, *values.shape[-2:])) if values.ndim in (2, 3) else values
    if values.shape != shape:
        raise DicomError(
            f"{path}: compressed pixels of shape {'x'.join(map(str, values.shape))}, the header says"
            f" {'x'.join(map(str, shape))}"
        )
    return values
