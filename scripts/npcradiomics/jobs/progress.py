"""How far a run is: which patient's step has ended, how many patients are done, how long the rest takes."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean


class Progress:
    """The jobs of a run as they begin and end.

    Parameters
    ----------
    jobs
        {id: (step, patient)} of the jobs that the run has to do; patient "" for those of the cohort.
    clock
        Gives the time, s.
    """

    def __init__(
        self, jobs: dict[int, tuple[str, str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.jobs, self.clock = jobs, clock
        self.began = clock()
        self.running, self.took, self.left = {}, defaultdict(list), dict(jobs)

    def start(self, ids: Iterable[int]) -> None:
        """Jobs begin."""
        self.running |= dict.fromkeys((i for i in ids if i in self.left), self.clock())

    def finish(self, one: int) -> str | None:
        """A job has ended well; returns the line to show, None where it is no patient's."""
        step, patient = self.left.pop(one, ("", ""))
        if one in self.running:
            self.took[step].append(self.clock() - self.running.pop(one))
        if not patient:
            return None
        patients = {name for _, name in self.jobs.values() if name}
        done = patients - {name for _, name in self.left.values()}
        return (
            f"{patient}: {step} done. {len(done)} of {len(patients)} patients,"
            f" {len(self.jobs) - len(self.left)} of {len(self.jobs)} jobs{self._rest()}"
        )

    def _rest(self):
        """Work left, each job as long as its step took so far, at the speed of the run so far."""
        now, took = self.clock(), [s for times in self.took.values() for s in times]
        since = [now - start for start in self.running.values()]
        if not took or not self.left or now == self.began:
            return ""
        usual = {step: fmean(self.took.get(step) or took) for step, _ in self.left.values()}
        work = sum(
            max(0.0, usual[step] - (now - self.running.get(i, now)))
            for i, (step, _) in self.left.items()
        )
        speed = (sum(took) + sum(since)) / (now - self.began)
        minutes = work / speed / 60
        return f", about {minutes:.0f} min left" if minutes >= 1 else ", less than 1 min left"
