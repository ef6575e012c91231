"""A series as the table names it: by UID, code, number or description.

Its UID goes no further than the table.
"""

import pytest

from npcradiomics.dicom.dataset import code, state_of_files
from npcradiomics.dicom.names import matches, selector
from npcradiomics.dicom.series import Series

UID = "1.2.840.113619.2.55.3"


@pytest.mark.parametrize("wanted", [UID, code(UID), "#4", "T1 fs", "t1FS"])
def test_a_series_is_meant_by_any_of_its_names_also_after_selector(wanted):
    series = Series(UID, "T1 fs", "4", "MR", "", "", "", False)
    assert matches(series, wanted) and matches(series, selector(wanted))
    assert UID not in selector(wanted)
    other = Series(UID + ".1", "T2", "5", "MR", "", "", "", False)
    assert not matches(other, wanted) and not matches(other, selector(wanted))


def test_no_choice_stays_none():
    assert selector(None) is None


def test_state_changes_with_every_change_of_a_file_and_holds_no_name(tmp_path):
    for name in ("MR.1.2.3.dcm", "b.dcm"):
        (tmp_path / name).write_bytes(b"abc")
    first = state_of_files(tmp_path.iterdir())
    assert state_of_files(tmp_path.iterdir()) == first and len(first) == 16
    (tmp_path / "b.dcm").write_bytes(b"abcd")
    longer = state_of_files(tmp_path.iterdir())
    (tmp_path / "c.dcm").write_bytes(b"")
    more = state_of_files(tmp_path.iterdir())
    (tmp_path / "MR.1.2.3.dcm").rename(tmp_path / "MR.1.2.4.dcm")
    assert len({first, longer, more, state_of_files(tmp_path.iterdir())}) == 4
    assert state_of_files([]) == ""
