"""Two studies of nasopharyngeal carcinoma on MRI: a table of contents. `snakemake -c4` makes everything."""

from snakemake.utils import min_version

min_version("9.19")


configfile: "config/config.yaml"


module heterogeneity:
    pathvars:
        results="results/heterogeneity",
    snakefile:
        "workflow/heterogeneity.smk"
    config:
        config.get("heterogeneity", {})


use rule * from heterogeneity as heterogeneity_*


rule all:
    default_target: True
    input:
        rules.heterogeneity_cohort_stats.input,
        rules.heterogeneity_patient_pictures.input,


rule cohort_stats:
    """Tables 1-2 and Figures 2-5 of the heterogeneity study (Akram 2020)."""
    input:
        rules.heterogeneity_cohort_stats.input,
