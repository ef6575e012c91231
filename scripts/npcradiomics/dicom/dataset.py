"""One DICOM file: opened with limits, and every fault of it said without a word of what stands inside.

Messages hold file names, positions and counts, never a value of a text attribute: a name, a birth
date or a UID may stand anywhere in a damaged file. pydicom is imported where it is used, because
most jobs never meet a DICOM file.
"""

import contextlib
import hashlib
import io
import logging
import re
import warnings
from pathlib import Path

import numpy as np

from npcradiomics.images.file_formats import DICOM, FOREIGN, recognised
from npcradiomics.refusal import Refusal

MAX_FILE_BYTES = 1_500_000_000
DEFLATED = "1.2.840.10008.1.2.1.99"
DIRECTORY = "1.2.840.10008.1.3.10"
UID = re.compile(r"\d+(\.\d+){4,}")


EXPORT_AGAIN = "export it again from the system it comes from"


class DicomError(Refusal):
    """What is wrong with a DICOM file and what to do, in words that identify nobody."""

    def __init__(self, wrong, todo=EXPORT_AGAIN):
        super().__init__(without_uids(wrong), without_uids(todo))


def without_uids(words):
    """The words with what looks like a UID cut to its end: Eclipse calls a slice MR.<UID>.dcm."""
    return UID.sub(lambda found: f"...{found[0][-6:]}", words)


class BoundedFile(io.BufferedReader):
    """A file that is asked for no more bytes than it has: a wrong length would otherwise reserve up to 4 GB."""

    def __init__(self, raw):
        super().__init__(raw)
        self._size = raw.seek(0, io.SEEK_END)
        raw.seek(0)

    def read(self, size=-1):
        left = max(self._size - self.tell(), 0)
        return super().read(left if size is None or size < 0 else min(size, left))


@contextlib.contextmanager
def guarded(path):
    """Turn whatever pydicom raises on a damaged file into one DicomError that names the file and nothing of its content.

    pydicom also prints offending values as warnings and log lines; they are silenced here.
    """
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DicomError:
        raise
    # Damaged bytes raise nearly anything: struct.error, KeyError, MemoryError, RecursionError, ...
    except Exception as error:
        name = type(error).__name__
        raise DicomError(
            f"{path}: cannot be read as DICOM (truncated, damaged or not DICOM",
            f"{name})",
        ) from None
    finally:
        logger.setLevel(level)


def open_dataset(path, pixels=True, tags=None):
    """The pydicom dataset of a file; pixels=False stops before the pixel data, tags limits what is kept.

    Raises DicomError: no such file, not DICOM, damaged, larger than 1.5 GB, deflated.
    """
    import pydicom

    path = Path(path)
    if path.is_dir():
        raise DicomError(
            f"{path}: a folder, one DICOM file is needed here",
            "give the file in it that is meant",
        )
    if not path.is_file():
        raise DicomError(
            f"{path}: no such file",
            "correct the path in the patients table",
        )
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise DicomError(
            f"{path}: {size / 1000000000.0:.1f} GB, at most "
            f"{MAX_FILE_BYTES / 1000000000.0:.1f} GB are read",
            "export it as a file per slice",
        )
    kind = recognised(path)
    if kind != DICOM:
        todo = FOREIGN.get(
            kind,
            f"give it the ending of {kind}"
            if kind
            else "give the folder of a series, or the right file",
        )
        raise DicomError(
            f"{path}: not a DICOM file but {kind or 'nothing that is known'} ({size} bytes)", todo
        )
    with guarded(path), BoundedFile(io.FileIO(path)) as source:
        dataset = pydicom.dcmread(
            source, stop_before_pixels=not pixels, force=True, specific_tags=tags
        )
        if str(dataset.file_meta.get("TransferSyntaxUID", "")) == DEFLATED:
            raise DicomError(
                f"{path}: deflated transfer syntax is not read",
                "export it uncompressed",
            )
        if len(dataset) == 0:
            raise DicomError(f"{path}: no DICOM attributes in the file ({size} bytes)")
    return dataset


def state_of_files(paths):
    """Letters that change when a file is added, replaced or removed;

    the names cannot be read from them. "" for none.
    """
    stats = [(str(path), Path(path).stat()) for path in sorted(paths)]
    known = "".join(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n" for path, stat in stats)
    return hashlib.sha256(known.encode()).hexdigest()[:16] if stats else ""


def looks_like_dicom(path):
    """Whether the file has the DICOM mark, or starts with group 0008 as files without preamble do."""
    return recognised(path) == DICOM


def number(dataset, keyword, path, default=None):
    """The attribute as a finite float;

    DicomError where it is absent (without default) or no number.
    """
    return float(numbers(dataset, keyword, 1, path, None if default is None else [default])[0])


def numbers(dataset, keyword, count, path, default=None):
    """The attribute as `count` finite floats;

    DicomError where it is absent (without default) or not that.
    """
    with guarded(path):
        value = dataset.get(keyword)
        if value is None or value == "":
            value = default
        if value is None:
            raise DicomError(f"{path}: {keyword} is missing")
        values = np.atleast_1d(np.array(value, dtype=float))
    if values.shape != (count,) or not np.isfinite(values).all():
        raise DicomError(
            f"{path}: {keyword} has {values.size} values or one that is not finite, {count} numbers needed"
        )
    return values


def whole(dataset, keyword, path, default=None):
    """The attribute as an int of at least 0; DicomError otherwise."""
    value = number(dataset, keyword, path, default)
    if value < 0 or value != int(value):
        raise DicomError(f"{path}: {keyword} is {value:g}, a whole number >= 0 is needed")
    return int(value)


def text(dataset, keyword, path):
    """The attribute as text, "" where it is absent."""
    with guarded(path):
        value = dataset.get(keyword)
        return "" if value is None else str(value).strip()


def items(dataset, keyword, path):
    """The items of a sequence, [] where it is absent or empty;

    DicomError where it is no sequence.
    """
    with guarded(path):
        value = dataset.get(keyword)
        if value is None:
            return []
        if isinstance(value, str | bytes | int | float):
            raise DicomError(f"{path}: {keyword} is no sequence")
        return list(value)


def code(uid):
    """Twelve letters that stand for a UID in results: equal for equal UIDs, the UID cannot be read from them."""
    return hashlib.sha256(f"npcradiomics {uid}".encode()).hexdigest()[:12] if uid else ""
