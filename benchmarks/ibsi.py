"""Write docs/ibsi.md: every texture feature with an IBSI consensus value, computed here for IBSI's digital
phantom.

python benchmarks/ibsi.py
"""

import csv
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from npcradiomics.features.ibsi import standard_features  # noqa: E402

PHANTOM = REPOSITORY / "tests/data/ibsi_digital_phantom"


def read_phantom():
    """Levels (4, 4, 5) of the digital phantom and its consensus values, dict tag to (value, tolerance)."""
    levels = np.loadtxt(PHANTOM / "levels.txt", dtype=int).reshape(4, 4, 5)
    with open(PHANTOM / "reference_values.csv", newline="") as rows:
        references = {
            row["tag"]: (float(row["reference value"]), float(row["tolerance"]))
            for row in csv.DictReader(rows, delimiter=";")
        }
    return levels, references


def agrees(value, reference, tolerance):
    """Whether a value meets a consensus value within IBSI's tolerance.

    The consensus value is printed with three significant digits: half of the last is added.
    """
    half_digit = 0.5 * 10 ** (np.floor(np.log10(abs(reference))) - 2)
    return bool(abs(value - reference) <= tolerance + half_digit * (1 + 1e-9))


def agreement_table(features, references):
    """Markdown table of our features against consensus values."""
    rows = [
        "| IBSI tag | consensus value | tolerance | this software | agrees |",
        "|---|---|---|---|---|",
    ]
    for tag, (reference, tolerance) in references.items():
        verdict = "yes" if agrees(features[tag], reference, tolerance) else "**no**"
        rows.append(f"| {tag} | {reference:g} | {tolerance:g} | {features[tag]:.6g} | {verdict} |")
    return "\n".join(rows) + "\n"


def page():
    """The text of docs/ibsi.md."""
    levels, references = read_phantom()
    features = standard_features(levels, int(levels.max()))
    n_agree = sum(agrees(features[tag], *reference) for tag, reference in references.items())
    return (
        "# Agreement with the IBSI consensus\n\n"
        "The kernels that count the toolbox's weighted matrices, run without weights, against the consensus values of the Image\n"
        "Biomarker Standardisation Initiative for its digital phantom (GLCM, GLRLM, GLSZM, NGTDM; 3-D, averaged over directions and\n"
        "merged). Consensus values have three significant digits: a value agrees when it differs by the tolerance plus half of the\n"
        "last digit at most.\n"
        f"**{n_agree} of {len(references)} agree.** Written by `python benchmarks/ibsi.py`; phantom and values: IBSI, CC BY 4.0.\n\n"
        + agreement_table(features, references)
    )


def main():
    (REPOSITORY / "docs/ibsi.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
