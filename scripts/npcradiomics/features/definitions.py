"""The 47 definitions as a table: formula, unit, source, dependence on volume, pyradiomics' feature.

Formulas are those of the TextureToolbox's code (commit d3a6173), not of its manual. Notation:
NOTATION.
"""

from typing import NamedTuple

# Table 1, in its order: family, our name, the printed name. One printed slip is corrected: GLSZM
# lists "small zone low gray-level emphasis (SZHGE)", which must say high. Its "variation" is the
# toolbox's Variance.
TABLE1 = (
    ("Intensity Histogram", "Intensity_Mean", "mean"),
    ("Intensity Histogram", "Intensity_Variance", "variance"),
    ("Intensity Histogram", "Intensity_Skewness", "skewness"),
    ("Intensity Histogram", "Intensity_Kurtosis", "kurtosis"),
    ("Intensity Histogram", "Intensity_MAD", "mean absolute deviation (MAD)"),
    ("Intensity Histogram", "Intensity_Hyperskewness", "hyperskewness"),
    ("Intensity Histogram", "Intensity_Hyperflatness", "hyperflatness"),
    ("GLCM", "GLCM_Energy", "energy"),
    ("GLCM", "GLCM_Contrast", "contrast"),
    ("GLCM", "GLCM_Entropy", "entropy"),
    ("GLCM", "GLCM_Homogeneity", "homogeneity"),
    ("GLCM", "GLCM_Correlation", "correlation"),
    ("GLCM", "GLCM_SumAverage", "sum average"),
    ("GLCM", "GLCM_Variance", "variation"),
    ("GLCM", "GLCM_Dissimilarity", "dissimilarity"),
    ("GLCM", "GLCM_AutoCorrelation", "autocorrelation"),
    ("GLRLM", "GLRLM_SRE", "short run emphasis (SRE)"),
    ("GLRLM", "GLRLM_LRE", "long run emphasis (LRE)"),
    ("GLRLM", "GLRLM_GLN", "gray level non-uniformity (GLN)"),
    ("GLRLM", "GLRLM_RLN", "run length non-uniformity (RLN)"),
    ("GLRLM", "GLRLM_RP", "run percentage (RP)"),
    ("GLRLM", "GLRLM_LGRE", "low gray-level run emphasis (LGRE)"),
    ("GLRLM", "GLRLM_HGRE", "high gray-level run emphasis (HGRE)"),
    ("GLRLM", "GLRLM_SRLGE", "short run low gray-level emphasis (SRLGE)"),
    ("GLRLM", "GLRLM_SRHGE", "short run high gray-level emphasis (SRHGE)"),
    ("GLRLM", "GLRLM_LRLGE", "long run low gray-level emphasis (LRLGE)"),
    ("GLRLM", "GLRLM_LRHGE", "long run high gray-level emphasis (LRHGE)"),
    ("GLRLM", "GLRLM_GLV", "gray level variance (GLV)"),
    ("GLRLM", "GLRLM_RLV", "run length variance (RLV)"),
    ("GLSZM", "GLSZM_SZE", "small zone emphasis (SZE)"),
    ("GLSZM", "GLSZM_LZE", "large zone emphasis (LZE)"),
    ("GLSZM", "GLSZM_GLN", "gray-level non-uniformity (GLN)"),
    ("GLSZM", "GLSZM_ZSN", "zone size non-uniformity (ZSN)"),
    ("GLSZM", "GLSZM_ZP", "zone percentage (ZP)"),
    ("GLSZM", "GLSZM_LGZE", "low gray-level zone emphasis (LGZE)"),
    ("GLSZM", "GLSZM_HGZE", "high gray-level zone emphasis (HGZE)"),
    ("GLSZM", "GLSZM_SZLGE", "small zone low gray-level emphasis (SZLGE)"),
    ("GLSZM", "GLSZM_SZHGE", "small zone high gray-level emphasis (SZHGE)"),
    ("GLSZM", "GLSZM_LZLGE", "large zone low gray-level emphasis (LZLGE)"),
    ("GLSZM", "GLSZM_LZHGE", "large zone high gray-level emphasis (LZHGE)"),
    ("GLSZM", "GLSZM_GLV", "gray level variance (GLV)"),
    ("GLSZM", "GLSZM_ZSV", "zone size variance (ZSV)"),
    ("NGTDM", "NGTDM_Coarseness", "coarseness"),
    ("NGTDM", "NGTDM_Contrast", "contrast"),
    ("NGTDM", "NGTDM_Busyness", "busyness"),
    ("NGTDM", "NGTDM_Complexity", "complexity"),
    ("NGTDM", "NGTDM_Strength", "strength"),
)


FEATURES = tuple(feature for _, feature, _ in TABLE1)


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

    unit: '1' for none. volume: how the value follows the size of the region, '' if not by formula.
    pyradiomics: its class and feature of the same name, '' if none. agrees: whether both
    definitions give the same number on the same levels (unit spacing, binWidth 1, GLRLM with
    weightingNorm euclidean). difference: why not.
    """

    feature: str
    family: str
    printed: str
    formula: str
    unit: str
    source: str
    volume: str
    pyradiomics: str
    agrees: bool
    difference: str


# Rows: formula, unit, (dependence on the volume,) pyradiomics' name(s), (difference; '' = agrees).
_FIRST_ORDER = {
    "Mean": ("sum v / n", "image", "Mean", ""),
    "Variance": ("sum (v - mean)^2 / (n - 1)", "image^2", "Variance", "pyradiomics divides by n"),
    "Skewness": ("sum (v - mean)^3 / n / s^3", "1", "Skewness", ""),
    "Kurtosis": ("sum (v - mean)^4 / n / s^4 (3 for a normal distribution)", "1", "Kurtosis", ""),
    "MAD": ("sum |v - mean| / n", "image", "MeanAbsoluteDeviation", ""),
    "Hyperskewness": ("sum (v - mean)^5 / n / s^5", "1", "", "not in pyradiomics"),
    "Hyperflatness": (
        "sum (v - mean)^6 / n / s^6 (15 for a normal distribution)",
        "1",
        "",
        "not in pyradiomics",
    ),
}
_GLCM = {
    "Energy": ("sum p^2", "1", _SAMPLING.format("falls", "Ng", "Ng"), "JointEnergy", _MATRIX),
    "Contrast": ("sum (i - j)^2 p", "level^2", "", "Contrast", _MATRIX),
    "Entropy": (
        "-sum p log2 p",
        "bit",
        _SAMPLING.format("rises", "Ng", "Ng"),
        "JointEntropy",
        _MATRIX,
    ),
    "Homogeneity": ("sum p / (1 + |i - j|)", "1", "", "Id", _MATRIX),
    "Correlation": (
        "Pearson correlation of i and j under the weighted counts rounded to integers",
        "1",
        "",
        "Correlation",
        _MATRIX + "; it rounds nothing",
    ),
    "SumAverage": (
        "sum (i + j) p / (2 Ng^2)",
        "level / Ng^2",
        "",
        "JointAverage",
        _MATRIX + "; its JointAverage has no 1/Ng^2",
    ),
    "Variance": (
        "sum [(i - mu)^2 + (j - mu)^2] p / (2 Ng^2)",
        "level^2 / Ng^2",
        "",
        "SumSquares",
        _MATRIX + "; its SumSquares has no 1/Ng^2",
    ),
    "Dissimilarity": ("sum |i - j| p", "level", "", "DifferenceAverage", _MATRIX),
    "AutoCorrelation": ("sum i j p", "level^2", "", "Autocorrelation", _MATRIX),
}
_SIZES = {
    "SRE SZE": ("sum pr / j^2", "1 / voxel^2", "ShortRunEmphasis", "SmallAreaEmphasis"),
    "LRE LZE": ("sum pr j^2", "voxel^2", "LongRunEmphasis", "LargeAreaEmphasis"),
    "GLN GLN": (
        "sum pg^2",
        "1",
        "GrayLevelNonUniformityNormalized",
        "GrayLevelNonUniformityNormalized",
    ),
    "RLN ZSN": (
        "sum pr^2",
        "1",
        "RunLengthNonUniformityNormalized",
        "SizeZoneNonUniformityNormalized",
    ),
    "RP ZP": ("1 / sum j pr", "1", "RunPercentage", "ZonePercentage"),
    "LGRE LGZE": (
        "sum pg / i^2",
        "1 / level^2",
        "LowGrayLevelRunEmphasis",
        "LowGrayLevelZoneEmphasis",
    ),
    "HGRE HGZE": ("sum pg i^2", "level^2", "HighGrayLevelRunEmphasis", "HighGrayLevelZoneEmphasis"),
    "SRLGE SZLGE": (
        "sum p / (i^2 j^2)",
        "1 / (level voxel)^2",
        "ShortRunLowGrayLevelEmphasis",
        "SmallAreaLowGrayLevelEmphasis",
    ),
    "SRHGE SZHGE": (
        "sum p i^2 / j^2",
        "(level / voxel)^2",
        "ShortRunHighGrayLevelEmphasis",
        "SmallAreaHighGrayLevelEmphasis",
    ),
    "LRLGE LZLGE": (
        "sum p j^2 / i^2",
        "(voxel / level)^2",
        "LongRunLowGrayLevelEmphasis",
        "LargeAreaLowGrayLevelEmphasis",
    ),
    "LRHGE LZHGE": (
        "sum p i^2 j^2",
        "(level voxel)^2",
        "LongRunHighGrayLevelEmphasis",
        "LargeAreaHighGrayLevelEmphasis",
    ),
    "GLV GLV": (
        "sum_ij (i p - u)^2 / (Ng M), u = sum i p / (Ng M), all cells",
        "level^2",
        "GrayLevelVariance",
        "GrayLevelVariance",
    ),
    "RLV ZSV": (
        "sum_ij (j p - u)^2 / (Ng M), u = sum j p / (Ng M), all cells",
        "voxel^2",
        "RunVariance",
        "ZoneVariance",
    ),
}
_NGTDM_ROWS = {
    "Coarseness": ("1 / (eps + sum q S)", "1 / level", "falls as 1/N", "Coarseness"),
    "Contrast": (
        "[sum_ij q(i) q(j) (i - j)^2 / (E (E - 1))] [sum S / N]",
        "level^3",
        "",
        "Contrast",
    ),
    "Busyness": ("sum q S / sum_ij |i q(i) - j q(j)|", "1", "rises as N", "Busyness"),
    "Complexity": (
        "sum_ij |i - j| [q(i) S(i) + q(j) S(j)] / (N (q(i) + q(j)))",
        "level^2",
        "",
        "Complexity",
    ),
    "Strength": (
        "sum_ij (q(i) + q(j)) (i - j)^2 / (eps + sum S)",
        "level",
        "falls as 1/N",
        "Strength",
    ),
}


def _rows():
    """Yield (feature, formula, unit, volume, pyradiomics, difference)."""
    for name, (formula, unit, peer, difference) in _FIRST_ORDER.items():
        yield f"Intensity_{name}", formula, unit, "", peer and f"firstorder_{peer}", difference
    for name, (formula, unit, volume, peer, difference) in _GLCM.items():
        yield f"GLCM_{name}", formula, unit, volume, f"glcm_{peer}", difference
    for column, family in enumerate(("GLRLM", "GLSZM")):
        for names, (formula, unit, *peers) in _SIZES.items():
            name = names.split()[column]
            entries = name in ("GLV", "RLV", "ZSV")
            what = {"GLV": "the level", "RLV": "the run length", "ZSV": "the zone size"}.get(
                name, ""
            )
            yield (
                f"{family}_{name}",
                formula,
                unit,
                _CELLS if entries else "",
                f"{family.lower()}_{peers[column]}",
                _VARIANCE.format(what) if entries else "",
            )
    for name, (formula, unit, volume, peer) in _NGTDM_ROWS.items():
        yield f"NGTDM_{name}", formula, unit, volume, f"ngtdm_{peer}", _NGTDM


_PRINTED = {feature: (family, printed) for family, feature, printed in TABLE1}

DEFINITIONS = tuple(
    Definition(
        feature=feature,
        family=_PRINTED[feature][0],
        printed=_PRINTED[feature][1],
        formula=formula,
        unit=unit,
        source="Akram 2020, Table 1 (plain moments; not in the toolbox)"
        if feature.startswith("Intensity")
        else "TextureToolbox d3a6173",
        volume=volume,
        pyradiomics=peer,
        agrees=difference == "",
        difference=difference,
    )
    for feature, formula, unit, volume, peer, difference in _rows()
)
