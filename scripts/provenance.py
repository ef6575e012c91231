"""Rule provenance: what the results were made from and by what, with checksums, beside the results."""

import os
import shlex

from npcradiomics.files import read_json, write_json
from npcradiomics.jobs import script
from npcradiomics.jobs.provenance import checksums, host_class, sha256, software, without_folders


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    # checksums of the moment in which the files were read
    inputs = {}
    for path in given.inputs:
        for patient, sums in read_json(path)["sha256"].items():
            inputs[patient] = inputs.get(patient, {}) | sums
    record = {
        "software": software(),
        "host": host_class(),
        "command": without_folders(shlex.split(os.environ.get("NPCRADIOMICS_COMMAND", ""))),
        "settings": params.settings,
        "patients_table": sha256(given.table),
        "inputs": inputs,
        "outputs": checksums(
            {os.path.relpath(path, params.results): path for path in given.outputs}
        ),
    }
    write_json(record, snakemake.output.record)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
