"""Classes and types by their published definitions."""

import pytest

from npcradiomics.dose.failure import Target, failure_class, failure_type


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, "in field"),
        (0.95, "in field"),
        (0.9499, "marginal"),
        (0.20, "marginal"),
        (0.1999, "outside"),
        (0.0, "outside"),
    ],
)
def test_class_by_the_share_in_the_isodose(share, expected):
    assert failure_class(share) == expected


def test_limits_of_the_classes_are_the_users():
    assert failure_class(0.92, in_field=0.9) == "in field"
    assert failure_class(0.30, marginal=0.5) == "outside"


@pytest.mark.parametrize(
    ("holding", "d95_gy", "expected"),
    [
        ("CTV70 CTV60 CTV54", 66.5, ("A", "CTV70")),  # 95 % of 70 is 66.5
        ("CTV70 CTV60 CTV54", 66.4, ("B", "CTV70")),
        ("CTV70", 10.0, ("B", "CTV70")),
        ("CTV60 CTV54", 57.0, ("C", "CTV60")),
        ("CTV60 CTV54", 56.9, ("D", "CTV60")),
        ("CTV54", 51.3, ("C", "CTV54")),
        ("CTV54", 51.2, ("D", "CTV54")),
        ("", 70.0, ("E", "")),
    ],
)
def test_type_by_the_centroids_target_and_d95(holding, d95_gy, expected):
    prescriptions = {"CTV54": 54.0, "CTV70": 70.0, "CTV60": 60.0}
    targets = [Target(n, gray, n in holding.split()) for n, gray in prescriptions.items()]
    assert failure_type(targets, d95_gy) == expected
