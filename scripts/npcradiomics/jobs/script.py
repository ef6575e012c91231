"""The glue between a Snakemake rule and its script: log file, warnings, one clear line on failure, exit code."""

import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from npcradiomics.jobs import failures


def _job(snakemake):
    log = snakemake.log[0]
    return log, Path(log).stem, snakemake.wildcards.get("patient", "")


def _interrupted(*_):
    """End as a shell ends what Ctrl-C stopped; sys.exit would wait for other threads."""
    failures.interrupt(*_job(vars(sys.modules["__main__"])["snakemake"]))
    os._exit(130)


# A job is half imports: Ctrl-C in the middle of them would be a page of traceback from each, and
# one that is killed there would fail without a record. Patients' scripts therefore import this
# module before all others. Where Ctrl-C is ignored, as behind nohup, it stays so.
if "snakemake" in vars(sys.modules["__main__"]):
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    failures.begin(*_job(vars(sys.modules["__main__"])["snakemake"]))


def run(main: Callable, snakemake) -> None:
    """Call main(snakemake) with everything it prints in the rule's log.

    A failure leaves the whole traceback in the log, one line on the terminal (step, patient,
    message), and exit code 1. What a script logs as a warning of "npcradiomics" stands in the log
    and on the terminal, too. Ctrl-C ends the job without a line: the run says once what goes on.
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
        where = " ".join([snakemake.rule, *snakemake.wildcards])
        told.setFormatter(logging.Formatter(f"NOTE {where}: %(message)s"))
        logging.getLogger("npcradiomics").addHandler(told)
        logging.captureWarnings(True)
        warnings.simplefilter("default")
        job = _job(snakemake)
        if signal.getsignal(signal.SIGINT) is _interrupted:  # from here on files are tidied up
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            main(snakemake)
            failures.succeed(snakemake.log[0])
        except KeyboardInterrupt:
            failures.interrupt(*job)
            os._exit(130)
        except Exception as error:
            traceback.print_exc(file=log)
            what = " ".join(str(error).split()) or type(error).__name__
            if not isinstance(error, ValueError):
                what = f"{type(error).__name__}: {what}"
            failures.fail(*job, what, getattr(error, "todo", None))
            print(f"FAILED {where}: {what} (log: {snakemake.log[0]})", file=terminal, flush=True)
            sys.exit(1)
