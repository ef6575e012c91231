"""What the numbers of an image mean: their unit, and whether the header says how stored numbers become them."""

import re
from pathlib import Path

from npcradiomics.dicom.dataset import guarded, items, number, text

PHILIPS_SLOPE = (0x2005, 0x100E)
# A header's free text may name a person: a unit is taken from it only if it is made of these.
UNIT = re.compile(
    r"(?!.*\d{4})(?:(?:HU|OD|MGML|PCT|mm|cm|um|m|s|ms|min|ml|mL|g|kg|kBq|Bq|Hz|ppm)(?![A-Za-z])|[0-9./*^+() -])+"
)


def quantity_of(dataset: "pydicom.Dataset", path: Path) -> dict:  # noqa: F821
    """Unit and slope of the first frame of an image file.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Its header.
    path : Path
        For the words of an error.

    Returns
    -------
    dict
        `unit`: of the real-world value mapping, else RescaleType, else HU for CT, "" if none is
        said or what is said is no `UNIT`; `slope`: RescaleSlope, None if there is none (stored numbers are taken as they are);
        `philips_slope`: Philips' private scale slope, None without one.

    References
    ----------
    DICOM PS3.3 C.7.6.16.2.11 (real-world value mapping), C.11.1 (rescale). Chenevert et al., Transl
    Oncol 2014; 7:65-71 (Philips' displayed value is its RescaleSlope x scale slope times the
    physical one).
    """
    holders = [dataset]
    for groups in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        holders += items(dataset, groups, path)[:1]
    rescale, units = [], []
    for holder in holders:
        rescale += items(holder, "PixelValueTransformationSequence", path)[:1]
        for mapping in items(holder, "RealWorldValueMappingSequence", path)[:1]:
            units += items(mapping, "MeasurementUnitsCodeSequence", path)[:1]
    rescale.append(dataset)
    said = [text(found, "CodeValue", path) for found in units]
    said += [text(found, "RescaleType", path) for found in rescale]
    unit = next(filter(UNIT.fullmatch, said), "")
    if not unit and text(dataset, "Modality", path) == "CT":
        unit = "HU"
    slopes = [number(found, "RescaleSlope", path) for found in rescale if "RescaleSlope" in found]
    with guarded(path):
        private = dataset.get(PHILIPS_SLOPE)
        philips = float(private.value) if private is not None and private.value else None
    return {"unit": unit, "slope": slopes[0] if slopes else None, "philips_slope": philips}
