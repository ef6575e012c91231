"""The 47 features of many regions of one tumour, by any settings of the study."""

from collections.abc import Mapping, Sequence

import numpy as np

from npcradiomics.features.extraction import FEATURE_NAMES, QUANTIZERS, extract, inliers
from npcradiomics.features.interpolation import isotropic_mask, isotropic_volume
from npcradiomics.features.subregions import SubregionExtractor
from npcradiomics.images.masks import box_of


class RegionMeter:
    """The 47 features of regions of one tumour and of their remainders, as the observed ones.

    What SubregionExtractor can do it does; with outlier removal, resampling or another quantizer
    per region, `extraction.extract` does it, some times slower. Resampled slices are made once.

    Parameters
    ----------
    volume, gtv : (z, y, x)
        Image, and mask of the tumour.
    spacing_zyx_mm : (z, y, x)
    extraction
        Settings of the study: n_levels, quantizer, quantizer_fit, outliers, resampling.
    around : (z, y, x)
        Mask of the voxels that a region may have, the tumour and more; without it the tumour's.
    """

    def __init__(
        self,
        volume: np.ndarray,
        gtv: np.ndarray,
        spacing_zyx_mm: Sequence[float],
        extraction: Mapping[str, object],
        around: np.ndarray | None = None,
    ) -> None:
        settings = dict(extraction)
        self.fit_on_gtv = settings.pop("quantizer_fit") == "gtv"
        around = np.asarray(gtv if around is None else around) > 0
        # What lies beside their rows and columns enters no feature; slices above and below do
        # (resampling).
        _, rows, columns = box_of(around)
        around = np.ascontiguousarray(around[:, rows, columns])
        self.gtv = np.ascontiguousarray(gtv[:, rows, columns]) > 0
        self.volume = np.array(volume[:, rows, columns], order="C")
        self.spacing_mm = spacing_zyx_mm
        self.options = settings
        self.cells = np.flatnonzero(around)
        self.in_gtv = self.gtv.ravel()[self.cells]
        self.places = np.flatnonzero(self.in_gtv)
        self.ordered = np.sort(self.volume[self.gtv])
        self.fine = None  # resampled slices, and the mask that the quantizer is fitted on there
        self.reached = slice(None)  # those of them that a region may have
        if settings["resampling"] == "isotropic":
            reached = np.flatnonzero(isotropic_mask(around, spacing_zyx_mm).any(axis=(1, 2)))
            self.reached = slice(reached[0], reached[-1] + 1) if reached.size else slice(0)
        self.extractor = None
        plain = settings["outliers"] == settings["resampling"] == "none"
        fast = ("lloyd", "optimal") if self.fit_on_gtv else ("lloyd",)
        if plain and settings["quantizer"] in fast:
            shared = None
            if self.fit_on_gtv:
                fit = QUANTIZERS[settings["quantizer"]]
                shared = fit(self.volume[self.gtv], settings["n_levels"])
            self.extractor = SubregionExtractor(self.volume, around, settings["n_levels"], shared)
            # Places of the tumour's values among all in rising order: no other texture moves them.
            self.ranks = np.flatnonzero(self.in_gtv[self.extractor.order])

    def measure(self, members: np.ndarray) -> np.ndarray:
        """Features float64 (2, 47) of a region and of the tumour without it; members bool (n).

        ValueError: as extraction.extract.
        """
        if self.extractor is not None and self.in_gtv.all():
            return self.extractor.measure(members)
        parts = (members, self.in_gtv & ~members)
        return np.array([self.measure_region(part) for part in parts])

    def measure_region(self, members: np.ndarray) -> np.ndarray:
        """Row 0 of `measure`, float64 (47)."""
        if self.extractor is not None:
            return self.extractor.measure_region(members)
        mask = np.zeros(self.volume.size, bool)
        mask[self.cells[members]] = True
        mask = mask.reshape(self.gtv.shape)
        if self.options["resampling"] == "isotropic":
            result = self._extract_resampled(mask)
        else:
            fit_mask = self.gtv if self.fit_on_gtv else None
            result = extract(
                self.volume, mask, fit_mask=fit_mask, spacing_mm=self.spacing_mm, **self.options
            )
        return np.array([result.features[name] for name in FEATURE_NAMES])

    def _extract_resampled(self, mask):
        if self.fine is None:
            fit_mask = self._resampled(self.gtv) if self.fit_on_gtv else None
            self.fine = isotropic_volume(self.volume, self.spacing_mm, self.reached), fit_mask
        volume, fit_mask = self.fine
        done = self.options | {"outliers": "none", "resampling": "none"}
        return extract(volume, self._resampled(mask), fit_mask=fit_mask, **done)

    def _resampled(self, mask):
        """The mask in the new slices, outliers removed before, as `extract` does it."""
        if self.options["outliers"] == "3sigma":
            mask = mask.copy()
            mask[mask] = inliers(self.volume[mask])
        return isotropic_mask(mask, self.spacing_mm, self.reached)

    def retexture(self, order: np.ndarray) -> None:
        """Give the tumour's own values to its voxels: the smallest to order[0], and so on.

        order: int (n of the tumour), argsort of a field.
        """
        inside = self.places[order]
        self.fine = None
        if self.extractor is None:
            self.volume.ravel()[self.cells[inside]] = self.ordered
        else:
            self.extractor.values[inside] = self.ordered
            self.extractor.order[self.ranks] = inside
