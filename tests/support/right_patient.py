"""What must come of the one right patient in any form, and places and folders he is put in."""

import pytest

from dicom_files import tilted
from one_patient import read, results, right_patient

PATIENT = right_patient()
RIGHT = results(PATIENT)
PLACES = {
    "prone": (-1, 0, 0, 0, -1, 0, 0, 0, 1),
    "feet first": (-1, 0, 0, 0, 1, 0, 0, 0, -1),
    "on the side": (0, 1, 0, -1, 0, 0, 0, 0, 1),
    "oblique": tilted(17),
    "oblique, axes changed": tilted(140, (1, 2, 3)),
}
FOLDERS = ["P#04", "P{02}", "My Study", "Größe", "a[1]*", "it's"]


def require_right(row, exact=True):
    found = results(read(row))
    if exact:
        for name, value in RIGHT.items():
            # A volume holds the spacing, and positions in DICOM have at most 16 letters.
            assert found[name] == value or name.endswith("_cm3"), (name, found[name])
    assert found.keys() == RIGHT.keys()
    for name, value in RIGHT.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (name, found[name])
