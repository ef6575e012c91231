"""The run's own words at its beginning and its end: whose patients, who is in, who failed and what to try."""

import logging
import sys
import time

sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.jobs import failures, summary
from npcradiomics.jobs.progress import Progress

RUN_BEGAN = time.time()


def studies_run():
    """{study: whether its patients are simulated} of the studies that this run has jobs of."""
    rules = {job.rule.name for job in workflow.dag.jobs}
    return {
        study: f"{study}_{simulation}" in rules
        for study, simulation in (
            ("heterogeneity", "simulate_patient"),
            ("response", "simulate_tumours"),
        )
        if any(rule.startswith(f"{study}_") for rule in rules)
    }


def say(*lines):
    print(*lines, sep="\n", end="\n" * bool(lines), file=sys.stderr, flush=True)


def whose():
    """A line per study whose patients nobody has ever seen."""
    return [
        f"{study}: SIMULATED patients, nobody's data (your own: key `patients` below `{study}:`)"
        for study, simulated in studies_run().items()
        if simulated
    ]


def last_words():
    for study in studies_run():
        found = failures.records(f"{RESULTS[study]}/logs", since=RUN_BEGAN)
        say(*failures.report(found, f"{RESULTS[study]}/failed.tsv"))
        say(*summary.cohort_summary(study, RESULTS[study]))
    say(*whose())


class Teller(logging.Handler):
    """Says after each step of a patient how far the run is."""

    def __init__(self):
        super().__init__()
        jobs = {
            job.jobid: (job.rule.name.partition("_")[2], job.wildcards_dict.get("patient", ""))
            for job in workflow.dag.needrun_jobs()
            if not job.is_norun
        }
        self.progress = Progress(jobs)

    def emit(self, record):
        event = getattr(record, "event", None)
        if event == "job_started":
            self.progress.start(record.jobs)
        elif event == "job_finished" and (line := self.progress.finish(record.job_id)):
            say(line)


onstart:
    say(*whose())
    if sys.stderr.isatty() and "CI" not in os.environ:  # nobody watches a log file
        logger.addHandler(Teller())


onsuccess:
    last_words()


onerror:
    last_words()
