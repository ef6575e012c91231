"""The one list of the features, in the order of Akram 2020, Table 1: tables and number of tests follow it.

Formulas are those of the TextureToolbox's code (commit d3a6173), not of its manual. Notation:
NOTATION.
"""

import difflib
from collections.abc import Sequence
from typing import NamedTuple

NOTATION = (
    "v: intensities of the n voxels, s^2 = sum (v - mean)^2 / n. "
    "Levels run from 1 to Ng (Ng levels asked for, empty ones included). "
    "GLCM: p(i,j) = weighted pairs / their sum, weights 1, sqrt 2, sqrt 3 for face, edge and "
    "corner neighbours, all directions in one matrix; mu = sum i p. "
    "GLRLM, GLSZM: p(i,j) = runs of length j (weighted as pairs) or zones of j voxels / their sum; "
    "pg(i) = sum_j p, pr(j) = sum_i p; M = longest run or largest zone. "
    "NGTDM: A = mean of the neighbours' levels with weights 1, 1/sqrt 2, 1/sqrt 3; "
    "S(i) = sum |i - A|, N(i) = voxels of level i with a neighbour; N = sum N(i); q(i) = N(i)/N; "
    "E = number of levels with N(i) > 0; eps = 2.2e-16. "
    "Distances count voxels, not millimetres; a region in one slice has 8 neighbours and 4 "
    "directions."
)

_SAMPLING = "drifts with volume: {} while the {} x {} cells fill"
_CELLS = "falls with volume: averaged over all Ng x M cells, and M grows with the region"
_MATRIX = "pyradiomics weights no pair, or by exp(-d^2)"
_NGTDM = "pyradiomics weights all neighbours alike and counts voxels without neighbours"
_VARIANCE = (
    "pyradiomics has the variance of {}, 2 to 5 orders larger;"
    " this is the variance of the matrix entries"
)


class Definition(NamedTuple):
    """One feature.

    printed: its name in Table 1. unit: '1' for none. higher: what a higher value means. volume: how
    the value follows the size of the region, '' if not by formula. pyradiomics: its class and
    feature of the same name, '' if none. agrees: whether both definitions give the same number on
    the same levels (unit spacing, binWidth 1, GLRLM with weightingNorm euclidean). difference: why
    not.
    """

    feature: str
    family: str
    printed: str
    formula: str
    unit: str
    higher: str
    volume: str
    pyradiomics: str
    difference: str

    @property
    def agrees(self) -> bool:
        """Whether pyradiomics defines it alike."""
        return self.pyradiomics != "" and self.difference == ""

    @property
    def source(self) -> str:
        """Where the formula is from."""
        if self.family == HISTOGRAM:
            return "Akram 2020, Table 1 (plain moments; not in the toolbox)"
        return "TextureToolbox d3a6173"


HISTOGRAM = "Intensity Histogram"
_FALLS, _RISES = (_SAMPLING.format(word, "Ng", "Ng") for word in ("falls", "rises"))


def _row(feature, printed, formula, unit, higher, peer, volume="", difference=""):
    prefix = feature.partition("_")[0]
    family, theirs = (
        (HISTOGRAM, "firstorder") if prefix == "Intensity" else (prefix, prefix.lower())
    )
    peer = peer and f"{theirs}_{peer}"
    return Definition(feature, family, printed, formula, unit, higher, volume, peer, difference)


# Feature, printed name, formula, unit, what higher means, pyradiomics' feature. One printed slip is
# corrected: GLSZM lists "small zone low gray-level emphasis (SZHGE)", which must say high. GLCM's
# "variation" is the toolbox's Variance.
# fmt: off
DEFINITIONS = (
    _row("Intensity_Mean", "mean", "sum v / n", "image", "brighter", "Mean"),
    _row("Intensity_Variance", "variance", "sum (v - mean)^2 / (n - 1)", "image^2",
         "intensities spread wider", "Variance", difference="pyradiomics divides by n"),
    _row("Intensity_Skewness", "skewness", "sum (v - mean)^3 / n / s^3", "1",
         "a longer bright tail", "Skewness"),
    _row("Intensity_Kurtosis", "kurtosis",
         "sum (v - mean)^4 / n / s^4 (3 for a normal distribution)", "1", "heavier tails",
         "Kurtosis"),
    _row("Intensity_MAD", "mean absolute deviation (MAD)", "sum |v - mean| / n", "image",
         "intensities spread wider", "MeanAbsoluteDeviation"),
    _row("Intensity_Hyperskewness", "hyperskewness", "sum (v - mean)^5 / n / s^5", "1",
         "a longer bright tail, by its extremes", "", difference="not in pyradiomics"),
    _row("Intensity_Hyperflatness", "hyperflatness",
         "sum (v - mean)^6 / n / s^6 (15 for a normal distribution)", "1",
         "heavier tails, by their extremes", "", difference="not in pyradiomics"),
    _row("GLCM_Energy", "energy", "sum p^2", "1", "fewer pairs of levels, repeated", "JointEnergy",
         volume=_FALLS, difference=_MATRIX),
    _row("GLCM_Contrast", "contrast", "sum (i - j)^2 p", "level^2", "neighbours differ more",
         "Contrast", difference=_MATRIX),
    _row("GLCM_Entropy", "entropy", "-sum p log2 p", "bit",
         "more pairs of levels, more alike in number", "JointEntropy", volume=_RISES,
         difference=_MATRIX),
    _row("GLCM_Homogeneity", "homogeneity", "sum p / (1 + |i - j|)", "1",
         "neighbours are more alike", "Id", difference=_MATRIX),
    _row("GLCM_Correlation", "correlation",
         "Pearson correlation of i and j under the weighted counts rounded to integers", "1",
         "neighbours go together more closely", "Correlation",
         difference=_MATRIX + "; it rounds nothing"),
    _row("GLCM_SumAverage", "sum average", "sum (i + j) p / (2 Ng^2)", "level / Ng^2",
         "higher levels", "JointAverage", difference=_MATRIX + "; its JointAverage has no 1/Ng^2"),
    _row("GLCM_Variance", "variation", "sum [(i - mu)^2 + (j - mu)^2] p / (2 Ng^2)",
         "level^2 / Ng^2", "levels spread wider", "SumSquares",
         difference=_MATRIX + "; its SumSquares has no 1/Ng^2"),
    _row("GLCM_Dissimilarity", "dissimilarity", "sum |i - j| p", "level", "neighbours differ more",
         "DifferenceAverage", difference=_MATRIX),
    _row("GLCM_AutoCorrelation", "autocorrelation", "sum i j p", "level^2",
         "higher levels beside each other", "Autocorrelation", difference=_MATRIX),
    _row("GLRLM_SRE", "short run emphasis (SRE)", "sum pr / j^2", "1 / voxel^2", "more short runs",
         "ShortRunEmphasis"),
    _row("GLRLM_LRE", "long run emphasis (LRE)", "sum pr j^2", "voxel^2", "more long runs",
         "LongRunEmphasis"),
    _row("GLRLM_GLN", "gray level non-uniformity (GLN)", "sum pg^2", "1", "runs of fewer levels",
         "GrayLevelNonUniformityNormalized"),
    _row("GLRLM_RLN", "run length non-uniformity (RLN)", "sum pr^2", "1", "runs more alike in size",
         "RunLengthNonUniformityNormalized"),
    _row("GLRLM_RP", "run percentage (RP)", "1 / sum j pr", "1", "more and smaller runs",
         "RunPercentage"),
    _row("GLRLM_LGRE", "low gray-level run emphasis (LGRE)", "sum pg / i^2", "1 / level^2",
         "more runs of low levels", "LowGrayLevelRunEmphasis"),
    _row("GLRLM_HGRE", "high gray-level run emphasis (HGRE)", "sum pg i^2", "level^2",
         "more runs of high levels", "HighGrayLevelRunEmphasis"),
    _row("GLRLM_SRLGE", "short run low gray-level emphasis (SRLGE)", "sum p / (i^2 j^2)",
         "1 / (level voxel)^2", "more short runs of low levels", "ShortRunLowGrayLevelEmphasis"),
    _row("GLRLM_SRHGE", "short run high gray-level emphasis (SRHGE)", "sum p i^2 / j^2",
         "(level / voxel)^2", "more short runs of high levels", "ShortRunHighGrayLevelEmphasis"),
    _row("GLRLM_LRLGE", "long run low gray-level emphasis (LRLGE)", "sum p j^2 / i^2",
         "(voxel / level)^2", "more long runs of low levels", "LongRunLowGrayLevelEmphasis"),
    _row("GLRLM_LRHGE", "long run high gray-level emphasis (LRHGE)", "sum p i^2 j^2",
         "(level voxel)^2", "more long runs of high levels", "LongRunHighGrayLevelEmphasis"),
    _row("GLRLM_GLV", "gray level variance (GLV)",
         "sum_ij (i p - u)^2 / (Ng M), u = sum i p / (Ng M), all cells", "level^2",
         "fewer kinds of runs, of higher levels", "GrayLevelVariance", volume=_CELLS,
         difference=_VARIANCE.format("the level")),
    _row("GLRLM_RLV", "run length variance (RLV)",
         "sum_ij (j p - u)^2 / (Ng M), u = sum j p / (Ng M), all cells", "voxel^2",
         "fewer kinds of runs, larger ones", "RunVariance", volume=_CELLS,
         difference=_VARIANCE.format("the run length")),
    _row("GLSZM_SZE", "small zone emphasis (SZE)", "sum pr / j^2", "1 / voxel^2",
         "more small zones", "SmallAreaEmphasis"),
    _row("GLSZM_LZE", "large zone emphasis (LZE)", "sum pr j^2", "voxel^2", "more large zones",
         "LargeAreaEmphasis"),
    _row("GLSZM_GLN", "gray-level non-uniformity (GLN)", "sum pg^2", "1", "zones of fewer levels",
         "GrayLevelNonUniformityNormalized"),
    _row("GLSZM_ZSN", "zone size non-uniformity (ZSN)", "sum pr^2", "1", "zones more alike in size",
         "SizeZoneNonUniformityNormalized"),
    _row("GLSZM_ZP", "zone percentage (ZP)", "1 / sum j pr", "1", "more and smaller zones",
         "ZonePercentage"),
    _row("GLSZM_LGZE", "low gray-level zone emphasis (LGZE)", "sum pg / i^2", "1 / level^2",
         "more zones of low levels", "LowGrayLevelZoneEmphasis"),
    _row("GLSZM_HGZE", "high gray-level zone emphasis (HGZE)", "sum pg i^2", "level^2",
         "more zones of high levels", "HighGrayLevelZoneEmphasis"),
    _row("GLSZM_SZLGE", "small zone low gray-level emphasis (SZLGE)", "sum p / (i^2 j^2)",
         "1 / (level voxel)^2", "more small zones of low levels", "SmallAreaLowGrayLevelEmphasis"),
    _row("GLSZM_SZHGE", "small zone high gray-level emphasis (SZHGE)", "sum p i^2 / j^2",
         "(level / voxel)^2", "more small zones of high levels", "SmallAreaHighGrayLevelEmphasis"),
    _row("GLSZM_LZLGE", "large zone low gray-level emphasis (LZLGE)", "sum p j^2 / i^2",
         "(voxel / level)^2", "more large zones of low levels", "LargeAreaLowGrayLevelEmphasis"),
    _row("GLSZM_LZHGE", "large zone high gray-level emphasis (LZHGE)", "sum p i^2 j^2",
         "(level voxel)^2", "more large zones of high levels", "LargeAreaHighGrayLevelEmphasis"),
    _row("GLSZM_GLV", "gray level variance (GLV)",
         "sum_ij (i p - u)^2 / (Ng M), u = sum i p / (Ng M), all cells", "level^2",
         "fewer kinds of zones, of higher levels", "GrayLevelVariance", volume=_CELLS,
         difference=_VARIANCE.format("the level")),
    _row("GLSZM_ZSV", "zone size variance (ZSV)",
         "sum_ij (j p - u)^2 / (Ng M), u = sum j p / (Ng M), all cells", "voxel^2",
         "fewer kinds of zones, larger ones", "ZoneVariance", volume=_CELLS,
         difference=_VARIANCE.format("the zone size")),
    _row("NGTDM_Coarseness", "coarseness", "1 / (eps + sum q S)", "1 / level",
         "levels change more slowly from voxel to voxel", "Coarseness", volume="falls as 1/N",
         difference=_NGTDM),
    _row("NGTDM_Contrast", "contrast", "[sum_ij q(i) q(j) (i - j)^2 / (E (E - 1))] [sum S / N]",
         "level^3", "levels spread wider and change faster", "Contrast", difference=_NGTDM),
    _row("NGTDM_Busyness", "busyness", "sum q S / sum_ij |i q(i) - j q(j)|", "1",
         "levels change faster from voxel to voxel", "Busyness", volume="rises as N",
         difference=_NGTDM),
    _row("NGTDM_Complexity", "complexity",
         "sum_ij |i - j| [q(i) S(i) + q(j) S(j)] / (N (q(i) + q(j)))", "level^2",
         "levels further apart that change faster", "Complexity", difference=_NGTDM),
    _row("NGTDM_Strength", "strength", "sum_ij (q(i) + q(j)) (i - j)^2 / (eps + sum S)", "level",
         "levels further apart that change more slowly", "Strength", volume="falls as 1/N",
         difference=_NGTDM),
)
# fmt: on
FEATURES = tuple(definition.feature for definition in DEFINITIONS)


def require_listed(measured: Sequence[str]) -> None:
    """Refuse measured features that are not those of the list.

    Raises
    ------
    ValueError
        Names what is missing on either side.
    """
    if {*measured} != {*FEATURES} or len(measured) != len(FEATURES):
        sides = (
            ("measured and not listed", [name for name in measured if name not in FEATURES]),
            ("listed and not measured", [name for name in FEATURES if name not in measured]),
        )
        words = "; ".join(f"{what}: {', '.join(names)}" for what, names in sides if names)
        raise ValueError(
            f"{len(measured)} features are measured, features/definitions.py lists {len(FEATURES)};"
            f" {words or 'one of them twice'}; a feature needs its code and its row there"
        )


def require_known(names: Sequence[str]) -> None:
    """Refuse names that are not in the list.

    Raises
    ------
    ValueError
        Names the first, and the nearest that is.
    """
    for name in names:
        if name not in FEATURES:
            near = difflib.get_close_matches(name, FEATURES, n=1, cutoff=0)[0]
            raise ValueError(f"no feature is called {name!r}; did you mean {near}?")
