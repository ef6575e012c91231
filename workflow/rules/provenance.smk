"""Where the results come from, beside them; and whether they still fit.

The chapter says which: provenance_records (json with the checksums taken when the inputs were read), provenance_files
({patient: {column: path}}), provenance_out ({patient: reason} of who is in the table and does not enter) and provenance_outputs.
"""

import shlex

# Said by the environment, because another number of cores in the command must not make the results look stale.
os.environ.update(NPCRADIOMICS_COMMAND=shlex.join(sys.argv))


rule provenance:
    """Versions, commit, settings, and checksums of the patients table, the inputs and the outputs."""
    input:
        inputs=provenance_records,
        table=settings["patients"],
        outputs=provenance_outputs,
    output:
        record="<results>/provenance.json",
    log:
        "<results>/logs/provenance.log",
    benchmark:
        "<results>/benchmarks/provenance.tsv"
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("provenance"),
        settings=settings,
        results=lambda wildcards, output: os.path.dirname(output.record),
    script:
        "../../scripts/provenance.py"


rule verify:
    """Recompute the checksums: do inputs, settings and results still fit provenance.json? Makes nothing, so always runs."""
    log:
        "<results>/logs/verify.log",
    localrule: True
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("verify"),
        record=workflow.pathvars.apply("<results>/provenance.json"),
        table=settings["patients"],
        files=provenance_files,
        out=provenance_out,
        settings=settings,
        results=workflow.pathvars.apply("<results>"),
    script:
        "../../scripts/verify.py"
