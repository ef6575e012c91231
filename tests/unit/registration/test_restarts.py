"""A registration that a restart contradicts is done again from the better place; any other is left alone."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images import transforms
from npcradiomics.images.transforms import nearest_rigid
from npcradiomics.registration import restarts
from npcradiomics.registration.restarts import register_and_check
from npcradiomics.registration.rigid import register
from small_head import examinations


@pytest.fixture(scope="module")
def exams():
    return examinations()


def test_a_registration_that_a_restart_confirms_is_that_of_register(exams):
    result, checks = register_and_check(exams.fixed, exams.moving, exams.gtv, exams.gtvr)
    alone = register(exams.fixed, exams.moving, exams.gtv, moving_voi=exams.gtvr)
    assert result == replace(alone, transform=result.transform)
    assert result.transform.GetParameters() == alone.transform.GetParameters()
    assert not result.restarted
    assert checks.verdict == "pass"


def test_a_place_that_is_not_the_best_is_left_for_the_better_one(exams, monkeypatch):
    off = sitk.CompositeTransform(
        [exams.truth, transforms.euler(np.zeros(3), (0.02, 0.0, 0.0), (4.0, 0.0, 3.0))]
    )

    def misled(*images, initial=None, **settings):
        found = register(*images, initial=initial or exams.truth, **settings)
        if initial is not None:
            return found
        return replace(found, transform=nearest_rigid(off, np.array(found.centre_mm)))

    monkeypatch.setattr(restarts, "register", misled)
    how = exams.fixed, exams.moving, exams.gtv, exams.gtvr
    result, checks = register_and_check(*how)
    assert exams.errors_mm(off).mean() > 4.0
    assert exams.errors_mm(result.transform).mean() < 0.5
    assert result.restarted
    assert {start.name for start in result.starts} == {"restart", "restart, as it is"}
    assert checks.verdict == "pass"
    # A start that a person gave is not overruled, and its restart says what is wrong.
    monkeypatch.setattr(restarts, "register", lambda *a, initial=None, **s: misled(*a, **s))
    result, checks = register_and_check(*how, initial=off)
    assert exams.errors_mm(result.transform).mean() > 4.0
    assert checks.verdict == "failed"
