"""Embedded pictures decode to what was put in, and are the same bytes every time."""

import base64
import io

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from npcradiomics.publication.pages.embedded import (
    coloured_png,
    data_uri,
    file_uri,
    flat_png,
    grey_webp,
    shrink_factor,
    shrink_picture,
    window,
)


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)))


def test_window_cuts_and_scales():
    np.testing.assert_allclose(
        window(np.array([-5.0, 0.0, 5.0, 10.0, 20.0]), 0.0, 10.0), [0, 0, 0.5, 1, 1]
    )


def test_shrink_factor_keeps_the_largest_side():
    assert [shrink_factor(shape) for shape in ((256, 10), (257, 10), (10, 513))] == [1, 2, 3]


def test_shrinking_takes_means_of_blocks():
    values = np.arange(12.0).reshape(3, 4)
    # The last row is repeated: mean of 8, 9 and of 10, 11.
    np.testing.assert_allclose(shrink_picture(values, 2), [[2.5, 4.5], [8.5, 10.5]])


def test_grey_picture_is_close_to_the_values():
    ramp = np.tile(np.linspace(0, 1, 64), (48, 1))
    pixels = decoded(grey_webp(ramp))[..., :3] / 255
    assert pixels.shape == (48, 64, 3)
    assert np.abs(pixels.mean(axis=2) - ramp).max() < 0.03
    assert grey_webp(ramp) == grey_webp(ramp)


def test_coloured_picture_is_exact_and_transparent_outside():
    values, shown = np.array([[0.0, 0.5], [1.0, 7.0]]), np.array([[True, True], [True, False]])
    pixels = decoded(coloured_png(values, "viridis", shown))
    np.testing.assert_array_equal(
        pixels[0, 1, :3], np.array(colormaps["viridis"](0.5, bytes=True))[:3]
    )
    np.testing.assert_array_equal(pixels[..., 3], [[255, 255], [255, 0]])


def test_flat_picture():
    shown = np.array([[True, False], [False, True]])
    pixels = decoded(flat_png(shown, (1, 2, 3)))
    np.testing.assert_array_equal(pixels[shown], [[1, 2, 3, 255]] * 2)
    assert not pixels[~shown].any()
    assert b"Software" not in flat_png(shown, (1, 2, 3))


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_addresses_hold_the_bytes(tmp_path, kind):
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(b"\x00\x01bytes")
    assert file_uri(path) == data_uri(b"\x00\x01bytes", kind)
    head, body = file_uri(path).split(",")
    assert head == f"data:image/{kind};base64"
    assert base64.b64decode(body) == b"\x00\x01bytes"
