"""Sentences on images and contours that both studies share."""

from npcradiomics.publication.methods.text import listed, were
from npcradiomics.publication.notices import SIMULATED_NOTE


def simulation_sentences(simulation: dict, cohort: dict, groups: str) -> list[str]:
    """Who is simulated, and how; nothing where nobody is.

    Parameters
    ----------
    simulation : dict
        Section of the settings.
    cohort : dict
        `patients`, and how many of them are `simulated`.
    groups : str
        Between what a difference may be planted.
    """
    n, made = cohort["patients"], cohort["simulated"]
    if not made:
        return []
    who = "All patients were" if made == n else f"{made} of the {n} patients {were(made)}"
    planted = "with" if simulation["planted"] else "without"
    within = simulation["planted"] if isinstance(simulation["planted"], list) else []
    where = f" in {listed(within)}" if within else ""
    grid = ""
    if "size" in simulation:
        size, spacing = (
            " x ".join(f"{x:g}" for x in simulation[k]) for k in ("size", "spacing_mm")
        )
        grid = f"planning MRI of {size} voxels of {spacing} mm; "
    return [
        f"{SIMULATED_NOTE}.",
        f"{who} made by simulation, {planted} a planted difference between the {groups}{where} ({grid}seed"
        f" {simulation['seed']}).",
    ]


def image_sentence(normalisation: str = "none") -> str:
    """What was done to the images before the features, and what was not; key `intensity: normalisation`."""
    n4 = "the bias field of the planning MRI was removed (inhomogeneity; N4 [@tustison2010])"
    between = "intensities were not normalised between patients"
    scaled = (
        "intensities were normalised: they are standard deviations from the mean of a reference tissue,"
        " or of the head where none was named"
    )
    return {
        "none": "For the features images were neither filtered nor corrected for inhomogeneity, and their"
        f" {between}.",
        "n4": f"For the features images were not filtered; {n4}, and {between}.",
        "n4_zscore": f"For the features images were not filtered; {n4}, and {scaled}.",
    }[normalisation]


def contour_sentence(settings: dict, cohort: dict) -> str:
    """How contours of an RTSTRUCT became masks; "" where all came as masks."""
    if not cohort["rtstruct"]:
        return ""
    ends = "half a plane distance beyond" if settings["contour_end_caps"] else "with"
    return (
        "Planar contours became masks by the centres of the voxels they enclose, with the shape"
        f" interpolated between the planes; structures ended {ends} their outermost planes."
    )


def geometry_sentence(settings: dict) -> str:
    """What counted where a NIfTI header contradicts itself; "" where such files were refused."""
    wins = settings.get("nifti_geometry")
    if not wins:
        return ""
    return f"Where a NIfTI header described its grid in two ways, its {wins} counted."
