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
        done = subprocess.run([HERE / "start.sh", self.folder], capture_output=True, text=True, timeout=600)
        if done.returncode == CANNOT:
            raise NoSlurm(done.stderr.strip())
        if done.returncode:
            raise RuntimeError(f"start.sh failed: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def stop(self):
        subprocess.run([HERE / "stop.sh", self.folder], check=True, timeout=120)

    def ask(self, *command):
        """The lines a SLURM command prints."""
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.split("\n")[:-1]

    def stop_controller(self):
        pid = int((self.folder / "pid/slurmctld").read_text())
        os.kill(pid, signal.SIGTERM)
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
