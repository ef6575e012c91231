"""Two studies of nasopharyngeal carcinoma on MRI. `snakemake -c4` makes the first, `snakemake -c4 response_study` the second."""

from snakemake.utils import min_version

min_version("9.19")


configfile: workflow.source_path("config/config.yaml")


report: "workflow/report/workflow.rst"


include: "workflow/rules/scan.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/terminal.smk"


module heterogeneity:
    pathvars:
        results=RESULTS["heterogeneity"],
    snakefile:
        "workflow/heterogeneity.smk"
    config:
        config.get("heterogeneity", {})


use rule * from heterogeneity as heterogeneity_*


if "response" in config:

    module response:
        pathvars:
            results=RESULTS["response"],
        snakefile:
            "workflow/response.smk"
        config:
            config["response"]

    use rule * from response as response_*


rule all:
    """All of the heterogeneity study. The response study is `response_study`: its patients are others, simulated until you name yours."""
    default_target: True
    input:
        rules.heterogeneity_report_cohort.output,
        rules.heterogeneity_cohort_stats.input,
        rules.heterogeneity_patient_pictures.input,
        rules.heterogeneity_patient_pages.input,


rule cohort_stats:
    """Tables 1-5 and Figures 2-11 of the heterogeneity study (Akram 2020, and what it is worth)."""
    input:
        rules.heterogeneity_cohort_stats.input,
