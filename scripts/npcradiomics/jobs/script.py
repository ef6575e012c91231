"""The glue between a Snakemake rule and its script: log file, warnings, one clear line on failure, exit code."""

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from npcradiomics.jobs import failures


def run(main: Callable, snakemake) -> None:
    """Call main(snakemake) with everything it prints in the rule's log.

    A failure leaves the whole traceback in the log, one line on the terminal (step, patient,
    message), and exit code 1. What a script logs as a warning of "npcradiomics" stands in the log
    and on the terminal, too.
    """
    # One thread per job: as many jobs as cores, and the same bits however many run. ITK reads this
    # at its first filter; Snakemake sets what BLAS and OpenMP read.
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
    with (
        os.fdopen(os.dup(2), "w") as terminal,
        open(snakemake.log[0], "w", buffering=1, encoding="utf-8") as log,
    ):
        # On the level of file descriptors, because ITK prints its warnings from C++.
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        logging.basicConfig(
            stream=log, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", force=True
        )
        logging.getLogger("fontTools").setLevel(logging.WARNING)  # a line per glyph otherwise
        told = logging.StreamHandler(terminal)
        told.setFormatter(logging.Formatter(f"NOTE {snakemake.rule}: %(message)s"))
        logging.getLogger("npcradiomics").addHandler(told)
        logging.captureWarnings(True)
        warnings.simplefilter("default")
        job = snakemake.log[0], Path(snakemake.log[0]).stem, snakemake.wildcards.get("patient", "")
        try:
            failures.begin(*job)
            main(snakemake)
            failures.succeed(snakemake.log[0])
        except Exception as error:
            traceback.print_exc(file=log)
            where = " ".join([snakemake.rule, *snakemake.wildcards])
            what = " ".join(str(error).split()) or type(error).__name__
            if not isinstance(error, ValueError):
                what = f"{type(error).__name__}: {what}"
            failures.fail(*job, what, getattr(error, "todo", None))
            print(f"FAILED {where}: {what} (log: {snakemake.log[0]})", file=terminal, flush=True)
            sys.exit(1)
