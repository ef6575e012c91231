"""Two studies of nasopharyngeal carcinoma on MRI: a table of contents. `snakemake -c4` makes everything."""

from snakemake.utils import min_version

min_version("9.19")


configfile: "config/config.yaml"


include: "workflow/rules/scan.smk"


module heterogeneity:
    pathvars:
        results="results/heterogeneity",
    snakefile:
        "workflow/heterogeneity.smk"
    config:
        config.get("heterogeneity", {})


use rule * from heterogeneity as heterogeneity_*


if "response" in config:

    module response:
        pathvars:
            results="results/response",
        snakefile:
            "workflow/response.smk"
        config:
            config["response"]

    use rule * from response as response_*

    localrules:
        response_study,
        response_score,


localrules:
    all,
    cohort_stats,
    heterogeneity_cohort_stats,
    heterogeneity_patient_pictures,
    heterogeneity_registration_pages,


rule all:
    default_target: True
    input:
        rules.heterogeneity_cohort_stats.input,
        rules.heterogeneity_patient_pictures.input,
    message:
        "all tables, figures and pictures are there"


rule cohort_stats:
    """Tables 1-2 and Figures 2-5 of the heterogeneity study (Akram 2020)."""
    input:
        rules.heterogeneity_cohort_stats.input,
    message:
        "Tables 1-2 and Figures 2-5 are there"
