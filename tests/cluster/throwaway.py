"""A throw-away SLURM on this machine (start.sh, stop.sh), as a context: stopped whatever happens inside."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
PROFILE = HERE.parents[1] / "workflow" / "profiles" / "slurm"
CANNOT = 77


class NoSlurm(Exception):
    """SLURM cannot be had on this machine; the message says why."""


class Cluster:
    def __init__(self, folder):
        self.folder = Path(folder)

    def start(self):
        """Start what is not running."""
        done = subprocess.run(
            [HERE / "start.sh", self.folder], capture_output=True, encoding="utf-8", timeout=600
        )
        if done.returncode == CANNOT:
            raise NoSlurm(done.stderr.strip())
        if done.returncode:
            raise RuntimeError(f"start.sh failed: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def stop(self):
        subprocess.run([HERE / "stop.sh", self.folder], check=True, timeout=120)

    def ask(self, *command):
        """The lines a SLURM command prints."""
        return subprocess.run(
            command, check=True, capture_output=True, encoding="utf-8", timeout=60
        ).stdout.split("\n")[:-1]

    def stop_controller(self):
        self._end("slurmctld", signal.SIGTERM)

    def power_off(self, node):
        """All that runs on the node is gone at once; the controller notices it by SlurmdTimeout."""
        self._end(f"slurmd.{node}", signal.SIGKILL)
        log, name = (
            str(self.folder.resolve() / f"log/slurmd.{node}.log"),
            f"SLURMD_NODENAME={node}".encode(),
        )
        steps, jobs = [], []
        for proc in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # ended meanwhile
                if (proc / "comm").read_text().startswith("slurmstepd"):
                    steps += (
                        [int(proc.name)] if log in map(os.readlink, (proc / "fd").iterdir()) else []
                    )
                elif name in (proc / "environ").read_bytes().split(b"\0"):
                    jobs.append(int(proc.name))
        for pid in steps + jobs:  # a step daemon would tell the controller how its job ended
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _end(self, daemon, number):
        pid = int((self.folder / "pid" / daemon).read_text())
        os.kill(pid, number)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.1)


@contextlib.contextmanager
def cluster():
    """A running Cluster; raises NoSlurm where there can be none."""
    with tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as folder:
        lab = Cluster(folder)
        try:
            lab.start()
            yield lab
        finally:
            lab.stop()
