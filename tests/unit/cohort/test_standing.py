"""Where a patient stands: every way out, and which is named where there are two."""

import pytest

from npcradiomics.cohort.standing import standing

EXCLUDED = {"rule": "exclude", "reason": "exclude: stage == 'T4' (stage = T4)"}
REJECTED = {"rule": "registration", "reason": "registration rejected by a person: other scan"}
FAILED = {"rule": "extract_features", "reason": "recurrent region has 7 voxels"}


@pytest.mark.parametrize(
    ("refusal", "review", "out", "fraction", "expected"),
    [
        ("", "", None, 0.95, ("in", "")),
        ("", "", None, None, ("in", "")),
        ("", "accept", None, 1.0, ("in", "registration accepted by a person: note")),
        ("", "reject", REJECTED, 1.0, ("rejected", "note")),
        ("", "reject", EXCLUDED, 1.0, ("excluded", "stage == 'T4' (stage = T4)")),
        ("3 mm", "", None, 0.1, ("refused", "3 mm")),
        ("3 mm", "", FAILED, 1.0, ("refused", "3 mm")),
        ("3 mm", "", EXCLUDED, 1.0, ("excluded", "stage == 'T4' (stage = T4)")),
        ("", "", FAILED, 0.1, ("failed", "extract_features: recurrent region has 7 voxels")),
        (
            *("", "accept", None, 0.084),
            (
                "not in field",
                "8.4 % of GTVr's voxels inside the 95 % isodose, at least 95 % needed",
            ),
        ),
    ],
)
def test_state_and_reason(refusal, review, out, fraction, expected):
    assert standing(refusal, review, "note", out, fraction, 0.95) == expected
