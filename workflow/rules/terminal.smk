"""The run's own words at its beginning and its end: whose patients, who is in, who failed and what to try."""

import sys
import time

sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.jobs import failures, summary

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


onstart:
    say(*whose())


onsuccess:
    last_words()


onerror:
    last_words()
