"""Rule verify: do inputs, settings and outputs still fit provenance.json? Fails with a list where they do not."""

import logging
import os

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.jobs.provenance import checksums, differences, sha256, software


def main(snakemake):
    params = snakemake.params
    if not os.path.exists(params.record):
        raise ValueError(f"{params.record}: no such file; run the study first")
    then = read_json(params.record)
    now = {
        "settings": params.settings,
        "patients_table": sha256(params.table) if os.path.exists(params.table) else None,
        "inputs": {patient: checksums(files) for patient, files in params.files.items()},
        "outputs": checksums(
            {name: os.path.join(params.results, name) for name in then["outputs"]}
        ),
    }
    for difference in differences(then["software"], software()):
        logging.getLogger("npcradiomics").warning("software: %s", difference)
    found = differences({key: then[key] for key in now}, now)
    if found:
        things = (
            "1 thing no longer fits" if len(found) == 1 else f"{len(found)} things no longer fit"
        )
        raise ValueError(f"{things} {params.record}: " + "; ".join(found))
    n_inputs = sum(map(len, then["inputs"].values()))
    logging.getLogger("npcradiomics").warning(
        "%d inputs and %d outputs are what %s says", n_inputs, len(then["outputs"]), params.record
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
