import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest

import placements_example
from npcradiomics.publication.figures.placements import plot_placements
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.style import SMALL_TYPE, TYPE
from placements_example import image_of, regions

SHAPE = (9, 30, 40)
Z, Y, X = np.indices(SHAPE)
GTV, _ = regions(SHAPE)


@pytest.fixture(scope="module")
def draws():
    return placements_example.draws(SHAPE)


def pictured(draws, direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    values = 10 * Z + X
    return plot_placements(
        image_of(values, direction), image_of(GTV, direction), draws, simulated=True
    )


def test_columns_are_the_region_and_six_draws_on_the_same_slices(draws):
    figure = pictured(draws)
    axes = np.array(figure.axes).reshape(-1, 7)
    assert [axis.get_title() for axis in axes[0]] == [
        "observed",
        *(f"draw {k}" for k in range(1, 7)),
    ]
    rows = [int(axis.get_ylabel().removeprefix("slice ")) - 1 for axis in axes[:, 0]]
    assert rows == sorted(rows, reverse=True) and len(rows) == 3
    areas = draws.masks(0, 7).sum(axis=(2, 3))
    assert int(areas[0].argmax()) in rows
    # No other two slices beside it show more of the draws, each measured by its fullest slice, than
    # 5 % more.
    share = areas / areas.max(axis=1, keepdims=True)
    best = max(
        share[:, [areas[0].argmax(), i, j]].max(axis=1).sum() for i in range(9) for j in range(9)
    )
    assert share[:, rows].max(axis=1).sum() >= 0.95 * best
    for row, z in zip(axes, rows, strict=True):
        shown = [axis.images[0].get_array() for axis in row]
        assert all(np.array_equal(picture, shown[0]) for picture in shown)
        assert (
            shown[0] - (10 * z + np.arange(shown[0].shape[1]))
        ).std() == 0  # that slice, cut along x only
    depth = draws.covariates[3, 0]
    assert axes[-1, 3].get_xlabel().startswith(f"{depth:.1f} mm\n")
    plt.close(figure)


def test_a_volume_stored_from_head_to_feet_is_shown_the_same_way_round(draws):
    upright, upside_down = pictured(draws), pictured(draws, (1, 0, 0, 0, 1, 0, 0, 0, -1))
    first = [int(f.axes[0].get_ylabel().removeprefix("slice ")) - 1 for f in (upright, upside_down)]
    # Slices are counted from the feet; array slice z is slice 8 - z there.
    picture = upside_down.axes[0].images[0].get_array()
    assert picture[0, 0] // 10 == (SHAPE[0] - 1 - first[1]) + (picture[0, 0] % 10) // 10
    plt.close(upright)
    plt.close(upside_down)


def test_type_is_legible_and_simulated_is_said(draws, tmp_path):
    figure = pictured(draws)
    save(figure, tmp_path / "a.png", tmp_path / "a.pdf")
    words = {
        text.get_text(): text.get_fontsize() for text in figure.findobj(plt.Text) if text.get_text()
    }
    notice = [text for text in words if "Simulated" in text]
    assert len(notice) == 1 and words.pop(notice[0]) == SMALL_TYPE
    assert set(words.values()) == {TYPE} and TYPE >= 8
    assert any(f"{draws.effective_placements:.1f} effectively different" in text for text in words)


def test_without_draws_the_picture_says_why(draws):
    none = dataclasses.replace(
        draws, members=draws.members[:1], covariates=draws.covariates[:1], reason="too small"
    )
    figure = pictured(none)
    texts = [text.get_text() for text in figure.findobj(plt.Text)]
    assert "No draws: too small." in texts
    assert [axis.get_visible() for axis in figure.axes] == [True, *[False] * 6] * (
        len(figure.axes) // 7
    )
    plt.close(figure)
