"""The paragraph on the map of where the tumour will come back."""

from npcradiomics.publication.methods.text import Paragraph, count, listed, paragraph


def risk_map_paragraph(used: dict) -> Paragraph:
    """How places were laid and measured, what was fitted, and what the map was held against.

    used: section `risk_map` of the settings
    """
    boosts = listed([f"{share:g} %" for share in used["boost_percent"]])
    return paragraph(
        "Risk map",
        "Each tumour was covered by compact places of one size, grown inside the GTV:"
        f" {used['size_cm3']:g} cm3, at least {count(used['minimum_voxels'], 'voxel')} and at most half of the"
        f" tumour's largest piece, as many as put each voxel into {used['coverage']} of them (seed {used['seed']}).",
        "The share of a place that recurred was predicted from its features and its depth by ridge"
        " regression, on these columns or on random Fourier features of them; columns were normal"
        " scores within the patient, and the kind and the penalty were tuned inside the training"
        " patients.",
        "Each patient's map came from a model that had not seen the patient, its tuning included.",
        "It was scored by the area under the ROC curve over voxels and by the share of the recurrence"
        f" in a boost filled from the top of the map, as large as the recurrence and {boosts} of the"
        " GTV, beside maps of depth alone, intensity alone and the distance to the GTV's centre.",
        "For an exact p everything was fitted again, the recurrences replaced by draws of the spatial"
        f" null, {count(used['n_refits'], 'time')}.",
    )
