"""Rule verify: do inputs, settings and outputs still fit provenance.json? Fails with a line per thing that does not."""

import logging
import os
import shlex

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.jobs.provenance import (
    checksums,
    config_files,
    sha256,
    software,
    software_changes,
    unfit,
)

SHOWN = 20  # lines on the terminal; the log has all


def main(snakemake):
    params, tell = snakemake.params, logging.getLogger("npcradiomics").warning
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
    found = unfit(then, now, params.files, params.out)
    made_with, given = map(
        config_files, (then["command"], shlex.split(os.environ["NPCRADIOMICS_COMMAND"]))
    )
    if found and then["settings"] != now["settings"] and made_with != given:
        raise ValueError(
            f"{params.record} was made with {_option(made_with)}, this command has {_option(given)}:"
            " not compared; give the same"
        )
    for line in [*software_changes(then["software"], software()), *found[:SHOWN]]:
        tell("%s", line)
    print(*found[SHOWN:], sep="\n")  # into the log
    if found:
        things = (
            "1 thing no longer fits" if len(found) == 1 else f"{len(found)} things no longer fit"
        )
        more = f", of which {SHOWN} are shown" if len(found) > SHOWN else ""
        raise ValueError(f"{things} {params.record}{more}")
    n_inputs = sum(map(len, then["inputs"].values()))
    tell("%d inputs and %d outputs are what %s says", n_inputs, len(then["outputs"]), params.record)


def _option(files):
    return f"--configfile {' '.join(files)}" if files else "no --configfile"


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
