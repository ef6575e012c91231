"""What may be published of a finished study. The chapter says which paper (`paper`), and provenance.smk's three names."""


rule crate:
    """Tables, figures and what they were made from as an RO-Crate, without images; names that may identify are refused."""
    input:
        record="<results>/provenance.json",
    output:
        zip="<results>/crate.zip",
    log:
        "<results>/logs/crate.log",
    benchmark:
        "<results>/benchmarks/crate.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("crate"),
        results=lambda wildcards, output: os.path.dirname(output.zip),
        study=study,
        paper=paper,
        simulated=simulated_cohort,
        files=provenance_files,
    message:
        "{params.study}: what may be published"
    script:
        "../../scripts/crate.py"
