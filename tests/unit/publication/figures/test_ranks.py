"""Figure 7 against its table: what is drawn is read back from the artists, never from pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh

from figure_on_paper import check_print
from npcradiomics.features.definitions import FEATURES
from npcradiomics.publication.figures.ranks import plot_ranks
from npcradiomics.publication.notices import SIMULATED_NOTE
from npcradiomics.spatial_null.verdict import GEOMETRY, OPEN, TEXTURE

VERDICTS = dict.fromkeys(FEATURES, OPEN) | {"Intensity_Mean": TEXTURE, "Intensity_MAD": GEOMETRY}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def ranks(n):
    """Random ranks of n patients, (feature, patient); the first is undefined."""
    values = np.random.default_rng(2).uniform(size=(len(FEATURES), n))
    values[0, 0] = np.nan
    wide = pd.DataFrame(values, index=list(FEATURES), columns=[f"P{k:03d}" for k in range(n)])
    return wide.rename_axis(index="feature", columns="patient")


def tidy(wide):
    return wide.reset_index().melt("feature", var_name="patient", value_name="rank")


def drawn(figure):
    axis = max(figure.axes, key=lambda axis: len(axis.get_yticklabels()))
    mesh = next(c for c in axis.collections if isinstance(c, QuadMesh))
    names = [label.get_text() for label in axis.get_yticklabels()]
    return mesh.get_array(), names, [label.get_text() for label in axis.get_xticklabels()]


@pytest.mark.parametrize("n", [1, 4, 14, 60])
def test_ranks_are_the_colours_of_the_cells(n):
    wide = ranks(n)
    table = tidy(wide)
    figure = plot_ranks(table, VERDICTS, SIMULATED_NOTE)
    values, names, patients = drawn(figure)
    np.testing.assert_array_equal(values.filled(np.nan), wide)
    assert names[:5] == ["Intensity_Mean (T)", *FEATURES[1:4], "Intensity_MAD (S)"]
    assert patients == [str(k) for k in range(n)]
    check_print(figure)


def test_above_sixty_patients_columns_stand_in_clusters():
    # Two kinds of patients in turn, and two kinds of features: four blocks of one colour.
    wide = ranks(80).fillna(0.5) * 0.1
    wide.iloc[::2, ::2] += 0.9
    wide.iloc[1::2, 1::2] += 0.9
    table = tidy(wide)
    figure = plot_ranks(table, VERDICTS, SIMULATED_NOTE)
    values, names, patients = drawn(figure)
    assert not any(patients)
    names = [name.split(" (")[0] for name in names]
    assert sorted(names) == sorted(FEATURES)
    # Each row has its feature's ranks, in one order of the patients for all rows.
    kinds = [FEATURES.index(name) % 2 for name in names]
    assert kinds in ([0] * 24 + [1] * 23, [1] * 23 + [0] * 24)
    for name, row in zip(names, values, strict=True):
        np.testing.assert_array_equal(np.sort(row), np.sort(wide.loc[name]))
    high = values > 0.5
    assert len({tuple(row) for row in high}) == 2
    assert (np.diff(high.astype(int), axis=1) != 0).sum(axis=1).tolist() == [1] * 47
    check_print(figure)
