"""The methods of the response study, a paragraph a subject, from the settings that ran."""

from npcradiomics.publication.methods.images import (
    contour_sentence,
    geometry_sentence,
    image_sentence,
    simulation_sentences,
)
from npcradiomics.publication.methods.software import pyradiomics_words, software_paragraph
from npcradiomics.publication.methods.text import (
    Paragraph,
    count,
    listed,
    paragraph,
    percent,
    were,
)

_MEASURES = {"deviance": "deviance", "class": "share of misclassified patients"}
_RULES = {
    "min": "of the least cross-validated {}",
    "1se": "largest within one standard error of the least cross-validated {}",
}
_SCORES = {
    "logistic": "The rad-score is the linear predictor of an unpenalised logistic regression on the"
    " features that were kept; where these separated the responses it was the LASSO's.",
    "lasso": "The rad-score is the linear predictor of the LASSO itself.",
}


def paragraphs(settings: dict, cohort: dict, versions: dict, pyradiomics: dict) -> list[Paragraph]:
    """The methods.

    Parameters
    ----------
    settings : dict
        Complete settings of the study.
    cohort : dict
        Of `counts.response_counts`.
    versions : dict
        `software` of provenance.json.
    pyradiomics : dict
        Contents of pyradiomics' settings file.
    """
    return [
        _patients(settings, cohort),
        _features(settings, cohort, versions, pyradiomics),
        _model(settings["model"], settings["repeatability"]),
        _validation(settings["resampling"]),
        _comparison(settings),
        *([_new_patients(settings, cohort)] if cohort["new"] else []),
        software_paragraph(versions),
    ]


def _patients(settings, cohort):
    n = cohort["patients"]
    split, sets = settings["split"], cohort["sets"]
    share = ", with the same share of responders in both sets" if split["stratified"] else ""
    words = settings["response_labels"]
    labels = [f"{listed(map(repr, words[name]), 'or')} as {name}" for name in words if words[name]]
    return paragraph(
        "Patients",
        *simulation_sentences(settings["simulation"], cohort, "responses"),
        "Following Liu et al. [@liu2025], the response to radiotherapy was predicted from the tumour on"
        f" the T2-weighted MRI before treatment, in {count(n, 'patient')}:"
        f" {sets['train']['patients']} in the training set ({sets['train']['effective']}"
        f" effective) and {sets['validation']['patients']} in the validation set"
        f" ({sets['validation']['effective']} effective).",
        "Complete and partial response counted as effective, stable and progressive disease as"
        " ineffective" + (f"; the table's words {listed(labels)}." if labels else "."),
        "The sets were given with the patients."
        if cohort["split_given"]
        else f"{split['n_train']} patients were drawn at random for training{share} (seed {split['seed']});"
        " the others are the validation set.",
    )


def _features(settings, cohort, versions, pyradiomics):
    used = settings["features"]
    kinds = {
        "396": "396 features of the histogram, the shape and the texture (co-occurrence and run-length"
        " matrices in the slice, at offsets of 1, 4 and 7 voxels in four directions; size zones and"
        f" Haralick's measures in three dimensions; {used['n_levels']} equal steps from the lowest to the"
        " highest intensity of the tumour)",
        "toolbox47": "The 47 features of the MATLAB TextureToolbox [@vallieres2015], of"
        f" {used['n_levels']} levels of the Lloyd-Max quantizer [@lloyd1982; @max1960],",
        "pyradiomics": f"Features of pyradiomics {versions['packages']['pyradiomics-bhklab']}"
        f" [@vangriethuysen2017] ({pyradiomics_words(pyradiomics)}), of {used['n_levels']} equal steps"
        " from the lowest to the highest intensity of the tumour,",
    }
    return paragraph(
        "Features",
        "The tumour was a contour given with the images.",
        f"{kinds[str(used['set'])]} were computed for each patient.",
        image_sentence(),
        "Voxels were not resampled.",
        contour_sentence(settings, cohort),
        geometry_sentence(settings),
    )


def _model(used, repeated):
    replaced = (
        f"Values more than {used['iqr_factor']:g} interquartile ranges beyond the quartiles of the"
        " training patients were replaced by the training median."
    )
    measure = _MEASURES[used["measure"]]
    return paragraph(
        "Model",
        "The model was fitted on the training patients alone.",
        "Differences between the centres were taken out of the features by ComBat [@johnson2007] with the"
        " parameters of the training patients, without covariates."
        if used["harmonization"] == "combat"
        else "",
        "Features with an intraclass correlation ICC(1,1) [@shrout1979] below"
        f" {repeated['minimum_icc']:g} in {repeated['n_perturbations']} perturbed examinations of each"
        " training patient (contour drawn again by supervoxels and changed in volume, image turned,"
        f" shifted and with noise [@zwanenburg2019]; seed {repeated['seed']}) were left out."
        if used["stable_features"]
        else "",
        replaced if used["outliers"] == "iqr" else "No value was replaced as an outlier.",
        "Features were scaled to mean 0 and standard deviation 1 of the training patients; constant"
        " features and linear copies of others were dropped.",
        "Features were selected by the LASSO [@tibshirani1996] on the logistic loss, along a path of"
        f" penalties as glmnet's [@friedman2010]; the penalty was the one"
        f" {_RULES[used['lambda_rule']].format(measure)} in {used['folds']} stratified folds (seed"
        f" {used['seed']}).",
        _SCORES[used["score"]],
        "A patient was predicted to respond above the threshold of the largest Youden index"
        " [@youden1950] in the training set.",
        "No method against class imbalance was used.",
        "The size of the training set was judged by the criteria of Riley et al. [@riley2020] at the R2"
        " of the cross-validation."
        if used["measure"] == "deviance"
        else "",
    )


def _validation(used):
    return paragraph(
        "Validation",
        "Discrimination is given as the area under the receiver operating characteristic curve with"
        " DeLong's interval [@delong1988], and as sensitivity and specificity at the training threshold"
        " with exact intervals [@clopper1934]; intervals are of 95 %.",
        "Calibration is given as slope and intercept [@cox1958], Brier score, Hosmer-Lemeshow test"
        " [@hosmer1980] and a smoothed curve, and the clinical use as net benefit [@vickers2006].",
        "All steps of the model and of those it is compared with were repeated in"
        f" {count(used['nested'], 'nested five-fold cross-validation')} of the training set, in"
        f" {used['bootstrap']} bootstrap samples, from which the optimism was estimated [@harrell1996],"
        f" and with {used['permutation']} permutations of the responses [@phipson2010] (seed"
        f" {used['seed']}).",
    )


def _comparison(settings):
    columns, words = settings["clinical_columns"], settings["clinical_categories"]
    clinical = (
        f"the clinical columns ({', '.join(columns)}), these with the rad-score" if columns else ""
    )
    beside = listed(
        filter(
            None, ["the logarithm of the tumour's volume", clinical, "first-order features alone"]
        )
    )
    times = settings["model"]["imputations"]
    missing = (
        f"Missing clinical values of the training patients were imputed {count(times, 'time')} by chained"
        " equations with the response [@vanbuuren2011], and the regressions pooled by Rubin's rules"
        " [@rubin1987]; those of patients to be scored were set to their expectation given the patient's"
        " other values [@hoogland2020]."
        if times
        else "A patient without a value that a model needs was left out of that model."
    )
    tests = [
        "numbers by the t-test of equal variances" if set(columns) - set(words) else "",
        f"categories ({', '.join(words)}) by the chi-square test without Yates' correction"
        if words
        else "",
    ]
    return paragraph(
        "Comparison",
        f"The rad-score was compared with models of {beside}, fitted on the same training patients with"
        " the same folds; the areas in the validation set were compared by DeLong's paired test at 0.05,"
        " not adjusted for the number of models.",
        missing if columns else "",
        "Where a regression separated the responses, Firth's penalised likelihood [@firth1993] stood in"
        " its place."
        if columns
        else "",
        f"Clinical characteristics of both responses were compared: {listed(filter(None, tests))}."
        if columns
        else "",
    )


def _new_patients(settings, cohort):
    share = percent(settings["max_outside_training"])
    return paragraph(
        "New patients",
        f"{count(cohort['new'], 'further patient')} {were(cohort['new'])} scored by the model as it was; no score was"
        f" given where more than {share} of the model's features lay outside the range of the training"
        " patients.",
        "In those whose response was known the untouched model was validated, and recalibrated"
        " (intercept; intercept and slope) beside it."
        if cohort["new_labelled"]
        else "",
    )
