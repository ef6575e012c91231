"""What must come of the one right patient in any form, and places and folders he is put in."""

from functools import cache

import pytest

from dicom_files import tilted
from one_patient import read, results, right_patient

PATIENT = right_patient()
PLACES = {
    "prone": (-1, 0, 0, 0, -1, 0, 0, 0, 1),
    "feet first": (-1, 0, 0, 0, 1, 0, 0, 0, -1),
    "on the side": (0, 1, 0, -1, 0, 0, 0, 0, 1),
    "oblique": tilted(17),
    "oblique, axes changed": tilted(140, (1, 2, 3)),
}
FOLDERS = ["P#04", "P{02}", "My Study", "Größe", "a[1]*", "it's"]


@cache
def right_results():
    """Of the patient in memory; features are measured when first asked for, not when tests are collected."""
    return results(PATIENT)


def require_right(row, exact=True):
    found, right = results(read(row)), right_results()
    if exact:
        for name, value in right.items():
            # A volume holds the spacing, and positions in DICOM have at most 16 letters.
            assert found[name] == value or name.endswith("_cm3"), (name, found[name])
    assert found.keys() == right.keys()
    for name, value in right.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, found[name])
