"""The run's own words at its beginning and its end: whose patients, who is in, who failed and what to try.

In a Snakefile that has this as a module `npc`, Snakemake calls them there: `onerror: npc.onerror()`.
"""

import logging
import sys
import time
from functools import cache

from snakemake.io import IOFile

sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics.jobs import failures, outdated, summary
from npcradiomics.jobs.progress import Progress

RUN_BEGAN = time.time()


def study_of(job):
    """The study a job is of, whatever its rule is called where this is a module; "" for none."""
    own = Path(job.rule.snakefile).is_relative_to(ROOT)
    return job.rule.module_globals.get("study", "") if own else ""


def studies_run():
    """{study: its jobs} of the studies that this run has jobs of."""
    found = {}
    for job in workflow.dag.jobs:
        if study := study_of(job):
            found.setdefault(study, []).append(job)
    return dict(sorted(found.items()))


def say(*lines):
    print(*lines, sep="\n", end="\n" * bool(lines), file=sys.stderr, flush=True)


def whose():
    """A line per study whose patients nobody has ever seen."""
    return [
        f"{study}: SIMULATED patients, nobody's data (your own: key `patients` below `{study}:`)"
        for study, jobs in studies_run().items()
        if any(job.rule.name.endswith(("simulate_patient", "simulate_tumours")) for job in jobs)
    ]


@cache
def record_of(path):
    """(inputs, their checksums) of a file when it was made, by Snakemake's record; how it looks (templates) makes nothing untrue."""
    record = workflow.persistence.metadata(IOFile(path))
    if not record:
        return [], {}
    templates = (str(ROOT / "workflow/report"), "workflow/report")
    inputs = [name for name in record.input or [] if not name.startswith(templates)]
    return inputs, record.input_checksums or {}


def made_from(path):
    return record_of(path)[0]


def changed(path):
    return outdated.changed_since(path, *record_of(path))


def set_aside_outdated(study, jobs):
    """What this run had to make anew and did not, what was made from other files, what holds a patient or sequence that is out since."""
    dag, chapter = workflow.dag, jobs[0].rule.module_globals
    left = [job for job in jobs if dag.needrun(job) and not dag.finished(job)]
    unmade = {path for job in left for path in map(str, job.output)}
    out, measured_in = (chapter.get(name, {}) for name in ("out_of_cohort", "measured_in"))
    found = outdated.find_outdated(RESULTS[study], unmade, out, measured_in, made_from, changed)
    outdated.set_aside(RESULTS[study], found)
    if found:
        say(f"{study}: {outdated.sentence(RESULTS[study], found)}")
    outdated.clear(RESULTS[study])


def last_words():
    for study, jobs in studies_run().items():
        if not any(job.output for job in jobs):  # verify makes nothing, moves nothing, fails nobody
            continue
        found = failures.records(f"{RESULTS[study]}/logs", since=RUN_BEGAN)
        sequences = jobs[0].rule.module_globals["settings"].get("sequences", ())
        say(*failures.report(found, f"{RESULTS[study]}/failed.tsv", sequences))
        set_aside_outdated(study, jobs)
        say(*summary.cohort_summary(study, RESULTS[study]))
    say(*whose())


class Teller(logging.Handler):
    """Says after each step of a patient how far the run is."""

    def __init__(self):
        super().__init__()
        jobs = {
            job.jobid: (
                job.rule.name.rpartition(f"{study_of(job)}_")[2],
                job.wildcards_dict.get("patient", "") if study_of(job) else "",
            )
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


def without_rate_limit():
    """Snakemake's default limit (100 jobs a second) costs a look for new jobs each second for every job that has ended."""
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


onstart:
    without_rate_limit()
    say(*whose())
    if sys.stderr.isatty() and "CI" not in os.environ:  # nobody watches a log file
        logger.addHandler(Teller())


onsuccess:
    last_words()


onerror:
    last_words()
