"""What a run says of how far it is, on a clock of its own."""

import pytest

from npcradiomics.jobs.progress import Progress


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_patient_is_done_when_its_last_job_is_and_the_rest_takes_what_it_took_so_far(clock):
    """Two patients, a step of 120 s and one of 60 s, one job at a time; then a table, unseen so far."""
    jobs = {1: ("register", "P1"), 2: ("features", "P1"), 3: ("register", "P2"),
            4: ("features", "P2"), 5: ("table2", "")}  # fmt: skip
    progress = Progress(jobs, clock)
    progress.start([1])
    clock.now += 120
    # left: register 120, three unseen as long as the mean of all, 120: 480 s
    line = "P1: register done. 0 of 2 patients, 1 of 5 jobs, about 8 min left"
    assert progress.finish(1) == line
    progress.start([2])
    clock.now += 60
    # left: register 120, features 60, table as the mean of 120 and 60: 270 s
    line = "P1: features done. 1 of 2 patients, 2 of 5 jobs, about 4 min left"
    assert progress.finish(2) == line
    progress.start([3])
    clock.now += 120
    progress.finish(3)
    progress.start([4])
    clock.now += 60
    # left: the table, as the mean of 120, 60, 120, 60: 90 s
    line = "P2: features done. 2 of 2 patients, 4 of 5 jobs, about 2 min left"
    assert progress.finish(4) == line
    assert progress.finish(5) is None


def test_two_at_a_time_take_half_and_what_runs_is_no_longer_all_left(clock):
    progress = Progress({i: ("register", f"P{i}") for i in range(1, 9)}, clock)
    progress.start([1, 2])
    clock.now += 600
    progress.finish(1)
    # seven jobs of 600 s are left, one of them begun 600 s ago: 3600 s of work, two at a time
    line = "P2: register done. 2 of 8 patients, 2 of 8 jobs, about 30 min left"
    assert progress.finish(2) == line
    progress.start([3, 4])
    clock.now += 300
    # a job takes 500 s (mean of 600, 600, 300), P4 has 200 of them left: 200 + 4 * 500 = 2200 s of
    # work, at (600 + 600 + 300 + 300) / 900 = 2 at a time
    line = "P3: register done. 3 of 8 patients, 3 of 8 jobs, about 18 min left"
    assert progress.finish(3) == line


def test_without_a_start_no_time_is_made_up(clock):
    progress = Progress({1: ("register", "P1"), 2: ("register", "P2")}, clock)
    clock.now += 10
    assert progress.finish(1) == "P1: register done. 1 of 2 patients, 1 of 2 jobs"
    progress.start([2])
    clock.now += 10
    assert progress.finish(2) == "P2: register done. 2 of 2 patients, 2 of 2 jobs"
