"""Limits in the wrong order and a dose without prescription are refused at the config, a line per fault."""

import pytest

from npcradiomics.cohort.dose_settings import refuse_dose_settings

LIMITS = {"dose": {"in_field": 0.95, "marginal": 0.95}, "patients": "p.tsv"}


def test_what_can_be_measured_passes():
    given = {"A": {"dose": "a.nii.gz", "prescription_gy": "70"}, "B": {"isodose95": "b.nii.gz"}}
    refuse_dose_settings(LIMITS, given | {"C": {"dose": "rtdose.dcm"}})
    refuse_dose_settings(LIMITS | {"prescription_gy": 70}, {"A": {"dose": "a.nii.gz"}})


def test_every_fault_has_a_line():
    wrong = LIMITS | {"dose": {"in_field": 0.95, "marginal": 0.99}}
    with pytest.raises(ValueError, match=r"marginal 0\.99 is above in_field 0\.95") as refused:
        refuse_dose_settings(wrong, {"A": {"dose": "a.nii.gz"}})
    assert str(refused.value).splitlines()[1].startswith("p.tsv: A: dose without prescription_gy;")
