"""The 47 features of many sub-regions of one tumour and of what each leaves over, set up once."""

import numpy as np

from npcradiomics.compilation import at, compiled
from npcradiomics.features.extraction import FEATURE_NAMES, extract, list_region
from npcradiomics.features.histogram import HISTOGRAM_NAMES, moments
from npcradiomics.features.kernels_quantization import assign_levels, lloyd
from npcradiomics.features.quantization import (
    N_LEVELS,
    Quantizer,
    UniformQuantizer,
    check_n_levels,
)
from npcradiomics.features.scanning import RegionScanner, branch_of, check_size
from npcradiomics.features.toolbox import texture_features, texture_values


class SubregionExtractor:
    """Buffers for one tumour; results equal `extraction.extract` to the last bit.

    No outlier removal, no resampling. Memory: that of scanning.RegionScanner and 46 bytes per voxel
    of the tumour; nothing that grows with the image or the tumour is allocated per region. Not for
    several threads at once.

    Parameters
    ----------
    volume, gtv : (z, y, x)
        Image, and mask of the tumour.
    n_levels
        2 to 1024.
    shared
        A Quantizer fitted on the GTV for all regions; without it every region and every remainder
        gets its own Lloyd-Max quantizer.
    """

    def __init__(
        self,
        volume: np.ndarray,
        gtv: np.ndarray,
        n_levels: int = N_LEVELS,
        shared: Quantizer | UniformQuantizer | None = None,
    ) -> None:
        check_n_levels(n_levels)
        values, self.positions, self.cells, box = list_region(
            np.ascontiguousarray(volume), gtv, "gtv"
        )
        self.shape = np.shape(volume)
        self.values = values.astype(np.float64)
        self.n_voxels = values.size
        self.order = np.argsort(self.values, kind="stable").astype(np.int32)
        self.ordered = self.values[self.order]
        self.shared = shared
        self.n_levels = n_levels
        self.scanner = RegionScanner(box[1::2] - box[::2], n_levels, self.n_voxels)
        # Two halves each: the region first, the remainder after it.
        self.part_values = np.empty(self.n_voxels + 2)
        self.part_ordered = np.empty(self.n_voxels + 2)
        self.part_positions = np.empty(self.n_voxels + 2, np.int32)
        self.levels = np.empty(self.n_voxels, np.int32)

    def members(self, mask: np.ndarray) -> np.ndarray:
        """Which voxels of the tumour lie in a mask (z, y, x), as `measure` takes them."""
        mask = np.ascontiguousarray(mask) > 0
        if mask.shape != self.shape:
            raise ValueError(f"mask has shape {mask.shape}, the volume {self.shape}")
        return mask.ravel()[self.cells]

    def measure(self, members: np.ndarray) -> np.ndarray:
        """Measure a region and the remainder of the tumour.

        Parameters
        ----------
        members : (n_voxels,) bool
            The region, in (z, y, x) order of the tumour's voxels.

        Returns
        -------
        (2, 47) float64
            In the order of FEATURE_NAMES, row 0 the region, row 1 the remainder. NaN where
            undefined: toolbox.undefined_features has the reasons.

        Raises
        ------
        ValueError
            Naming region or remainder: fewer than 2 voxels, constant values; members of another
            length.
        """
        n = self._split(members)
        features = np.empty((2, len(FEATURE_NAMES)))
        self._measure_part("region", slice(0, n), features[0])
        self._measure_part("remainder", slice(n + 1, self.n_voxels + 1), features[1])
        return features

    def measure_region(self, members: np.ndarray) -> np.ndarray:
        """Row 0 of `measure`, float64 (47), without the remainder."""
        features = np.empty(len(FEATURE_NAMES))
        self._measure_part("region", slice(0, self._split(members)), features)
        return features

    def _split(self, members):
        if members.shape != self.values.shape or members.dtype != bool:
            raise ValueError(
                f"members is {members.dtype} {members.shape}; expected bool ({self.n_voxels},)"
            )
        n = int(np.count_nonzero(members))
        _split(
            members,
            n,
            self.values,
            self.positions,
            self.ordered,
            self.order,
            self.part_values,
            self.part_positions,
            self.part_ordered,
        )
        return n

    def _measure_part(self, name, part, features):
        values = self.part_values[part]
        ordered = self.part_ordered[part]
        positions = self.part_positions[part]
        levels = self.levels[: values.size]
        try:
            check_size(values.size)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        low, high = ordered[0], ordered[-1]
        if low == high:
            raise ValueError(
                f"{name}: all {values.size} values are {low:g}: a constant region has no features"
            )
        if self.shared is None:
            ordered -= low
            ordered /= high - low
            thresholds = lloyd(ordered, self.n_levels)[0]
        else:
            low, high, thresholds = self.shared.low, self.shared.high, self.shared.thresholds
        assign_levels(values, low, high, thresholds, levels)
        self.scanner.scan(positions, levels)
        n_histogram = len(HISTOGRAM_NAMES)
        features[:n_histogram] = moments(values)
        n_slices = positions[-1] // self.scanner.plane - positions[0] // self.scanner.plane + 1
        features[n_histogram:] = texture_values(self.scanner, branch_of(n_slices))


@compiled
def _split(
    members, n, values, positions, ordered, order, part_values, part_positions, part_ordered
):
    """Write the voxels with members[k] from 0 on and the others from n + 1 on.

    In (z, y, x) order, and in rising order of value. The place is selected: no branch to mispredict.
    """
    inside = 0
    for k in range(values.size):
        member = members[at(k)]
        place = at(inside if member else n + 1 + k - inside)
        part_values[place] = values[at(k)]
        part_positions[place] = positions[at(k)]
        inside += member
    inside = 0
    for k in range(values.size):
        member = members[at(order[at(k)])]
        part_ordered[at(inside if member else n + 1 + k - inside)] = ordered[at(k)]
        inside += member


def warm_cache() -> None:
    """Compile every kernel an extraction uses into numba's cache (NUMBA_CACHE_DIR)."""
    rng = np.random.default_rng(0)
    volume = rng.integers(0, 99, (4, 5, 6))
    mask = np.ones(volume.shape, bool)
    for image in (volume, volume + rng.random(volume.shape)):
        for quantizer in ("lloyd", "optimal", "uniform"):
            extract(image, mask, n_levels=8, quantizer=quantizer)
    levels = extract(volume, mask, n_levels=8).levels
    texture_features(levels, 8)
    extractor = SubregionExtractor(volume, mask, 8)
    extractor.measure(extractor.members(np.indices(mask.shape)[2] < 3))
