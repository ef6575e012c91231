"""Normalised mutual information in closed form; one thread is given back."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.registration.mutual_information import normalised_mutual_information, one_thread


def test_identical_and_independent():
    values = np.tile(np.arange(4), 100)
    other = np.repeat(np.arange(4), 100)
    assert normalised_mutual_information(values, values, 4) == pytest.approx(2.0)
    assert normalised_mutual_information(values, 3 - values, 4) == pytest.approx(2.0)
    assert normalised_mutual_information(values, other, 4) == pytest.approx(1.0)
    assert normalised_mutual_information(values * 0, other * 0, 4) == 1.0


def test_binary_channel():
    # Two fair bits that agree in 3 of 4 cases: H = log 2 each, joint entropy of (3, 1, 1, 3) / 8.
    first = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    second = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    joint = -2 * (3 / 8 * np.log(3 / 8) + 1 / 8 * np.log(1 / 8))
    assert normalised_mutual_information(first, second, 2) == pytest.approx(2 * np.log(2) / joint)


def test_threads_are_put_back_also_after_an_error():
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    with pytest.raises(KeyError), one_thread():
        assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 1
        raise KeyError
    assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == before
