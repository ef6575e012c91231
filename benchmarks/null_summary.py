"""The table of the proof of the spatial null, from the lines that spatial_null.py wrote."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.spatial_null.verdict import TEXTURE

ALPHA = 0.05
UNTOUCHED = 0.1  # SDs of the draws
# Features that count voxels, runs or zones, or carry N in their formula (docs/definitions.md).
SIZE_DRIVEN = (
    "GLRLM_GLN",
    "GLRLM_RLN",
    "GLSZM_GLN",
    "GLSZM_ZSN",
    "NGTDM_Coarseness",
    "NGTDM_Busyness",
    "NGTDM_Strength",
)


def interval(k: int, n: int) -> str:
    """Clopper-Pearson 95 % interval of k of n."""
    low, high = stats.binomtest(k, n).proportion_ci(method="exact")
    return f"{100 * k / n:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


def summarise(path: Path, goals: Mapping[str, str]) -> None:
    """Print one row per situation, from the lines that are there."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(
        "situation | cohorts | maxT rejects (95 % CI) | normal scores | surrogate too | controls reject | paper's test"
    )
    for situation, goal in goals.items():
        part = [row for row in rows if row["situation"] == situation]
        if not part:
            continue
        n = len(part)
        rejected = sum(min(row["p_maxt"]) <= ALPHA for row in part)
        normal = sum(min(row["p_maxt_normal"]) <= ALPHA for row in part)
        both = [row for row in part if row["surrogate_p_maxt"][0] is not None]
        texture = sum(TEXTURE in row["verdict"] for row in both)
        control = sum(row["control_p_maxt"] <= ALPHA for row in part)
        paper = sum(any(row["paper_significant"]) for row in part)
        print(
            f"{situation} | {n} | {interval(rejected, n)}; goal {goal} | {interval(normal, n)} |"
            f" {interval(texture, len(both)) if both else '-'} | {interval(control, n)} | {interval(paper, n)}"
        )
        _details(part)


def _details(part):
    """Uniformity of the single-feature p, and which features are called texture."""
    p = np.array([row["p"] for row in part], float)
    p_ks = np.array([stats.kstest(column, "uniform").pvalue for column in p.T])
    below = (p <= ALPHA).mean(axis=0)
    print(
        f"    single-feature p: {np.sum(p_ks < 0.05)} of {len(p_ks)} KS p < 0.05, smallest {p_ks.min():.3g}"
        f" ({FEATURE_NAMES[p_ks.argmin()]}); p <= {ALPHA} in {100 * below.mean():.1f} % (features"
        f" {100 * below.min():.1f}-{100 * below.max():.1f} %)"
    )
    control = pd.DataFrame([row["control_p"] for row in part])  # NaN: not tested in a cohort
    share = (control <= ALPHA).where(control.notna()).mean()
    words = [f"{name} {100 * value:.0f} %" for name, value in share.items()]
    print(f"    controls p <= {ALPHA}: {', '.join(words)}")
    called = {
        name: np.mean([row["verdict"][k] == TEXTURE for row in part])
        for k, name in enumerate(FEATURE_NAMES)
    }
    found = np.mean([[value <= ALPHA for value in row["p_maxt"]] for row in part], axis=0)
    if any(called.values()):
        most = sorted(called, key=called.get, reverse=True)[:8]
        print(
            "    called texture: "
            + ", ".join(f"{name} {100 * called[name]:.0f} %" for name in most)
        )
    shift = np.mean([row["true_shift"] for row in part], axis=0)
    if any(shift):
        _by_size(found, called, shift)


def _by_size(found, called, shift):
    """Size-driven features: what planting did to them, how often they are called texture."""
    words = []
    for name in SIZE_DRIVEN:
        k = FEATURE_NAMES.index(name)
        words.append(
            f"{name} shifted {shift[k]:+.2f} SD, maxT {100 * found[k]:.0f} %, texture {100 * called[name]:.0f} %"
        )
    print("    size-driven: " + "; ".join(words))
    untouched = [k for k in range(len(shift)) if abs(shift[k]) < UNTOUCHED]
    rate = max((called[FEATURE_NAMES[k]] for k in untouched), default=0.0)
    print(
        f"    {len(untouched)} features that planting moves by less than {UNTOUCHED} SD: called texture in at most {100 * rate:.0f} %"
    )
