"""Pictures inside a page: small, encoded as data URIs, the same bytes on every run."""

import base64
import io
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.image import imsave

LARGEST_SIDE = 256  # pixels; more is averaged

# Method 2 is 20 times as fast as the default and costs a few per cent of size.
WEBP = {"quality": 75, "method": 2}


def data_uri(content: bytes, kind: str) -> str:
    """Bytes of a picture of a kind ("webp", "png") as a data URI."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def file_uri(path: str) -> str:
    """A picture file as a data URI."""
    return data_uri(Path(path).read_bytes(), Path(path).suffix.removeprefix("."))


def window(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from ``low`` to ``high`` as 0 to 1, cut beyond."""
    return np.clip((values - low) / max(high - low, 1e-6), 0.0, 1.0)


def shrink_factor(shape: tuple[int, ...]) -> int:
    """How many pixels become one so that no side exceeds LARGEST_SIDE."""
    return -(-max(shape) // LARGEST_SIDE)


def shrink_picture(values: np.ndarray, factor: int) -> np.ndarray:
    """Mean of square blocks.

    The last row and column are repeated where the sides are no multiple of ``factor``.
    """
    rows, columns = (-(-n // factor) * factor for n in values.shape)
    padded = np.pad(
        values, ((0, rows - values.shape[0]), (0, columns - values.shape[1])), mode="edge"
    )
    return padded.reshape(rows // factor, factor, columns // factor, factor).mean(axis=(1, 3))


def grey_webp(values: np.ndarray) -> bytes:
    """A flat picture with values 0 to 1, (rows, columns), as grey WebP."""
    grey = np.rint(values * 255).astype(np.uint8)
    return encode(np.repeat(grey[:, :, None], 3, axis=2), "webp")


def coloured_png(
    values: np.ndarray, colours: str, shown: np.ndarray | None = None, opacity: float = 1.0
) -> bytes:
    """A flat picture with values 0 to 1 in a colour map, transparent where ``shown`` is False, as PNG."""
    rgba = colormaps[colours](np.clip(values, 0.0, 1.0), alpha=opacity, bytes=True)
    if shown is not None:
        rgba[~shown] = 0
    return encode(rgba, "png")


def flat_png(shown: np.ndarray, rgb: tuple[int, int, int]) -> bytes:
    """One colour where ``shown`` is True, transparent elsewhere, as PNG."""
    rgba = np.zeros((*shown.shape, 4), dtype=np.uint8)
    rgba[shown] = (*rgb, 255)
    return encode(rgba, "png")


def encode(pixels: np.ndarray, kind: str) -> bytes:
    """Pixels (rows, columns, 3 or 4), uint8, as the bytes of a picture file, without a date or a program's name."""
    buffer = io.BytesIO()
    if kind == "webp":
        imsave(buffer, pixels, format="webp", pil_kwargs=WEBP)
    else:
        imsave(buffer, pixels, format=kind, metadata={"Software": None})
    return buffer.getvalue()
