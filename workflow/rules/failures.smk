"""The run's own words at its beginning and its end: who failed and what to try, what an interruption left."""

import sys
import time

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from npcradiomics.jobs import failures

RUN_BEGAN = time.time()


def say_failures():
    """On the terminal and in failed.tsv of each study: the failures of this run, and no other's."""
    for study in ("heterogeneity", "response"):
        found = failures.records(f"results/{study}/logs", since=RUN_BEGAN)
        lines = failures.report(found, f"results/{study}/failed.tsv")
        print(*lines, sep="\n", end="\n" * bool(lines), file=sys.stderr)


onsuccess:
    say_failures()


onerror:
    say_failures()
