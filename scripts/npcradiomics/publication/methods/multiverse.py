"""The paragraph on the other universes of a study's choices."""

from npcradiomics.multiverse.design import AXES
from npcradiomics.publication.methods.text import Paragraph, count, listed, paragraph

_NAMES = {
    "intensity": "normalisation of the intensities",
    "region": "recurrent region",
    "quantizer": "quantizer",
    "fit": "region that the quantizer is fitted to",
    "levels": "grey levels",
    "resampling": "resampling",
    "outliers": "removal of outliers",
    "grown_mm": "margin added to GTVr in mm",
    "moved": "place of GTVr within the estimated error of its registration",
    "test": "test",
}


def multiverse_paragraph(used: dict, alpha: float) -> Paragraph:
    """Which choices were taken otherwise, and how it was judged what the conclusion depends on.

    used: section `multiverse` of the settings; alpha: level of a family.
    """
    crossed = used["design"] == "factorial"
    chosen = [
        f"{_NAMES[axis]} ({_values(used['axes'][axis])})"
        for axis in AXES
        if used["axes"].get(axis) and (axis in used["crossed"] or not crossed)
    ]
    how = "all combinations of these choices" if crossed else "one choice at a time taken otherwise"
    textures = used["surrogates"]
    return paragraph(
        "What it depends on",
        f"The comparison was repeated with {how}, beside the values above: {listed(chosen)}."
        if chosen
        else "",
        f"Each of these universes was measured with {count(used['n_draws'], 'motion')} of the recurrence's"
        " own shape, the same in all, and"
        f" {count(textures, 'random texture') if textures else 'no random textures'}.",
        f"Whether the difference of a feature holds over the universes was judged, at {alpha:g}, by its largest"
        " z over all features and universes, against"
        f" {used['n_recombinations']:,} recombinations of the patients' draws in all universes at once"
        " [@simonsohn2020]; what moves an effect most is the choice of the largest variance component.",
    )


def _values(values):
    if isinstance(values, int):
        return count(values, "sample")
    return ", ".join(str(value) for value in values)
