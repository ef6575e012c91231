"""The methods of the heterogeneity study, a paragraph a subject, from the settings that ran."""

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.methods.images import (
    contour_sentence,
    geometry_sentence,
    image_sentence,
    simulation_sentences,
)
from npcradiomics.publication.methods.multiverse import multiverse_paragraph
from npcradiomics.publication.methods.risk_map import risk_map_paragraph
from npcradiomics.publication.methods.sequences import sequences_paragraph
from npcradiomics.publication.methods.software import pyradiomics_words, software_paragraph
from npcradiomics.publication.methods.text import (
    Paragraph,
    count,
    listed,
    paragraph,
    percent,
    were,
)
from npcradiomics.publication.notices import TWO_SHARES

_OUTLIERS = {
    "none": "No voxel was removed as an outlier.",
    "3sigma": "Voxels beyond 3 standard deviations of the mean of their region were removed.",
}
_RESAMPLING = {
    "none": "Voxels were not resampled.",
    "isotropic": "Images were resampled across the slices to the in-plane spacing (cubic B-spline; masks"
    " linearly, cut at one half).",
    "toolbox": "Regions were resampled across the slices to the in-plane spacing by the toolbox's own"
    " routine (cubic convolution, masks by nearest neighbour), which moves them by half a voxel.",
}
_QUANTIZERS = {
    "lloyd": "the Lloyd-Max quantizer [@lloyd1982; @max1960] as MATLAB runs it",
    "optimal": "the quantizer of least squared error [@max1960], the global optimum",
    "uniform": "equal steps from the lowest to the highest intensity",
}
_FITTED = {
    "region": "fitted to each region by itself",
    "gtv": "fitted once to the whole GTV and used for both regions",
}


def paragraphs(settings: dict, cohort: dict, versions: dict, pyradiomics: dict) -> list[Paragraph]:
    """The methods.

    Parameters
    ----------
    settings : dict
        Complete settings of the study, `n_tests` as a number.
    cohort : dict
        Of `counts.heterogeneity_counts`, with `departures`: words of `notices.settings_sentence`
        for the registration, "" for none.
    versions : dict
        `software` of provenance.json.
    pyradiomics : dict
        Contents of pyradiomics' settings file.
    """
    made = [
        _patients(settings, cohort),
        _registration(settings, cohort, versions),
        _regions(settings, cohort),
        _dose(settings["dose"], settings, cohort) if cohort["isodose"] else None,
        _features(settings, versions, pyradiomics),
        sequences_paragraph(settings, cohort["sequences"]),
        _statistics(settings["statistics"], versions),
        _null(settings) if settings["spatial_null"]["enabled"] else None,
        multiverse_paragraph(settings["multiverse"], settings["statistics"]["alpha"])
        if settings["multiverse"]["enabled"]
        else None,
        risk_map_paragraph(settings["risk_map"]) if settings["risk_map"]["enabled"] else None,
        software_paragraph(versions),
    ]
    return [one for one in made if one]


def _patients(settings, cohort):
    n = cohort["patients"]
    share = percent(settings["regions"]["in_field_minimum"])
    unknown = n - cohort["isodose"]
    in_field = (
        f"Patients with less than {share} of GTVr's voxels inside the 95 % isodose were excluded as"
        " not in field"
        + (f"; {count(unknown, 'patient')} without a known isodose stayed." if unknown else ".")
    )
    out = [f"{k} ({words})" for words, k in cohort["out"].items()]
    return paragraph(
        "Patients",
        *simulation_sentences(settings["simulation"], cohort, "regions"),
        "Following Akram et al. [@akram2020], the part of the gross tumour volume (GTV) in which the"
        " cancer came back was compared with the rest of the GTV on the MRI before treatment"
        f" (planning MRI), in {cohort['entered']} of {count(n, 'patient')}.",
        f'Patients for whom "{settings["exclude"]}" was true were excluded.'
        if settings["exclude"]
        else "",
        in_field
        if cohort["isodose"]
        else "The 95 % isodose was not known, so that recurrences were not required to be in field.",
        "Patients for whom a step of the analysis had failed were left out and are named with the"
        " reason."
        if settings["allow_missing"]
        else "No patient was left out because a step of the analysis had failed.",
        f"Not in the comparison: {listed(out)}." if out else "",
    )


def _registration(settings, cohort, versions):
    used, limits = settings["registration"]["parameters"], settings["registration"]["limits"]
    given = cohort["transform"]
    in_plane = listed(f"{mm:g}" for mm in used["region_in_plane_mm"])
    from_mm, to_mm = limits["similarity_mm"]
    from_deg, to_deg = limits["similarity_deg"]
    departures = cohort["departures"].partition(": ")[2]
    method = [
        "The MRI at recurrence was registered to the planning MRI by the rigid transform of the largest"
        f" mutual information [@mattes2003] ({used['histogram_bins']} bins per image; SimpleITK"
        f" {versions['packages']['simpleitk']} [@lowekamp2013]).",
        f"Several starts were optimised on the head within {used['head_margin_mm']:g} mm of the tumour,"
        f" averaged to {used['head_in_plane_mm']:g} mm in the plane, and the best of them on the tumour"
        f" and the {used['region_margin_mm']:g} mm round it, averaged to {in_plane} mm.",
        f"For {count(given, 'patient')} a transform from elsewhere was used instead."
        if given
        else "",
    ]
    elsewhere = [
        "The MRI at recurrence was brought to the planning MRI by transforms from elsewhere."
    ]
    return paragraph(
        "Registration",
        *(method if cohort["registered"] else elsewhere),
        f"Settings of the registration other than the defaults: {departures}."
        if departures
        else "",
        _carried(cohort),
        "A registration was taken as failed if the registration in the other direction disagreed with"
        f" it by more than {limits['backward_failed_mm']:g} mm on average over the tumour, if a restart"
        f" {limits['restart_mm']:g} mm and {limits['restart_deg']:g} degrees away ended more than"
        f" {limits['restart_failed_mm']:g} mm from it, if the images were less alike at fewer than"
        f" {percent(limits['similarity_failed'])} of {limits['similarity_neighbours']} places {from_mm:g}"
        f" to {to_mm:g} mm and {from_deg:g} to {to_deg:g} degrees away, if less than"
        f" {percent(limits['gtvr_inside_failed'])} of GTVr lay within {limits['gtvr_margin_mm']:g} mm of"
        f" the GTV, if the MRI at recurrence showed less than {percent(limits['covered_failed'])} of the"
        " tumour, or if the mutual information was less than"
        f" {limits['laterality_failed']:g} times that with left and right exchanged.",
        "What had failed was not analysed unless a person had accepted it.",
        "GTVr was also carried by a deformable (B-spline) registration, as a sensitivity analysis that"
        " enters no other result."
        if settings["registration"]["deformable"]
        else "",
    )


def _carried(cohort):
    if not cohort["carried"]:
        return "GTVr had been drawn on the planning MRI."
    words = "GTVr was carried to the planning MRI by this transform"
    if cohort["carried"] == cohort["patients"]:
        return f"{words}."
    patients = count(cohort["carried"], "patient")
    return f"{words} in {patients}; in the others it had been drawn there."


def _regions(settings, cohort):
    regions = settings["regions"]
    whole = "all of GTVr, also where it lay outside the GTV"
    recurrent = {"whole": whole, "inside_gtv": "the part of GTVr inside the GTV"}
    return paragraph(
        "Regions",
        "The gross tumour volume at recurrence (GTVr) and the GTV were contours given with the images.",
        f"The recurrent region was {recurrent[regions['recurrent']]}; the non-recurrent region was the"
        " GTV without GTVr.",
        f"No region of fewer than {regions['min_voxels']} voxels was analysed.",
        contour_sentence(settings, cohort),
        geometry_sentence(settings),
    )


def _dose(dose, settings, cohort):
    given = settings.get("prescription_gy")
    ratio = dose.get("alpha_beta_gy")
    return paragraph(
        "Dose",
        f"A recurrence was called in field if at least {percent(dose['in_field'])} of the volume of GTVr"
        f" lay inside the 95 % isodose, marginal from {percent(dose['marginal'])} on, and outside"
        f" below ({count(cohort['isodose'], 'patient')}).",
        TWO_SHARES,
        f"The prescribed dose was {given:g} Gy where none was given for the patient."
        if given and cohort["dose"]
        else "",
        "Where target volumes were given, failures were typed A to E by the target that holds the"
        " centroid of GTVr and by its D95, after Mohamed et al. [@mohamed2016]."
        if cohort["targets"]
        else "",
        f"Doses are also given as EQD2 with alpha/beta = {ratio:g} Gy where the number of fractions was"
        " known."
        if ratio and cohort["fractions"]
        else "",
        f"Intervals are the middle 90 % over {dose['n_shifts']} rigid motions of GTVr as large as the"
        f" estimated error of its registration (seed {dose['seed']}).",
    )


def _features(settings, versions, pyradiomics):
    used, intensity = settings["extraction"], settings["intensity"]["normalisation"]
    histogram = sum(d.family.startswith("Intensity") for d in DEFINITIONS)
    foreign = sum(not d.agrees for d in DEFINITIONS[histogram:])
    return paragraph(
        "Features",
        f"Of each region {len(DEFINITIONS)} features were computed: {histogram} of the histogram of"
        f" intensities and {len(DEFINITIONS) - histogram} of texture (grey-level co-occurrence, run-length"
        " and size-zone matrices, neighbourhood grey-tone difference matrix), with the definitions of the"
        " MATLAB TextureToolbox [@vallieres2015].",
        f"For {foreign} of the texture features pyradiomics and the Image Biomarker Standardisation"
        " Initiative [@zwanenburg2020] have other formulas under the same name.",
        image_sentence(intensity),
        _OUTLIERS[used["outliers"]],
        _RESAMPLING[used["resampling"]],
        f"Intensities were quantized into {used['n_levels']} grey levels by"
        f" {_QUANTIZERS[used['quantizer']]}, {_FITTED[used['quantizer_fit']]}.",
        "Each matrix was made once for a region in three dimensions, from all 26 neighbours at a distance"
        " of one voxel (13 directions), symmetric, with weights by the distance of the neighbours in"
        " voxels; size zones are of 26 neighbours, and a region in one slice was treated in two"
        " dimensions.",
        f"Beside them stand features of pyradiomics {versions['packages']['pyradiomics-bhklab']}"
        f" [@vangriethuysen2017] of the same grey levels ({pyradiomics_words(pyradiomics)}).",
    )


def _statistics(used, versions):
    threshold = used["alpha"] / used["n_tests"]
    return paragraph(
        "Statistics",
        "For each feature the paired differences, recurrent minus non-recurrent, were tested by"
        " Wilcoxon's signed-rank test [@wilcoxon1945] where the Shapiro-Wilk test [@shapiro1965] rejected"
        " normality at p < 0.05, and by the paired t-test elsewhere (two-sided; pairs complete for each"
        f" feature; pingouin {versions['packages']['pingouin']} [@vallat2018]).",
        f"A difference was significant below p = {used['alpha']:g}/{used['n_tests']} = {threshold:.3g}"
        " (Bonferroni).",
        "Effect sizes are dz with its interval from the noncentral t distribution, and the rank-biserial"
        f" correlation with a percentile interval of {used['n_boot']:,} bootstrap samples of the patients"
        f" (seed {used['seed']}); intervals are of 95 %.",
        "The significant features, or the seven of Akram et al. where fewer than two were, were related"
        " by Pearson's correlation of their differences, and the regions by principal components of the"
        " scaled features.",
        "Whether a difference follows the ratio of the two volumes was judged by Spearman's correlation"
        " with the logarithm of that ratio.",
    )


def _null(settings):
    used = settings["spatial_null"]
    shape = {
        "own": "of the recurrent region's size and shape, mirrored, turned about the slice normal and moved",
        "compact": "of the recurrent region's size, as compact blobs",
    }
    depth = {
        "depth": ", as deep below the GTV's surface as the recurrence (in quartiles)",
        "none": "",
    }
    scores = {"standard": "standardised", "normal": "turned into normal scores of their ranks"}
    steps = {"single_step": "in a single step", "step_down": "step-down"}
    second = (
        f"A second null was made of {count(used['surrogates'], 'random texture')} with the tumour's own"
        " values and spatial covariance [@theiler1992] in the true regions."
    )
    verdict = (
        "A difference was called texture if its adjusted p was at most"
        f" {settings['statistics']['alpha']:g} in both nulls and no negative control (place, shape and"
        " surface of the regions) was rejected at that level."
    )
    return paragraph(
        "Texture or size",
        f"In each tumour {count(used['n_draws'], 'region')} {shape[used['shape']]}, {were(used['n_draws'])} drawn"
        f" in the GTV{depth[used['match']]} (seed {used['seed']}), and their differences from the remainder"
        f" {scores[used['scores']]} together with the observed one.",
        "The sum over the patients was compared with that of"
        f" {used['n_recombinations']:,} recombinations of the draws; p was adjusted over all features by"
        f" the largest statistic [@westfall1993], {steps[used['correction']]}.",
        second
        if used["surrogates"]
        else "No surrogate textures were made, so that no difference was called texture.",
        verdict if used["surrogates"] else "",
    )
