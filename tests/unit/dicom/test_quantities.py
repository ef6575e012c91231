"""Unit and slope of an image, from wherever the header says them."""

import pydicom
import pytest

from npcradiomics.dicom.quantities import quantity_of


def dataset(**attributes):
    made = pydicom.Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def mapping(unit):
    units = pydicom.Sequence([dataset(CodeValue=unit)])
    return pydicom.Sequence([dataset(MeasurementUnitsCodeSequence=units)])


def rescaled(**attributes):
    return pydicom.Sequence([dataset(**attributes)])


@pytest.mark.parametrize(
    ("header", "unit", "slope"),
    [
        ({"Modality": "MR"}, "", None),
        ({"Modality": "CT", "RescaleSlope": "1"}, "HU", 1.0),
        ({"Modality": "MR", "RescaleSlope": "2.5", "RescaleType": "US"}, "", 2.5),
        ({"Modality": "MR", "RescaleSlope": "0.001", "RescaleType": "mm2/s"}, "mm2/s", 0.001),
        ({"Modality": "MR", "RescaleType": "Zaubermann"}, "", None),  # nobody's name is a unit
        ({"Modality": "MR", "RescaleType": "48151623 mm"}, "", None),
        ({"Modality": "MR", "RealWorldValueMappingSequence": mapping("um2/s")}, "um2/s", None),
        (
            {
                "Modality": "MR",
                "SharedFunctionalGroupsSequence": rescaled(
                    PixelValueTransformationSequence=rescaled(RescaleSlope="3", RescaleType="US"),
                    RealWorldValueMappingSequence=mapping("10-6mm2/s"),
                ),
            },
            "10-6mm2/s",
            3.0,
        ),
    ],
)
def test_unit_and_slope(header, unit, slope):
    assert quantity_of(dataset(**header), "x.dcm") == {
        "unit": unit,
        "slope": slope,
        "philips_slope": None,
    }


def test_philips_scale_slope():
    made = dataset(Modality="MR", RescaleSlope="2.5")
    made.add_new((0x2005, 0x100E), "FL", 0.25)
    assert quantity_of(made, "x.dcm")["philips_slope"] == 0.25
